<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Log\SyncLog;

/** `log` shows the Sync Log. */
final readonly class LogCommand implements Command
{
    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Show the sync log, newest first.', [
            new Option('limit', 'entries (50)', 'N'),
            new Option('status', 'success, error or skipped', 'STATUS'),
            new Option('search', 'only entries with this text', 'TEXT'),
        ]);
    }

    public function run(Options $options): ExitCode
    {
        $status = $options->get('status');

        if ($status !== null && !\in_array($status, SyncLog::STATUSES, true)) {
            throw new UsageException('--status must be success, error or skipped.');
        }

        $limit   = $options->number('limit', 50, 1, 100_000);
        $search  = $options->get('search');
        $entries = $this
            ->host->shop()
            ->log->latest($limit, [
                'status' => $status,
                'search' => $search,
                'codes'  => $search === null ? [] : $this->console->words->codesWith($search),
            ]);

        foreach ($entries as $entry) {
            $this->console->event([
                ...$entry,
                'message' => $this->console->words->text($entry['message']),
                'code'    => $entry['message']->code->value,
                'details' => $this->console->words->details($entry['message']),
            ]);
            $this->console->line(\sprintf(
                '%s  %-8s %-19s %-5s %-13s  %s',
                $entry['at'],
                $entry['status'],
                $entry['action'],
                $entry['entity_type'],
                $entry['entity_id'],
                $this->console->words->text($entry['message']),
            ));
        }

        $this->console->done(['entries' => \count($entries)]);

        return ExitCode::Done;
    }
}
