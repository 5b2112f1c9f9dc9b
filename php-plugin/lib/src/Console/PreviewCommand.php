<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\OnlineUnknown;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Services;

/** `preview` shows what a sync would change. */
final readonly class PreviewCommand implements Command
{
    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Show what a sync would change.');
    }

    public function run(Options $options): ExitCode
    {
        $counts = $this->show($this->host->shop());
        $this->console->done($counts);

        return $counts['failed'] > 0 ? ExitCode::Partly : ExitCode::Done;
    }

    /**
     * Prints each change and the sums.
     *
     * @return array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int, left_out:
     *   int, online_unknown: int}
     */
    public function show(Services $shop): array
    {
        $counts = $shop->preview()->run(function (array $change): void {
            if (isset($change['problem'])) {
                $change['title'] = $this->console->words->text($change['problem']);
                unset($change['problem']);
            }

            $tax           = $change['tax'];
            $change['tax'] = $tax === null
                ? null
                : array_map(fn (?Message $name): ?string => $name === null
                    ? null
                    : $this->console->words->text($name), $tax);
            $this->console->event(['event' => 'change'] + $change);
            $prices = self::prices($change['prices']);
            $tax    = self::tax($change['tax']);
            $fields = array_map(static fn (string $field): string => match ($field) {
                'price' => $field . $prices,
                'tax'   => $field . $tax,
                default => $field,
            }, $change['fields']);
            $more = match (true) {
                $change['action'] === 'create' => $prices . ($tax === '' ? '' : " tax$tax"),
                $fields === [] => '',
                default => ': ' . implode(', ', $fields),
            };
            $this->console->line(\sprintf(
                '%-8s %s  %s%s',
                $change['action'],
                $change['clover_id'],
                $change['title'],
                $more,
            ));
        });
        $this->console->line(\sprintf(
            '%d to create, %d to update, %d to delete, %d in conflict, %d unchanged, %d faulty, %d left out. '
            . 'Nothing was written.',
            $counts['creates'],
            $counts['updates'],
            $counts['deletes'],
            $counts['conflicts'],
            $counts['unchanged'],
            $counts['failed'],
            $counts['left_out'],
        ));

        if (($online = OnlineUnknown::message($counts['online_unknown'])) !== null) {
            $this->console->warning($this->console->words->text($online));
        }

        return [
            'creates'   => $counts['creates'],
            'updates'   => $counts['updates'],
            'deletes'   => $counts['deletes'],
            'conflicts' => $counts['conflicts'],
            'unchanged' => $counts['unchanged'],
            'failed'    => $counts['failed'],
            'left_out'  => $counts['left_out'],

            'online_unknown' => $counts['online_unknown'],
        ];
    }

    /** @param ?array{old: ?string, new: ?string} $tax Names of tax profiles */
    private static function tax(?array $tax): string
    {
        return $tax === null ? '' : ' (' . implode(' -> ', array_filter([$tax['old'], $tax['new']])) . ')';
    }

    /** @param list<array{variant: ?string, old: ?string, new: string}> $prices */
    private static function prices(array $prices): string
    {
        $texts = array_map(
            static fn (array $price): string => (
                ($price['variant'] === null ? '' : "{$price['variant']} ")
                . ($price['old'] === null ? '' : "{$price['old']} -> ")
                . $price['new']
            ),
            $prices,
        );

        return $texts === [] ? '' : ' (' . implode(', ', $texts) . ')';
    }
}
