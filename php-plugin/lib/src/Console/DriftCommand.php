<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** `drift` compares the counts. */
final readonly class DriftCommand implements Command
{
    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Compare the shop\'s counts with Clover\'s, with the reason where they differ.');
    }

    public function run(Options $options): ExitCode
    {
        $found = $this->host
            ->shop()
            ->sales()
            ->drift()
            ->run(function (array $item): void {
                $reason = $this->console->words->text($item['reason']);
                $this->console->event([...$item, 'reason' => $reason]);
                $this->console->line(\sprintf(
                    '%s  %-20s %-20s shop %s, Clover %s: %s',
                    $item['clover_id'],
                    $item['name'],
                    $item['sku'],
                    $item['shop'] ?? '-',
                    $item['clover'] ?? '-',
                    $reason,
                ));
            });
        $this->console->line("{$found['differing']} of {$found['items']} linked items differ.");
        $this->console->done($found);

        return ExitCode::Done;
    }
}
