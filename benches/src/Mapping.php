<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Catalog;
use CloverSync\Problem;
use CloverSync\Cli\Config;
use CloverSync\Shop\Catalog\KnownProducts;
use CloverSync\Shop\Sales\Committed;
use CloverSync\Tests\Support\Simulator;

/**
 * Reads, maps and compares whole pages with the extension and with its counterpart in plain PHP, from the same JSON and
 * the same rows of the shop's database. Both return the members of groups as text and map them from it, like a run that
 * can be interrupted anywhere.
 *
 * @phpstan-type Member array{item_id: string, group_id: string, payload: string}
 * @phpstan-type Known array<string, scalar|null>
 * @phpstan-type Change \CloverSync\ProductChange|Plain\ProductChange
 */
final class Mapping
{
    /** As many as one transaction of a sync takes. */
    private const GROUP_ITEMS = 500;

    /** @var list<list<Known>> Of each page */
    private array $known = [];

    /** @var list<array{list<Member>, list<Known>}> Batches of groups: members, known rows */
    private array $groups = [];

    /** @param list<array{string, string}> $texts Both views of each page, as Clover sent them */
    private function __construct(
        private readonly Catalog|Plain\Catalog $catalog,
        private readonly array $texts,
        KnownProducts $facts,
    ) {
        $all = [];

        foreach ($texts as [$items, $counts]) {
            $page          = $catalog->read($items, $counts);
            $members       = $page->members();
            $singles       = array_diff($page->itemIds(), array_column($members, 'item_id'));
            $this->known[] = $facts->ofItems(array_values($singles), 0);
            array_push($all, ...$members);
        }

        foreach (self::batches($all) as $members) {
            $this->groups[] = [
                $members,
                $facts->ofGroups(
                    array_values(array_unique(array_column($members, 'group_id'))),
                    array_fill_keys(array_column($members, 'item_id'), 0),
                ),
            ];
        }
    }

    /** @return array<string, array{list<float>, list<float>}> Seconds of the extension and of plain PHP, unchanged */
    public static function measured(): array
    {
        [$ours, $plain] = self::both();

        if ([$ours->all(), $ours->errors(), $plain->all(), $plain->errors()] !== [[], [], [], []]) {
            throw new \LogicException('The catalog has changed, so there is no measurement.');
        }

        return [
            'all'    => Measure::pairs($ours->all(...), $plain->all(...), 21),
            'pages'  => Measure::pairs($ours->pages(...), $plain->pages(...), 11),
            'groups' => Measure::pairs($ours->groups(...), $plain->groups(...), 11),
        ];
    }

    /**
     * Checks that both mappings return the same results: for an empty shop, for an unchanged one, and for one whose
     * data in Clover has changed.
     *
     * @return array{changes: int} How many were equal
     */
    public static function compared(): array
    {
        [$ours, $plain] = self::both();
        $prints   = $plain->fingerprints();
        $compared = self::same($ours->emptied(), $plain->emptied()) + self::same($ours, $plain);
        $clover   = Simulator::at((string) getenv('CLOVERSYNC_BASE_URL'));
        $items    = $clover->items();

        foreach ($items as $i => $item) {
            match ($i % 40) {
                1       => $clover->edit($item['id'], ['price' => 100 + $i]),
                5       => $clover->edit($item['id'], ['name' => "Renamed $i  \u{e9}\t{$item['id']} "]),
                9       => $clover->edit($item['id'], ['hidden' => true]),
                13      => $clover->edit($item['id'], ['sku' => "NEW-$i"]),
                17      => $clover->setStock($item['id'], ($i % 3) === 0 ? null : 0),
                21      => $clover->setStock($item['id'], 2.5),
                25      => $clover->edit($item['id'], ['available' => false]),
                29      => $clover->edit($item['id'], ['priceType' => 'VARIABLE']),
                33      => $clover->edit($item['id'], ['code' => '']),
                37      => $clover->edit($item['id'], ['price' => 0]),
                default => null,
            };
        }

        $changed = self::same(...self::both($prints));

        if ($changed < (\count($items) / 10)) {
            throw new \LogicException("Only $changed changes were found, which compares nothing.");
        }

        return ['changes' => $compared + $changed];
    }

    /**
     * @param ?array<string, string> $prints Plain PHP's fingerprints of what the shop holds; null when that is what
     *   Clover has now
     *
     * @return array{self, self} The extension's and plain PHP's
     */
    private static function both(?array $prints = null): array
    {
        $shop  = Config::read()->shop();
        $texts = Plain\Connection::open((string) getenv('CLOVERSYNC_BASE_URL'))->texts();
        $links = $shop->links();
        $units = Committed::create($shop->sql, $links, $shop->state, $shop->rules, $shop->settings, $shop->clock);
        $facts = new KnownProducts($shop->sql, $links, $units);
        $ours  = new self(new Catalog($shop->connection, 'USD'), $texts, $facts);
        $plain = new self(new Plain\Catalog($shop->connection, 'USD'), $texts, $facts);

        // Its fingerprints of products are others; those of variants are the same.
        $prints ??= $plain->fingerprints();

        foreach ($plain->known as $i => $rows) {
            $plain->known[$i] = self::withPrints($rows, $prints);
        }

        foreach ($plain->groups as $i => [, $rows]) {
            $plain->groups[$i][1] = self::withPrints($rows, $prints);
        }

        return [$ours, $plain];
    }

    /**
     * @param list<Known>           $rows
     * @param array<string, string> $prints
     *
     * @return list<Known>
     */
    private static function withPrints(array $rows, array $prints): array
    {
        return array_map(
            static fn (array $row): array => [
                'fingerprint' => $prints[(string) $row['clover_id']] ?? $row['fingerprint'],
            ] + $row,
            $rows,
        );
    }

    /** @return list<Change> Every page: read, mapped, compared, its members given out */
    private function pages(): array
    {
        $changes = [];

        foreach ($this->texts as $i => [$items, $counts]) {
            $page = $this->catalog->read($items, $counts);
            $page->itemIds();
            $page->members();
            array_push($changes, ...$page->changes($this->known[$i]));
        }

        return $changes;
    }

    /** @return list<Change> Every group */
    private function groups(): array
    {
        $changes = [];

        foreach ($this->groups as [$members, $known]) {
            array_push($changes, ...$this->catalog->groups($members, $known)->changes);
        }

        return $changes;
    }

    /** @return list<Change> */
    private function all(): array
    {
        return [...$this->pages(), ...$this->groups()];
    }

    /** @return list<string> What could not be read or mapped; the texts of the messages differ */
    private function errors(): array
    {
        $errors = [];

        foreach ($this->texts as [$items, $counts]) {
            array_push($errors, ...$this->catalog->read($items, $counts)->errors());
        }

        foreach ($this->groups as [$members, $known]) {
            array_push($errors, ...$this->catalog->groups($members, $known)->errors);
        }

        $errors = array_map(static fn (array $error): string => "{$error['item_id']} {$error['path']}", $errors);
        sort($errors);

        return $errors;
    }

    /** As if the shop were empty. */
    private function emptied(): self
    {
        $self         = clone $this;
        $self->known  = array_fill(0, \count($this->texts), []);
        $self->groups = array_map(static fn (array $batch): array => [$batch[0], []], $this->groups);

        return $self;
    }

    /** @return array<string, string> Of a shop that has what Clover has now, by Clover id */
    private function fingerprints(): array
    {
        $prints = [];

        foreach ($this->emptied()->all() as $change) {
            $prints[$change->cloverId] = $change->fingerprint;
        }

        return $prints;
    }

    /**
     * @param list<Member> $members
     *
     * @return list<list<Member>> Whole groups, by id
     */
    private static function batches(array $members): array
    {
        usort(
            $members,
            static fn (array $a, array $b): int => [$a['group_id'], $a['item_id']] <=> [$b['group_id'], $b['item_id']],
        );
        $batches = [];
        $batch   = [];

        foreach ($members as $member) {
            if (\count($batch) >= self::GROUP_ITEMS && $batch[\count($batch) - 1]['group_id'] !== $member['group_id']) {
                $batches[] = $batch;
                $batch     = [];
            }

            $batch[] = $member;
        }

        return $batch === [] ? $batches : [...$batches, $batch];
    }

    /** @return int How many changes both found */
    private static function same(self $ours, self $plain): int
    {
        $first  = $ours->answers();
        $second = $plain->answers();

        foreach ($first + $second as $key => $_) {
            [$value, $other] = [$first[$key] ?? null, $second[$key] ?? null];

            if ($value !== $other) {
                throw new \LogicException(
                    "The two mappings differ in $key: "
                        . json_encode([$value, $other], JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR),
                );
            }
        }

        return \count($first);
    }

    /** @return array<string, array<array-key, mixed>> Changes by Clover id, and errors */
    private function answers(): array
    {
        $answers = ['errors' => $this->errors()];

        foreach ($this->all() as $change) {
            // The digests differ, and so do the transliteration tables for letters outside ASCII. That causes no
            // change and no cost on an unchanged page.
            $values = array_diff_key(get_object_vars($change), ['fingerprint' => 0, 'alias' => 0]);

            $values['warnings'] = array_map(static fn (array|Problem $it): array => (
                $it instanceof Problem ? [$it->code, $it->data['item'] ?? null] : $it
            ), $change->warnings);
            $answers[$change->cloverId] = $values;
        }

        return $answers;
    }
}
