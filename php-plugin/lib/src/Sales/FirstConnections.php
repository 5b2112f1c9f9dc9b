<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Connection\ConnectionMoments;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;

/**
 * The first connection to each merchant: its time, and the keys of the last order and event before it. A clock can be
 * wrong and a counter can be set back, but hardly both at once.
 */
final readonly class FirstConnections implements ConnectionMoments
{
    private const SINCE  = 'since';
    private const ORDERS = 'orders_after';
    private const EVENTS = 'events_after';

    /** The moment of a connection that is being made. */
    private const BEGUN = 'connecting';

    public function __construct(
        private Sql $sql,
        private KeyValueStore $state,
        private Clock $clock,
    ) {
    }

    public function begin(): void
    {
        $this->state->setArray(self::BEGUN, $this->moment());
    }

    public function abandon(): void
    {
        $this->state->delete(self::BEGUN);
    }

    public function isKnown(string $merchant): bool
    {
        return self::since($this->state, $merchant) !== null;
    }

    public function store(string $merchant): void
    {
        $this->sql->transaction(function () use ($merchant): void {
            foreach ($this->state->getArray(self::BEGUN) ?: $this->moment() as $name => $value) {
                $this->state->add("$name:$merchant", (string) (int) $value);
            }

            $this->abandon();
        });
    }

    /** Unix seconds; null before the first connection. */
    public static function since(KeyValueStore $state, string $merchant): ?int
    {
        return self::number($state, self::SINCE, $merchant);
    }

    /** Primary key of the last order before the connection; PHP_INT_MAX when it was not stored, as by 0.1.0. */
    public static function lastOrder(KeyValueStore $state, string $merchant): int
    {
        return self::number($state, self::ORDERS, $merchant) ?? PHP_INT_MAX;
    }

    /** The last event before the connection; PHP_INT_MAX when it was not stored, as by 0.1.0. */
    public static function lastEvent(KeyValueStore $state, string $merchant): int
    {
        return self::number($state, self::EVENTS, $merchant) ?? PHP_INT_MAX;
    }

    private static function number(KeyValueStore $state, string $name, string $merchant): ?int
    {
        $value = $state->get("$name:$merchant");

        return $value === null ? null : (int) $value;
    }

    /** @return array<string, int> */
    private function moment(): array
    {
        return [
            self::SINCE  => $this->clock->now(),
            self::ORDERS => (int) $this->sql->fetchValue('SELECT MAX(j2commerce_order_id) FROM #__j2commerce_orders'),
            self::EVENTS => (int) $this->sql->fetchValue('SELECT MAX(id) FROM ' . OrderEventLog::TABLE),
        ];
    }
}
