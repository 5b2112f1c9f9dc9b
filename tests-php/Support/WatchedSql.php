<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Sales\StockLedger;

/**
 * A database that notes each row of the ledger that is stored as sent, in the same transaction, with the number of the
 * last request that Clover had received. On request it lets the till sell the item at that moment, between read and
 * write.
 */
final class WatchedSql extends WrappedSql
{
    public const TABLE = '#__model_sends';

    private bool $stored = false;

    /**
     * @param ?array{string, int} $overlap Item and units that the till sells when a row of that item is stored as sent;
     *   once
     * @param ?string             $killed  When its process is killed: "stored" (the rows are committed as sent, Clover
     *   was not written yet) or "written" (Clover was written, and nothing was noted)
     */
    public function __construct(
        Sql $inner,
        private readonly Simulator $clover,
        private int $mark,
        private ?array $overlap = null,
        private readonly ?string $killed = null,
    ) {
        parent::__construct($inner);
    }

    public static function install(Sql $sql): void
    {
        $sql->execute(
            'CREATE TABLE '
            . self::TABLE
            . ' (row_id int NOT NULL, clover_id varchar(64) NOT NULL, delta int NOT NULL,'
            . ' mark int NOT NULL, overlap int NOT NULL)',
        );
    }

    public function execute(string $query, array $values = []): int
    {
        $affected = $this->inner->execute($query, $values);

        if ($affected === 1 && str_contains($query, StockLedger::TABLE . " SET state = 'sent'")) {
            $this->note((int) end($values));
            $this->stored = true;
        }

        return $affected;
    }

    public function transaction(callable $work): mixed
    {
        if ($this->stored && $this->killed === 'written') {
            Child::killMyself();
        }

        $result = $this->inner->transaction($work);

        if ($this->stored && $this->killed === 'stored') {
            Child::killMyself();
        }

        return $result;
    }

    private function note(int $id): void
    {
        $row = $this->inner->fetchOne('SELECT clover_id, delta FROM ' . StockLedger::TABLE . ' WHERE id = ?', [
            $id,
        ]) ?? throw new \LogicException("Row $id is stored and cannot be read.");
        $item       = Row::string($row, 'clover_id');
        $this->mark = $this->clover->mark($this->mark);
        $units      = 0;

        if ($this->overlap !== null && $this->overlap[0] === $item) {
            $units         = $this->overlap[1];
            $this->overlap = null;
            $this->clover->post('sale', ['itemId' => $item, 'quantity' => $units]);
        }

        $this->inner->execute('INSERT INTO '
        . self::TABLE
        . ' (row_id, clover_id, delta, mark, overlap) VALUES (?, ?, ?, ?, ?)', [
            $id,
            $item,
            Row::int($row, 'delta'),
            $this->mark,
            $units,
        ]);
    }
}
