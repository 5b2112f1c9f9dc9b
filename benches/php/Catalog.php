<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/**
 * {@see \CloverSync\Catalog} in PHP: with curl_multi towards Clover, json_decode to arrays, and the rules of {@see
 * Mapper} and {@see Diff}.
 *
 * @phpstan-import-type Item from Mapper
 * @phpstan-import-type Known from Diff
 */
final class Catalog
{
    private readonly Rules $rules;

    private readonly Mapper $mapper;

    /** @var ?array{groups: array<string, string>, attributes: array<string, string>} */
    private ?array $names = null;

    public function __construct(
        private readonly Connection $connection,
        string $currency,
        bool $trackStock = true,
    ) {
        if ($currency !== 'USD') {
            throw new \InvalidArgumentException('The counterpart supports only dollars.');
        }

        $this->rules  = new Rules(trackStock: $trackStock);
        $this->mapper = new Mapper($this->rules);
    }

    public static function alias(string $name): string
    {
        return Mapper::alias($name, '');
    }

    public static function cleanName(string $name): string
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
        foreach ($this->connection->pages($after) as [$items, $counts, $asked]) {
            yield new Page($items, $counts, $this->mapper, $this->rules, $asked);
        }
    }

    public function read(string $items, string $counts): Page
    {
        return new Page(self::decode($items), self::decode($counts), $this->mapper, $this->rules);
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
        $this->names ??= $groups === [] ? ['groups' => [], 'attributes' => []] : $this->connection->names();
        $known       = Diff::byId($known);
        $errors      = [];
        $changes     = [];
        $unchanged   = 0;

        foreach ($groups as $id => $members) {
            $id      = (string) $id;
            $product = $this->mapper->group(
                $id,
                $this->names['groups'][$id] ?? null,
                $members,
                $this->names['attributes'],
                $known,
                $errors,
            );

            if ($product === null) {
                continue;
            }

            $change = Diff::compare($id, true, $product, $known, $this->rules->publish);
            $change === null ? $unchanged++ : ($changes[] = $change);
        }

        return new GroupChanges($changes, $errors, $unchanged);
    }

    /** @return array{elements: list<Item>} */
    private static function decode(string $text): array
    {
        /** @var array{elements: list<Item>} $decoded */
        $decoded = json_decode($text, true, 32, JSON_THROW_ON_ERROR);

        return $decoded;
    }
}
