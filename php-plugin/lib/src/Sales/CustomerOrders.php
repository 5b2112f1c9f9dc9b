<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\UtcTime;

/**
 * What our tables keep of one customer's web orders, of all environments and merchants. The orders themselves belong to
 * the shop.
 */
final readonly class CustomerOrders
{
    private const ORDERS = '#__j2commerce_orders';

    private Bulk $bulk;

    /** @param list<string> $orders Ids of the customer's orders */
    private function __construct(
        private Sql $sql,
        public array $orders,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** @param int $user 0 for a guest, whose orders have the address only */
    public static function find(Sql $sql, int $user, string $email): self
    {
        $table = self::ORDERS;
        $found = $sql->fetchColumn(
            "SELECT order_id FROM $table
              WHERE (user_email <> '' AND LOWER(user_email) = LOWER(?)) OR (user_id > 0 AND user_id = ?)
              ORDER BY j2commerce_order_id",
            [trim($email), $user],
        );

        return new self($sql, array_values(array_unique(array_map(strval(...), $found))));
    }

    /** @return list<string> Ids of orders that are still to be sent, or on their way: their details are needed */
    public function underWay(): array
    {
        return array_values(array_unique(array_map(
            static fn (array $row): string => Row::string($row, 'order_id'),
            $this->bulk->fetch(
                'SELECT order_id FROM '
                . OrderPushes::TABLE
                . " WHERE state IN ('intended', 'sent') AND order_id IN (%s) ORDER BY id",
                $this->orders,
            ),
        )));
    }

    /** @return list<string> Clover's ids of the orders that are there */
    public function inClover(): array
    {
        return array_map(
            static fn (array $row): string => Row::string($row, 'clover_order_id'),
            $this->bulk->fetch(
                'SELECT clover_order_id FROM '
                . OrderPushes::TABLE
                . ' WHERE clover_order_id IS NOT NULL AND order_id IN (%s) ORDER BY id',
                $this->orders,
            ),
        );
    }

    /**
     * @return list<array{order: string, environment: string, merchant: string, reference: string, clover_order:
     *   ?string, state: string, payment: string, note: string, created: string}> Note: the customer's details, while
     *   they are stored
     */
    public function pushes(): array
    {
        return array_map(
            static fn (array $row): array => [
                'order'        => Row::string($row, 'order_id'),
                'environment'  => Row::string($row, 'environment'),
                'merchant'     => Row::string($row, 'merchant_id'),
                'reference'    => Row::string($row, 'reference'),
                'clover_order' => Row::nullableString($row, 'clover_order_id'),
                'state'        => Row::string($row, 'state'),
                'payment'      => Row::string($row, 'payment'),
                'note'         => self::note(Row::string($row, 'plan')),
                'created'      => self::time(Row::int($row, 'created')),
            ],
            $this->rows(
                OrderPushes::TABLE,
                'order_id, environment, merchant_id, reference, clover_order_id, state, payment, plan, created',
            ),
        );
    }

    /**
     * @return list<array{order: string, environment: string, product: string, units: int, state: string, created:
     *   string}> Units: taken out of Clover, or given back where negative
     */
    public function units(): array
    {
        return array_map(
            static fn (array $row): array => [
                'order'       => Row::string($row, 'order_id'),
                'environment' => Row::string($row, 'environment'),
                'product'     => Row::string($row, 'name'),
                'units'       => Row::int($row, 'delta'),
                'state'       => Row::string($row, 'state'),
                'created'     => self::time(Row::int($row, 'created')),
            ],
            $this->rows(StockLedger::TABLE, 'order_id, environment, name, delta, state, created'),
        );
    }

    /**
     * @return list<array{order: string, environment: string, event: string, old_status: ?int, new_status: ?int,
     *   created: string}>
     */
    public function events(): array
    {
        return array_map(
            static fn (array $row): array => [
                'order'       => Row::string($row, 'order_id'),
                'environment' => Row::string($row, 'environment'),
                'event'       => Row::string($row, 'event'),
                'old_status'  => Row::nullableInt($row, 'old_status'),
                'new_status'  => Row::nullableInt($row, 'new_status'),
                'created'     => self::time(Row::int($row, 'created')),
            ],
            $this->rows(OrderEventLog::TABLE, 'order_id, environment, event, old_status, new_status, created'),
        );
    }

    /** @return list<array{order: string, environment: string, status: string, message: Message, created: string}> */
    public function messages(): array
    {
        return array_map(
            static fn (array $row): array => [
                'order'       => Row::string($row, 'entity_id'),
                'environment' => Row::string($row, 'environment'),
                'status'      => Row::string($row, 'status'),
                'message'     => Message::read(Row::string($row, 'message')),
                'created'     => (string) UtcTime::iso(Row::string($row, 'created')),
            ],
            $this->bulk->fetch(
                'SELECT entity_id, environment, status, message, created FROM '
                . SyncLog::TABLE
                . " WHERE entity_type = 'order' AND entity_id IN (%s) ORDER BY id",
                $this->orders,
            ),
        );
    }

    /**
     * Empties the notes of stored plans: they name the customer, and only the call that creates an order reads them.
     * Numbers, units and states stay, because counts and decisions depend on them.
     *
     * @return int Number of plans with such a note
     */
    public function forget(): int
    {
        return $this->sql->transaction(function (): int {
            $plans = [];

            foreach ($this->bulk->fetch(
                'SELECT id, plan FROM '
                . OrderPushes::TABLE
                . " WHERE plan IS NOT NULL AND state NOT IN ('intended', 'sent') AND order_id IN (%s) ORDER BY id",
                $this->orders,
            ) as $row) {
                $plan = self::withoutNotes(Row::string($row, 'plan'));

                if ($plan !== null) {
                    $plans[Row::int($row, 'id')] = $plan;
                }
            }

            foreach ($plans as $id => $plan) {
                $this->sql->execute('UPDATE '
                . OrderPushes::TABLE
                . " SET plan = ? WHERE id = ? AND plan IS NOT NULL AND state NOT IN ('intended', 'sent')", [
                    $plan,
                    $id,
                ]);
            }

            return \count($plans);
        });
    }

    /** @return list<array<string, int|float|string|null>> */
    private function rows(string $table, string $columns): array
    {
        return $this->bulk->fetch("SELECT $columns FROM $table WHERE order_id IN (%s) ORDER BY id", $this->orders);
    }

    private static function note(string $plan): string
    {
        $decoded = json_decode($plan);

        return $decoded instanceof \stdClass && \is_string($decoded->note ?? null) ? $decoded->note : '';
    }

    /** @return ?string Null when it has none, or is none that this version knows */
    private static function withoutNotes(string $plan): ?string
    {
        $decoded = json_decode($plan);

        if (!$decoded instanceof \stdClass) {
            return null;
        }

        $parts = [$decoded, ...(\is_array($decoded->pieces ?? null) ? $decoded->pieces : [])];
        $found = false;

        foreach ($parts as $part) {
            if ($part instanceof \stdClass && ($part->note ?? '') !== '') {
                $part->note = '';
                $found      = true;
            }
        }

        return $found
            ? json_encode($decoded, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)
            : null;
    }

    private static function time(int $unix): string
    {
        return (string) UtcTime::iso(UtcTime::sql($unix));
    }
}
