<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * What a sync adds to a process that has the extension loaded and the shop side compiled: for 10,000 items and for
 * 50,000.
 */
final class MemoryTopic implements Topic
{
    private const LIMIT = 64.0;

    /** Of the small catalogue's peak the large one's may be so many times, to be called flat. */
    private const FLAT = 1.25;

    /** @param list<int> $sizes The smaller and the larger */
    public function __construct(
        private readonly array $sizes,
    ) {
    }

    public function run(Raw $raw): iterable
    {
        $peaks = [];

        foreach ($this->sizes as $items) {
            $place = new Place($items);

            foreach (['imported', 'unchanged'] as $how) {
                $run                 = ImportTopic::done($place->sync(), $how, $items);
                $peaks[$how][$items] = ($run['peak_kib'] - $run['idle_kib']) / 1024;
                $raw->add("memory_{$how}_$items", $run);
            }

            unset($place);
        }

        [$small, $large] = $this->sizes;

        foreach (['imported' => 'first import', 'unchanged' => 'unchanged run'] as $how => $name) {
            $peak = $peaks[$how];
            yield Row::atMost(
                'memory over idle, ' . $name . ' of ' . number_format($large) . ' items',
                $peak[$large],
                self::LIMIT,
                'MiB',
            );
            yield new Row(
                '  against ' . number_format($small) . ' items',
                \sprintf('%.2f × (%.1f MiB)', $peak[$large] / $peak[$small], $peak[$small]),
                'flat: ≤ ' . self::FLAT . ' ×',
                $peak[$large] <= (self::FLAT * $peak[$small]),
                $peak[$large] / $peak[$small],
            );
        }
    }
}
