<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\SendState;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;

/** Rows of one table that are sent to Clover: the common part of {@see StockLedger} and {@see OrderPushes}. */
final readonly class SendRows
{
    public function __construct(
        private Sql $sql,
        private Links $links,
        private string $table,
    ) {
    }

    /**
     * Changes a row only if its state is still the expected one: another process may have changed it.
     *
     * @param string             $set    Columns, as in UPDATE … SET
     * @param list<scalar|null>  $values Of the columns
     * @param ?string            $claim  Required holder of the row; null if it must have none
     * @param string             $and    Another condition
     *
     * @return bool Whether it was changed
     */
    public function change(
        int $id,
        SendState $from,
        ?string $claim,
        string $set,
        array $values,
        string $and = '',
    ): bool {
        return $this->sql->execute(
            "UPDATE $this->table SET $set WHERE id = ? AND state = '$from->value'$and"
            . ($claim === null ? '' : ' AND claim = ?'),
            [...$values, $id, ...($claim === null ? [] : [$claim])],
        ) === 1;
    }

    public function kill(int $id, string $reason, Message $message): bool
    {
        return $this->change(
            $id,
            SendState::Intended,
            null,
            "state = 'dead', reason = ?, message = ?",
            [
                $reason,
                $message->json(),
            ],
        );
    }

    /** @return list<array<string, int|float|string|null>> Rows that need the owner's decision, newest first */
    public function waiting(int $limit): array
    {
        return $this->sql->fetchAll("SELECT * FROM $this->table
              WHERE environment = ? AND merchant_id = ? AND state IN ('uncertain', 'dead')
              ORDER BY id DESC LIMIT $limit", $this->links->key());
    }

    /** @return array{intended: int, sent: int, uncertain: int, dead: int} */
    public function counts(): array
    {
        $counts = ['intended' => 0, 'sent' => 0, 'uncertain' => 0, 'dead' => 0];

        foreach ($this->sql->fetchAll("SELECT state, COUNT(*) AS n FROM $this->table
              WHERE environment = ? AND merchant_id = ? AND state IN ('intended', 'sent', 'uncertain', 'dead')
              GROUP BY state", $this->links->key()) as $row) {
            match (Row::string($row, 'state')) {
                'intended'  => $counts['intended'] = Row::int($row, 'n'),
                'sent'      => $counts['sent'] = Row::int($row, 'n'),
                'uncertain' => $counts['uncertain'] = Row::int($row, 'n'),
                default     => $counts['dead'] = Row::int($row, 'n'),
            };
        }

        return $counts;
    }
}
