<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Catalog;
use CloverSync\Shop\Catalog\KnownProducts;
use CloverSync\Shop\Sales\Committed;

/**
 * Reads, maps and compares whole pages with the extension and with its counterpart in plain PHP, from the same JSON and
 * the same rows of the shop's database. Both return the members of groups as text and map them from it, like a run that
 * can be interrupted anywhere.
 *
 * @phpstan-import-type Keyed from Jobs
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
    ) {
    }

    /**
     * @param Keyed $at prints: plain PHP's fingerprints of what the shop holds, where Clover has changed since
     *
     * @return array{Mapping, Mapping} The extension's and plain PHP's; the shop of both is the one in the database
     */
    public static function both(array $at): array
    {
        $sql        = Jobs::sql($at);
        $shop       = Workspace::shopAt($sql, $at['url']);
        $connection = new Plain\Connection($at['url'], $at['merchant'], $at['token']);
        $texts      = $connection->texts();
        $links      = $shop->links();
        $facts      = new KnownProducts(
            $sql,
            $links,
            Committed::create($sql, $links, $shop->state, $shop->rules, $shop->settings, $shop->clock),
        );
        $ours   = new self(new Catalog($shop->connection, 'USD'), $texts);
        $plain  = new self(new Plain\Catalog($connection, 'USD'), $texts);
        $prints = $at['prints'] ?? $plain->fingerprints();

        foreach ($texts as $i => [$items, $counts]) {
            $page = $ours->catalog->read($items, $counts);
            $rows = $facts->ofItems(
                array_values(array_diff($page->itemIds(), array_column($page->members(), 'item_id'))),
                0,
            );
            $ours->known[]  = $rows;
            $plain->known[] = self::withPrints($rows, $prints);
        }

        foreach ([$ours, $plain] as $self) {
            foreach (self::batches($self->members()) as $members) {
                $rows = $facts->ofGroups(
                    array_values(array_unique(array_column($members, 'group_id'))),
                    array_fill_keys(array_column($members, 'item_id'), 0),
                );
                $self->groups[] = [$members, $self === $ours ? $rows : self::withPrints($rows, $prints)];
            }
        }

        return [$ours, $plain];
    }

    /**
     * Every page: read, mapped, compared, its members given out.
     *
     * @return list<Change>
     */
    public function pages(): array
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

    /**
     * Every group.
     *
     * @return list<Change>
     */
    public function groups(): array
    {
        $changes = [];

        foreach ($this->groups as [$members, $known]) {
            array_push($changes, ...$this->catalog->groups($members, $known)->changes);
        }

        return $changes;
    }

    /** @return list<Change> */
    public function all(): array
    {
        return [...$this->pages(), ...$this->groups()];
    }

    /** @return list<array{item_id: ?string, path: string, message: string}> What could not be read or mapped */
    public function errors(): array
    {
        $errors = [];

        foreach ($this->texts as [$items, $counts]) {
            array_push($errors, ...$this->catalog->read($items, $counts)->errors());
        }

        foreach ($this->groups as [$members, $known]) {
            array_push($errors, ...$this->catalog->groups($members, $known)->errors);
        }

        return $errors;
    }

    /** As if the shop were empty. */
    public function emptied(): self
    {
        $self         = clone $this;
        $self->known  = array_fill(0, \count($this->texts), []);
        $self->groups = array_map(static fn (array $batch): array => [$batch[0], []], $this->groups);

        return $self;
    }

    public function bytes(): int
    {
        return array_sum(array_map(
            static fn (array $pair): int => \strlen($pair[0]) + \strlen($pair[1]),
            $this->texts,
        ));
    }

    /** @return array<string, string> Of a shop that has what Clover says now, by Clover id */
    public function fingerprints(): array
    {
        $prints  = [];
        $changes = $this->catalog->groups($this->members(), [])->changes;

        foreach ($this->texts as [$items, $counts]) {
            $changes = [...$changes, ...$this->catalog->read($items, $counts)->changes([])];
        }

        foreach ($changes as $change) {
            $prints[$change->cloverId] = $change->fingerprint;
        }

        return $prints;
    }

    /** @return list<Member> */
    private function members(): array
    {
        $members = [];

        foreach ($this->texts as [$items, $counts]) {
            array_push($members, ...$this->catalog->read($items, $counts)->members());
        }

        return $members;
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

    /**
     * Product fingerprints differ between the two sides; those of variants are equal.
     *
     * @param list<Known>           $rows
     * @param array<string, string> $prints
     *
     * @return list<Known>
     */
    private static function withPrints(array $rows, array $prints): array
    {
        return array_map(
            static fn (array $row): array => [
                'fingerprint' => $prints[(string) ($row['clover_id'] ?? '')] ?? $row['fingerprint'] ?? null,
            ] + $row,
            $rows,
        );
    }
}
