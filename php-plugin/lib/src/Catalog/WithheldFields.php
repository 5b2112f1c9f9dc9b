<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** The fields of items that Clover did not show to the app in the last sync run. */
final readonly class WithheldFields
{
    /** Key of the fields, with the run that read them. */
    private const NAME = 'withheld';

    public function __construct(
        private KeyValueStore $state,
    ) {
    }

    /** @return list<string> */
    public function all(): array
    {
        $fields = $this->state->getArray(self::NAME)['fields'] ?? [];

        return \is_array($fields) ? array_values(array_map(strval(...), $fields)) : [];
    }

    /**
     * Stores what a slice was not shown, and logs it once a run.
     *
     * @param list<string> $fields
     */
    public function note(SyncRunRow $run, array $fields, SyncLog $log): void
    {
        $known = $this->state->getArray(self::NAME)['run'] ?? null;

        // A slice that read no items knows nothing about it; a whole run does.
        if ($fields === [] && ($known === null || $known === $run->id || $run->status !== RunStatus::Done)) {
            return;
        }

        if ($fields !== [] && $known !== $run->id) {
            $log->add('sync', 'item', '', 'skipped', self::message($fields), $run->id);
        }

        $fields === []
            ? $this->state->delete(self::NAME)
            : $this->state->setArray(self::NAME, ['run' => $run->id, 'fields' => $fields]);
    }

    /** @param non-empty-list<string> $fields */
    public static function message(array $fields): Message
    {
        return new Message(MessageCode::FieldsWithheld, ['fields' => $fields]);
    }
}
