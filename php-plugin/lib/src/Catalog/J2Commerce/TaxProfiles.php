<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Percent;

/** The shop's tax profiles with their rates. */
final readonly class TaxProfiles
{
    /** The id that products without tax have. */
    public const UNTAXED = 0;

    /** @param array<int, TaxProfile> $profiles By id */
    private function __construct(
        private array $profiles,
    ) {
    }

    public static function read(Sql $sql): self
    {
        $names = [];
        $zones = [];

        foreach ($sql->fetchAll(
            'SELECT p.j2commerce_taxprofile_id AS id, p.taxprofile_name AS name, r.j2commerce_taxrate_id AS rate,
                    r.geozone_id, r.tax_percent
               FROM #__j2commerce_taxprofiles p
               LEFT JOIN #__j2commerce_taxrules u ON u.taxprofile_id = p.j2commerce_taxprofile_id
               LEFT JOIN #__j2commerce_taxrates r ON r.j2commerce_taxrate_id = u.taxrate_id AND r.enabled = 1
              WHERE p.enabled = 1 ORDER BY p.taxprofile_name, p.j2commerce_taxprofile_id',
        ) as $row) {
            $id         = Row::int($row, 'id');
            $names[$id] = Row::string($row, 'name');
            $zones[$id] ??= [];

            // A rate has one rule for each kind of address, and counts once.
            if ($row['rate'] !== null) {
                $zones[$id][Row::int($row, 'geozone_id')][Row::int($row, 'rate')] = Percent::parse(Row::string(
                    $row,
                    'tax_percent',
                ));
            }
        }

        $profiles = [];

        foreach ($names as $id => $name) {
            $profiles[$id] = new TaxProfile($id, $name, self::rates($zones[$id]));
        }

        return new self($profiles);
    }

    /**
     * The rates of a zone add up. Zones that contain one another, such as a country and its state, do so too, and which
     * ones do is not known here.
     *
     * @param array<int, non-empty-array<int, int>> $zones Rates by zone and id
     *
     * @return list<int>
     */
    private static function rates(array $zones): array
    {
        $sums = array_map(static fn (array $rates): int => (int) array_sum($rates), array_values($zones));

        return array_values(array_unique($sums === [] ? [0] : [...$sums, (int) array_sum($sums)]));
    }

    /** @return list<TaxProfile> By name */
    public function all(): array
    {
        return array_values($this->profiles);
    }

    /** The name of a tax profile for the reader. */
    public function label(int $id): Message
    {
        return match (true) {
            isset($this->profiles[$id]) => Message::said($this->profiles[$id]->name),
            $id === self::UNTAXED => new Message(MessageCode::TaxNone),
            default => new Message(MessageCode::TaxProfileGone, ['id' => (string) $id]),
        };
    }

    /**
     * What a product with this profile may be taxed at. Without a profile, or with one that is gone, it is not taxed.
     *
     * @return list<int>
     */
    public function ratesOf(int $id): array
    {
        return ($this->profiles[$id] ?? null)?->rates ?? [0];
    }

    /**
     * The profile that an owner would choose for a rate of Clover.
     *
     * @return ?int Its id, or {@see UNTAXED}; null when none or more than one has the rate
     */
    public function proposed(?int $rate): ?int
    {
        if ($rate === null || $rate === 0) {
            return $rate === null ? null : self::UNTAXED;
        }

        $fitting = array_filter($this->profiles, static fn (TaxProfile $profile): bool => $profile->taxesAt($rate));

        return \count($fitting) === 1 ? array_key_first($fitting) : null;
    }
}
