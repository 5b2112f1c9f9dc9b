<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\RefusedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Writes many rows with few statements. */
final readonly class Bulk
{
    /**
     * Rows of an INSERT. All batches of this size use one statement, which the server parses once: half of the cost of
     * a row. Larger batches are not faster.
     */
    private const BATCH = 50;

    /** Keys of a WHERE. One statement may bind 32,766 values on SQLite and 65,535 on MariaDB. */
    private const MAX_KEYS = 1000;

    /** MySQL: a column cannot be null. */
    private const NULL_REFUSED = 1048;

    /** A CASE tests its branches in turn for each row, so its cost grows with the square of this. */
    private const MAX_CASES = 100;

    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * @param list<string>            $columns
     * @param list<list<scalar|null>> $rows    Each in the order of the columns
     *
     * @return int Rows inserted
     */
    public function insert(string $table, array $columns, array $rows): int
    {
        $this->write($table, $columns, $rows, '');

        return \count($rows);
    }

    /**
     * Inserts rows, or updates those that have the same key.
     *
     * @param list<string>            $columns
     * @param list<list<scalar|null>> $rows
     * @param list<string>            $key     Columns of the unique key, the first of them NOT NULL
     * @param list<string>            $update  Columns to update; none = leave the existing row
     * @param array<string, string>   $also    Columns of the existing row, each with an expression over its own columns
     * @param ?string                 $newest  The last of the columns to update, if only a row in which it is not less
     *   than in the existing one updates that
     *
     * @throws RefusedException on MySQL, when a row violates another unique key; SQLite throws its own error
     */
    public function upsert(
        string $table,
        array $columns,
        array $rows,
        array $key,
        array $update,
        array $also = [],
        ?string $newest = null,
    ): void {
        $mysql = $this->sql->dialect() === Dialect::MySql;
        $given = static fn (string $c): string => $mysql ? "VALUES(`$c`)" : "excluded.`$c`";
        $taken = array_map(static fn (string $c): string => $newest === null
            ? "`$c` = {$given($c)}"
            : "`$c` = CASE WHEN {$given($newest)} >= `$newest` THEN {$given($c)} ELSE `$c` END", $update);

        foreach ($also as $column => $expression) {
            $taken[] = "`$column` = $expression";
        }

        if ($mysql) {
            // Not INSERT IGNORE, which would hide every other error too. MySQL gets here after a duplicate in any
            // unique key; when it is not the named one, the null is refused.
            $same = implode(' AND ', array_map(static fn (string $c): string => "`$c` <=> VALUES(`$c`)", $key));
            $tail = ' ON DUPLICATE KEY UPDATE '
            . implode(', ', ["`{$key[0]}` = CASE WHEN $same THEN `{$key[0]}` END", ...$taken]);
        } else {
            $tail =
                ' ON CONFLICT ('
                . implode(', ', $key)
                . ') DO '
                . ($taken === [] ? 'NOTHING' : 'UPDATE SET ' . implode(', ', $taken));
        }

        try {
            $this->write($table, $columns, $rows, $tail);
        } catch (\Throwable $e) {
            $first = (int) array_search($key[0], $columns, true);

            if (
                !$mysql
                || $this->sql->errorNumber($e) !== self::NULL_REFUSED
                || \in_array(null, array_column($rows, $first), true)
            ) {
                throw $e;
            }

            throw new RefusedException(
                new Message(
                    MessageCode::DatabaseRefused,
                    [],
                    "A row of $table has the same value as another row in a unique key other than "
                        . implode(', ', $key),
                ),
                $e,
            );
        }
    }

    /**
     * Sets different values in different rows.
     *
     * @param array<int|string, array<string, scalar|null>> $rows Key => column => value; an absent column stays
     *
     * @return int Rows named, whether or not a value changed
     */
    public function update(string $table, string $key, array $rows): int
    {
        $byShape = [];

        foreach ($rows as $id => $values) {
            if ($values !== []) {
                ksort($values);
                $byShape[implode(',', array_keys($values))][$id] = $values;
            }
        }

        $written = 0;

        foreach ($byShape as $shape) {
            foreach (array_chunk($shape, self::MAX_CASES, true) as $chunk) {
                $this->updateChunk($table, $key, $chunk);
                $written += \count($chunk);
            }
        }

        return $written;
    }

    /**
     * @param list<scalar> $ids
     *
     * @return int Rows deleted
     */
    public function delete(string $table, string $key, array $ids): int
    {
        $deleted = 0;

        foreach (array_chunk($ids, self::MAX_KEYS) as $chunk) {
            $deleted += $this->sql->execute("DELETE FROM $table WHERE `$key` IN (" . self::marks($chunk) . ')', $chunk);
        }

        return $deleted;
    }

    /**
     * Reads the rows for a long list of keys. `%s` in the query is replaced by the placeholders.
     *
     * @param list<scalar>      $ids
     * @param list<scalar|null> $before Values bound before the list
     * @param list<scalar|null> $after  Values bound after it
     *
     * @return list<array<string, int|float|string|null>>
     */
    public function fetch(string $query, array $ids, array $before = [], array $after = []): array
    {
        $rows = [];

        foreach (array_chunk($ids, self::MAX_KEYS) as $chunk) {
            array_push($rows, ...$this->sql->fetchAll(
                \sprintf($query, self::marks($chunk)),
                [...$before, ...$chunk, ...$after],
            ));
        }

        return $rows;
    }

    /** @param array<scalar|null> $values */
    public static function marks(array $values): string
    {
        return implode(', ', array_fill(0, \count($values), '?'));
    }

    /** @param array<int|string, array<string, scalar|null>> $chunk All with the same columns */
    private function updateChunk(string $table, string $key, array $chunk): void
    {
        $sets   = [];
        $values = [];

        $first = array_values($chunk)[0] ?? [];

        foreach (array_keys($first) as $column) {
            $distinct = array_unique(array_map(static fn (array $row): string => serialize($row[$column]), $chunk));

            if (\count($distinct) === 1) {
                $sets[]   = "`$column` = ?";
                $values[] = $first[$column];

                continue;
            }

            $cases = '';

            foreach ($chunk as $id => $row) {
                $cases .= ' WHEN ? THEN ?';
                array_push($values, $id, $row[$column]);
            }

            $sets[] = "`$column` = CASE `$key`$cases END";
        }

        $ids = array_keys($chunk);
        $this->sql->execute(
            "UPDATE $table SET " . implode(', ', $sets) . " WHERE `$key` IN (" . self::marks($ids) . ')',
            [...$values, ...$ids],
        );
    }

    /**
     * @param list<string>            $columns
     * @param list<list<scalar|null>> $rows
     */
    private function write(string $table, array $columns, array $rows, string $tail): void
    {
        $whole = \count($rows) - (\count($rows) % self::BATCH);

        foreach ([\array_slice($rows, 0, $whole), \array_slice($rows, $whole)] as $part) {
            $size = min(self::BATCH, \count($part));

            if ($size > 0) {
                $this->sql->executeEach(self::insertOf($table, $columns, $size) . $tail, self::batches($part, $size));
            }
        }
    }

    /** @param list<string> $columns */
    private static function insertOf(string $table, array $columns, int $rows): string
    {
        $row = '(' . self::marks($columns) . ')';

        return (
            "INSERT INTO $table (`"
            . implode('`, `', $columns)
            . '`) VALUES '
            . implode(', ', array_fill(0, max(0, $rows), $row))
        );
    }

    /**
     * @param list<list<scalar|null>> $rows
     * @param int<1, max>             $size
     *
     * @return \Generator<int, list<scalar|null>> The values of one statement each
     */
    private static function batches(array $rows, int $size): \Generator
    {
        foreach (array_chunk($rows, $size) as $batch) {
            yield array_merge(...$batch);
        }
    }
}
