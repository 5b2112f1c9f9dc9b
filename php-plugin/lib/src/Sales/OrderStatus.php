<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\ItemException;
use CloverSync\Ledger;
use CloverSync\Shop\Services;

/** What Clover knows of one order, and what the owner may do about it: what the order's page shows. */
final readonly class OrderStatus
{
    /** The return would say nothing to Clover, or not before the owner has decided about its sale. */
    private const SILENT = ['never_taken', 'push_off', 'after_uncertain'];

    /**
     * @param ?array<string, mixed> $pushed The order's own row; null while Clover is to be told nothing of it
     * @param list<array{line_id: int, name: string, clover_id: string, quantity: int, returnable: int, rows:
     *   list<array<string, mixed>>}> $lines `returnable`: units that may be given back by hand; each row as the ledger
     *   has it, with `open`: it waits for the owner's word now
     */
    private function __construct(
        /** False for an order from before the connection. */
        public bool $concerns,
        /** "paid", "released" or "unchanged", as {@see Ledger::standing()} has it. */
        public string $standing,
        public ?array $pushed,
        public array $lines,
        /** Something was told of the order that nobody has looked at yet. */
        public bool $waits,
        /** It could not be looked at so often that it waits for the owner. */
        public bool $isDead,
        /** Why it could not be looked at. */
        public ?string $error,
        /** A gateway has paid part of it back, without a word about lines. */
        public bool $hasPartRefund,
    ) {
    }

    /** @throws \CloverSync\Shop\Exception\NotConnectedException before the first connection */
    public static function of(Services $shop, string $orderId): self
    {
        $sales = $shop->sales();
        $view  = $sales->planner->view($orderId);
        $told  = $sales->outbox->of($orderId);

        return new self(
            $view['concerns'],
            $view['standing'],
            $sales->pushed->of($orderId),
            array_map(static fn (array $line): array => [
                'line_id'    => $line['line_id'],
                'name'       => $line['name'],
                'clover_id'  => $line['books']['clover_id'],
                'quantity'   => $line['books']['quantity'],
                'returnable' => self::returnable($shop->rules, $line['books']),
                'rows'       => array_map(
                    static fn (array $row): array => $row
                    + ['open' => self::isOpen($shop->rules, $line['books'], $row)],
                    $line['books']['rows'],
                ),
            ], $view['lines']),
            \in_array('pending', array_column($told, 'state'), true),
            \in_array('dead', array_column($told, 'state'), true),
            $sales->outbox->errorOf($orderId),
            \in_array('part', array_column($told, 'event'), true),
        );
    }

    /** Whether it was left out while Sync Sale was off, and may be sent to Clover by hand. */
    public function mayPush(): bool
    {
        return (
            $this->concerns
            && $this->standing === 'paid'
            && $this->pushed !== null
            && $this->pushed['state'] === 'skipped'
            && $this->pushed['reason'] === 'sync_sale_off'
        );
    }

    /** Whether something of it is on its way and could go on now. */
    public function isUnderWay(): bool
    {
        return (
            $this->waits
            || \in_array($this->pushed['state'] ?? '', ['intended', 'sent'], true)
            || ($this->pushed['payment'] ?? '') === 'due'
            || $this->rowsIn('intended', 'sent') !== []
        );
    }

    /** Whether something of it was given up that could be tried again. */
    public function mayRetry(): bool
    {
        return (
            $this->isDead
            || ($this->pushed['state'] ?? '') === 'dead'
            || array_filter($this->rowsIn('dead'), static fn (array $row): bool => $row['open']) !== []
        );
    }

    /** @return list<array<string, mixed>> Rows of all lines in these states */
    public function rowsIn(string ...$states): array
    {
        return array_values(array_filter(
            array_merge([], ...array_column($this->lines, 'rows')),
            static fn (array $row): bool => \in_array($row['state'], $states, true),
        ));
    }

    /**
     * The most that the rules let the owner give back; nothing where Clover would hear nothing of it.
     *
     * @param array{clover_id: string, quantity: int, rows: list<array<string, mixed>>} $books
     */
    private static function returnable(Ledger $rules, array $books): int
    {
        $most = 0;
        $over = 1 + array_sum(array_map(static fn (array $row): int => max(0, (int) $row['delta']), $books['rows']));

        while (($over - $most) > 1) {
            $units = intdiv($most + $over, 2);
            self::isAllowed(static fn (): array => $rules->restock($books, $units))
                ? ($most = $units)
                : ($over = $units);
        }

        $said = $most === 0
            ? []
            : array_filter(
                $rules->restock($books, $most)['entries'],
                static fn (array $entry): bool => !\in_array($entry['reason'], self::SILENT, true),
            );

        return $said === [] ? 0 : $most;
    }

    /**
     * @param array<string, mixed> $books
     * @param array<string, mixed> $row
     */
    private static function isOpen(Ledger $rules, array $books, array $row): bool
    {
        return (
            \in_array($row['state'], ['uncertain', 'dead'], true)
            && self::isAllowed(static fn (): array => $rules->resolve($books, (int) $row['seq'], 'leave'))
        );
    }

    /** @param \Closure(): mixed $question To the rules, which decide and store nothing */
    private static function isAllowed(\Closure $question): bool
    {
        try {
            $question();

            return true;
        } catch (ItemException) {
            return false;
        }
    }
}
