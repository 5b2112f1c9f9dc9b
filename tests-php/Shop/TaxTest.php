<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\J2Commerce\TaxProfiles;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Status\LinkList;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Support\Percent;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Tax profiles by Clover's rates. */
final class TaxTest extends SyncTestCase
{
    private const HOUSE   = 3;
    private const SPIRITS = 4;
    private const OWN     = 5;

    /** As the shop had it before, for all products. */
    private const FIRST = 1;

    private const MAPPING = [
        'default_tax_profile' => self::FIRST,
        'tax_mapping'         => ['House Tax' => self::HOUSE, 'Spirits Tax' => self::SPIRITS, 'NO_TAX_APPLIED' => 0],
    ];

    /** Taxed by the default rate, by a rate of its own, by none, and by two. */
    private string $mat;

    private string $rum;

    private string $stamp;

    private string $punch;

    /** Variants of one group, and variants that are taxed differently. */
    private string $large;

    private string $mixed;

    protected function setUp(): void
    {
        parent::setUp();
        $own         = static fn (string ...$rates): array => ['defaultTaxRates' => false, 'taxRates' => $rates];
        $this->mat   = $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $this->rum   = $this->clover->add(['name' => 'Rum', 'price' => 310] + $own('Spirits Tax'));
        $this->stamp = $this->clover->add(['name' => 'Stamp', 'price' => 95] + $own());
        $this->punch = $this->clover->add(['name' => 'Punch', 'price' => 900] + $own('Spirits Tax', 'Kitchen Tax'));
        $cap         = ['price' => 500, 'group' => 'Cap'];
        $set         = ['price' => 700, 'group' => 'Set'];
        $this->large = $this->clover->add(['name' => 'Cap L', 'options' => ['Size' => 'L']] + $cap);
        $this->clover->add(['name' => 'Cap S', 'options' => ['Size' => 'S']] + $cap);
        $this->mixed = $this->clover->add(['name' => 'Set A', 'options' => ['Kind' => 'A']]
        + $set
        + $own('Spirits Tax'));
        $this->clover->add(['name' => 'Set B', 'options' => ['Kind' => 'B']] + $set);

        foreach ([
            [self::FIRST, 'Standard', []],
            [self::HOUSE, 'House', ['8.250']],
            [self::SPIRITS, 'Spirits', ['6.000', '4.000']],
            [self::OWN, 'Seven', ['7.000']],
        ] as [$id, $name, $percents]) {
            $this->profile($id, $name, $percents);
        }
    }

    /** @param list<string> $percents Of one zone */
    private function profile(int $id, string $name, array $percents): void
    {
        $this->sql->execute('INSERT INTO #__j2commerce_taxprofiles (j2commerce_taxprofile_id, taxprofile_name, enabled)
              VALUES (?, ?, 1)', [$id, $name]);

        foreach ($percents as $n => $percent) {
            $rate = ($id * 10) + $n;
            $this->sql->execute('INSERT INTO #__j2commerce_taxrates
                (j2commerce_taxrate_id, geozone_id, taxrate_name, tax_percent, enabled)
                VALUES (?, 1, ?, ?, 1)', [$rate, "$name $n", $percent]);

            foreach (['billing', 'shipping'] as $address) {
                $this->sql->execute(
                    'INSERT INTO #__j2commerce_taxrules (taxprofile_id, taxrate_id, address)
                    VALUES (?, ?, ?)',
                    [
                        $id,
                        $rate,
                        $address,
                    ],
                );
            }
        }
    }

    #[TestDox('Without tax profiles in the settings, Clover is not asked for its rates, and no row is written')]
    public function test_defaults(): void
    {
        $this->connectedAndSynced(['default_tax_profile' => self::FIRST]);
        $before = $this->shopRows();
        $mark   = $this->clover->mark();
        $result = $this->sync(['default_tax_profile' => self::FIRST, 'tax_mapping' => []]);
        self::assertSame([RunStatus::Done, 0], [$result->status, $result->productRows]);
        self::assertSame([], $this->clover->calls($mark, '#tax_rates#'));
        self::assertSame($before, $this->shopRows());
        self::assertSame([], $this->wrong([]), 'Nothing is compared.');
    }

    #[TestDox('A new product gets the profile of its rates, and that of the settings where none is chosen')]
    public function test_import(): void
    {
        $this->connectedAndSynced(self::MAPPING);
        self::assertSame([self::HOUSE, self::SPIRITS, 0, self::FIRST, self::HOUSE, self::FIRST], $this->profiles());
        self::assertSame(0, $this->sync(self::MAPPING)->productRows, 'The second time.');
        $this->shop(self::MAPPING)->refetch([$this->rum, $this->large], new TimeBudget());
        self::assertSame([self::HOUSE, self::SPIRITS, 0, self::FIRST, self::HOUSE, self::FIRST], $this->profiles());
    }

    #[TestDox('Products of before follow Clover from the next sync on, which sends one more request and one a rate')]
    public function test_switched_on(): void
    {
        $this->connectedAndSynced(['default_tax_profile' => self::FIRST]);
        $mark   = $this->clover->mark();
        $result = $this->sync(self::MAPPING);
        self::assertSame(RunStatus::Done, $result->status);
        self::assertSame($result->updated, $result->productRows, 'One row for each.');
        self::assertSame([self::HOUSE, self::SPIRITS, 0, self::FIRST, self::HOUSE, self::FIRST], $this->profiles());
        self::assertCount(5, $this->clover->calls($mark, '#tax_rates#'));
        self::assertStringContainsString('tax profile', (string) json_encode($this->logOf($this->rum)));
        self::assertSame(0, $this->sync(self::MAPPING)->productRows);
    }

    #[TestDox('Rates that tax an item together have a profile of their own')]
    public function test_together(): void
    {
        $mapping = self::MAPPING['tax_mapping'] + ['kitchen tax + spirits tax' => self::OWN];
        $this->connectedAndSynced(['tax_mapping' => $mapping] + self::MAPPING);
        self::assertSame(self::OWN, $this->profileOf($this->punch));
    }

    #[TestDox('A change of rate in Clover changes the profile, until the owner chooses one')]
    public function test_owner(): void
    {
        $this->connectedAndSynced(self::MAPPING);
        $this->choose($this->mat, self::OWN);
        $this->clover->edit($this->mat, ['defaultTaxRates' => false, 'taxRates' => ['Spirits Tax']]);
        $this->clover->edit($this->rum, ['defaultTaxRates' => true]);
        $this->sync(self::MAPPING);
        self::assertSame([self::OWN, self::HOUSE], [$this->profileOf($this->mat), $this->profileOf($this->rum)]);
        self::assertStringContainsString(
            'Clover taxes it at 10% (Spirits Tax), the shop by the tax profile Seven at 7%.',
            $this->wrong(self::MAPPING)[$this->mat] ?? '',
        );

        $this->choose($this->mat, self::SPIRITS);
        self::assertSame(0, $this->sync(self::MAPPING)->productRows, 'It is Clover\'s again.');
        $this->clover->edit($this->mat, ['defaultTaxRates' => true]);
        $this->sync(self::MAPPING);
        self::assertSame(self::HOUSE, $this->profileOf($this->mat), 'It follows again.');
    }

    #[TestDox('A product with another profile than that of new products is the owner\'s from the start')]
    public function test_owner_before(): void
    {
        $this->connectedAndSynced(['default_tax_profile' => self::FIRST]);
        $this->choose($this->mat, self::OWN);
        $this->sync(self::MAPPING);
        self::assertSame(self::OWN, $this->profileOf($this->mat));
    }

    #[TestDox('What is taxed differently is listed with what to do, and counted on the dashboard and by the doctor')]
    public function test_mismatches(): void
    {
        $mapping = ['tax_mapping' => ['House Tax' => self::HOUSE, 'Spirits Tax' => self::OWN]] + self::MAPPING;
        $this->connectedAndSynced($mapping);
        $wrong = $this->wrong($mapping);
        self::assertStringContainsString('the shop by the tax profile Seven at 7%', $wrong[$this->rum]);
        self::assertStringContainsString('taxes it with NO_TAX_APPLIED, for which the settings', $wrong[$this->stamp]);
        self::assertStringContainsString('taxes it with Kitchen Tax + Spirits Tax', $wrong[$this->punch]);
        $set =
            (string) $this->sql->fetchValue('SELECT parent_id FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [
                $this->mixed,
            ]);
        self::assertStringContainsString('variants differently: House Tax, Spirits Tax.', $wrong[$set]);
        self::assertArrayNotHasKey($this->mat, $wrong);
        $shop = $this->shop($mapping);
        self::assertSame(\count($wrong), $shop->taxMismatches()->count());
        self::assertSame(\count($wrong), $shop->dashboard()->read()->taxMismatches);
        self::assertSame(\count($wrong), $shop->linkList()->count(['state' => LinkList::TAXED]));

        // Zones may contain one another, or not.
        $this->choose($this->rum, self::SPIRITS);
        $this->sql->execute('UPDATE #__j2commerce_taxrates SET geozone_id = 2 WHERE j2commerce_taxrate_id = 41');
        self::assertArrayNotHasKey($this->rum, $this->wrong($mapping));
    }

    #[TestDox('The preview names the profiles, and writes nothing')]
    public function test_preview(): void
    {
        $this->connectedAndSynced(['default_tax_profile' => self::FIRST]);
        $new    = $this->clover->add(['name' => 'Bowl', 'price' => 705]);
        $before = $this->shopRows();
        $found  = [];
        $this
            ->shop(self::MAPPING)
            ->preview()
            ->run(static function (array $row) use (&$found): void {
                $found[$row['clover_id']] = [
                    $row['action'],
                    \in_array('tax', $row['fields'], true),
                    array_map(static fn (?Message $name): ?string => $name === null
                        ? null
                        : English::of($name), $row['tax'] ?? []),
                ];
            });
        self::assertSame(['update', true, ['old' => 'Standard', 'new' => 'Spirits']], $found[$this->rum]);
        self::assertSame(['update', true, ['old' => 'Standard', 'new' => 'Not taxable']], $found[$this->stamp]);
        self::assertSame(['create', true, ['old' => null, 'new' => 'House']], $found[$new]);
        self::assertArrayNotHasKey($this->punch, $found);
        self::assertSame($before, $this->shopRows());
    }

    #[TestDox('If Clover refuses its rates, profiles stay, the sync is done without a refresh, and it is reported')]
    public function test_refused(): void
    {
        $this->connectedAndSynced(self::MAPPING);
        $this->clover->switches(['refused_lists' => ['tax_rates']]);
        $this->clover->edit($this->rum, ['defaultTaxRates' => true, 'price' => 320]);
        $new    = $this->clover->add(['name' => 'Bowl', 'price' => 705]);
        $result = $this->sync(self::MAPPING);
        self::assertSame([RunStatus::Done, 0, 1, 1], [
            $result->status,
            $result->failed,
            $result->imported,
            $result->updated,
        ]);
        self::assertSame(0, $this->clover->refreshes());
        self::assertSame([self::SPIRITS, self::FIRST], [$this->profileOf($this->rum), $this->profileOf($new)]);
        self::assertSame(['taxRates'], $this->shop(self::MAPPING)->dashboard()->read()->withheld);

        $this->clover->switches(['refused_lists' => []]);
        $this->sync(self::MAPPING);
        self::assertSame([self::HOUSE, self::HOUSE], [$this->profileOf($this->rum), $this->profileOf($new)]);
        self::assertSame([], $this->shop(self::MAPPING)->dashboard()->read()->withheld);
    }

    #[TestDox('A run of many slices writes groups with the rates that it has read')]
    public function test_slices(): void
    {
        $this->connect();

        do {
            $status = $this->shop(self::MAPPING)->runner()->run(new TimeBudget(0.0))->status;
        } while ($status === RunStatus::Running);

        self::assertSame(RunStatus::Done, $status);
        self::assertSame([self::HOUSE, self::SPIRITS, 0, self::FIRST, self::HOUSE, self::FIRST], $this->profiles());
    }

    #[TestDox('For each of Clover\'s rates, the only profile that has it is proposed')]
    public function test_proposals(): void
    {
        $this->connect();
        $proposed = function (): array {
            $profiles = TaxProfiles::read($this->sql);
            $found    = [];

            foreach ($this->shop()->connection->taxRates() as $rate) {
                $found[(string) $rate['name']] = [
                    $rate['rate'],
                    $rate['is_default'],
                    $profiles->proposed($rate['rate']),
                ];
            }

            return $found;
        };
        self::assertSame(
            [
                'House Tax'      => [825_000, true, self::HOUSE],
                'Kitchen Tax'    => [825_000, false, self::HOUSE],
                'NO_TAX_APPLIED' => [0, false, 0],
                'Spirits Tax'    => [1_000_000, false, self::SPIRITS],
            ],
            $proposed(),
        );
        $this->profile(6, 'Also 10', ['10']);
        self::assertNull($proposed()['Spirits Tax'][2], 'Two have it.');
    }

    #[TestDox('Percents are read and shown without a float')]
    public function test_percent(): void
    {
        foreach ([
            '8.250' => 825_000,
            '10'    => 1_000_000,
            '0.000' => 0,
            '8.875' => 887_500,
            '-0.5'  => -50_000,
        ] as $text => $rate) {
            self::assertSame($rate, Percent::parse((string) $text));
            self::assertSame($rate, Percent::parse(Percent::text($rate)));
        }

        self::assertSame(['8.25', '10', '0', '-0.5'], array_map(Percent::text(...), [825_000, 1_000_000, 0, -50_000]));
    }

    /** @return list<int> */
    private function profiles(): array
    {
        return array_map($this->profileOf(...), [
            $this->mat,
            $this->rum,
            $this->stamp,
            $this->punch,
            $this->large,
            $this->mixed,
        ]);
    }

    private function profileOf(string $item): int
    {
        return (int) $this->product($item)['taxprofile_id'];
    }

    private function choose(string $item, int $profile): void
    {
        $this->sql->execute('UPDATE #__j2commerce_products SET taxprofile_id = ? WHERE j2commerce_product_id = ?', [
            $profile,
            (int) $this->product($item)['product_id'],
        ]);
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array<string, string> What differs, by Clover id
     */
    private function wrong(array $settings): array
    {
        $rows = $this->shop($settings)->linkList()->page(['state' => LinkList::TAXED], 'title', false, 0, 100);

        return array_column(
            array_map(static fn (ListedLink $row): array => [
                'id'   => $row->cloverId,
                'text' => $row->tax === null ? '' : English::of($row->tax),
            ], $rows),
            'text',
            'id',
        );
    }
}
