<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/**
 * {@see \CloverSync\Catalog} in PHP: with curl_multi towards Clover, json_decode to arrays, and the rules of {@see
 * Mapper} and {@see Diff}. It supports what the benchmarks have: dollars, tracked stock, tags and no markup.
 *
 * @phpstan-import-type Item from Mapper
 * @phpstan-import-type Known from Diff
 */
final class Catalog
{
    private readonly Connection $clover;

    /** @var ?array{groups: array<string, string>, attributes: array<string, string>} */
    private ?array $names = null;

    /** @param \CloverSync\Connection $connection Unused: the counterpart has its own, to the same Clover */
    public function __construct(\CloverSync\Connection $connection, string $currency, bool $trackStock = true)
    {
        if ($currency !== 'USD' || !$trackStock) {
            throw new \InvalidArgumentException('The counterpart supports only dollars and tracked stock.');
        }

        $this->clover = Connection::open((string) getenv('CLOVERSYNC_BASE_URL'));
    }

    public static function alias(string $name): string
    {
        return Mapper::alias($name);
    }

    private static function cleanName(string $name): string
    {
        return Mapper::cleaned($name) ?? '';
    }

    /** Good enough for the synthetic catalog, whose names are ASCII. */
    public static function nameKey(string $name): string
    {
        return mb_strtolower(self::cleanName($name));
    }

    /** @return \Generator<int, Page> */
    public function pages(?string $after = null): \Generator
    {
        foreach ($this->clover->pages($after) as [$items, $counts, $asked]) {
            yield new Page($items, $counts, $asked);
        }
    }

    public function read(string $items, string $counts): Page
    {
        return new Page(Connection::decode($items), Connection::decode($counts), microtime(true));
    }

    /**
     * @param list<array{group_id: string, payload: string, ...}> $staged
     * @param list<Known>                                         $known
     */
    public function groups(array $staged, array $known): GroupChanges
    {
        $groups = [];

        foreach ($staged as $row) {
            /** @var Item $item */
            $item                       = json_decode($row['payload'], true, 32, JSON_THROW_ON_ERROR);
            $groups[$row['group_id']][] = $item;
        }

        ksort($groups, SORT_STRING);
        $this->names ??= $this->clover->names();
        $known       = Diff::byId($known);
        $errors      = [];
        $changes     = [];
        $unchanged   = 0;

        foreach ($groups as $id => $members) {
            $id      = (string) $id;
            $title   = Mapper::cleaned($this->names['groups'][$id] ?? null);
            $product = $title === null
                ? null
                : Mapper::group($title, $members, $this->names['attributes'], $known, $errors);

            if ($title === null) {
                $errors[] = (new ItemFault("item_groups[$id].name", 'has no name'))->row(null);
            }

            if ($product !== null) {
                $change = Diff::compare($id, true, $product, $known);
                $change === null ? $unchanged++ : ($changes[] = $change);
            }
        }

        return new GroupChanges($changes, $errors, $unchanged);
    }

    /**
     * @param list<string> $names
     *
     * @return list<string>
     */
    public static function cleanNames(array $names): array
    {
        return array_map(self::cleanName(...), $names);
    }
}
