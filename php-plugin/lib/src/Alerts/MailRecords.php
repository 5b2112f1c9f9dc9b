<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;

/** Stores {@see MailRecord}s. A record that another process has changed since it was read is not written. */
final readonly class MailRecords
{
    private const PREFIX = 'mail:';

    public function __construct(
        private KeyValueStore $state,
    ) {
    }

    /** @return list<string> Names of all records */
    public function names(): array
    {
        return array_map(static fn (string $name): string => substr(
            $name,
            \strlen(self::PREFIX),
        ), array_keys($this->state->withPrefix(self::PREFIX)));
    }

    public function get(string $name): ?MailRecord
    {
        $stored = $this->state->get(self::PREFIX . $name);

        return $stored === null ? null : MailRecord::read($stored);
    }

    /**
     * Stores that a trouble is there.
     *
     * @param list<string> $addresses
     * @param int          $quiet     Seconds for which it must be over before its return counts as new
     *
     * @return ?MailRecord Null when another process has just changed it, and sends what is due
     */
    public function begun(string $name, ?MailRecord $record, array $addresses, int $now, int $quiet): ?MailRecord
    {
        if ($record !== null && $record->ended === null) {
            return $record;
        }

        if ($record === null) {
            $record = MailRecord::begin($now, $addresses);
        } elseif (abs($now - (int) $record->ended) >= $quiet) {
            $record = $record->replacedBy(MailRecord::begin($now, $addresses));
        } else {
            $record->ended = null;
        }

        return $this->save($name, $record) ? $record : null;
    }

    /** @return bool Whether it was written; else it must be read again */
    public function save(string $name, MailRecord $record): bool
    {
        $text = json_encode($record->toArray(), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);

        if ($record->stored === '') {
            $this->state->add(self::PREFIX . $name, $text);
            $written = $this->state->get(self::PREFIX . $name) === $text;
        } else {
            $written = $this->state->replace(self::PREFIX . $name, $record->stored, $text);
        }

        $record->stored = $written ? $text : $record->stored;

        return $written;
    }
}
