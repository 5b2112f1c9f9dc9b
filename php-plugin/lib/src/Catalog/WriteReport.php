<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Problem;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Counts of what a step did; a run adds up those of its steps. */
final class WriteReport
{
    public int $imported = 0;

    public int $updated = 0;

    public int $unchanged = 0;

    public int $deleted = 0;

    public int $failed = 0;

    public int $conflicts = 0;

    public int $skipped = 0;

    /** Rows inserted, updated or deleted in the shop's own tables. */
    public int $productRows = 0;

    public int $itemsRead = 0;

    /** @var list<array{action: string, type: string, id: string, status: string, message: Message}> */
    public array $log = [];

    public function log(string $action, string $type, string $id, string $status, Message $message): void
    {
        $this->log[] = ['action' => $action, 'type' => $type, 'id' => $id, 'status' => $status, 'message' => $message];
    }

    public function add(self $other): void
    {
        foreach ([
            'imported',
            'updated',
            'unchanged',
            'deleted',
            'failed',
            'conflicts',
            'skipped',
            'productRows',
            'itemsRead',
        ] as $count) {
            $this->$count += $other->$count;
        }

        array_push($this->log, ...$other->log);
    }

    /** @param list<Problem> $warnings */
    public static function withWarnings(Message $message, array $warnings): Message
    {
        return (
            $warnings === []
                ? $message
                : new Message(MessageCode::WithWarnings, [
                    'what'     => $message,
                    'warnings' => array_map(Message::ofProblem(...), $warnings),
                ])
        );
    }
}
