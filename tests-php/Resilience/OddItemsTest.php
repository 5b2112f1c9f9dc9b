<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\RewritingProxy;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\TestDox;

/** An item that cannot be read fails alone. */
final class OddItemsTest extends ResilienceTestCase
{
    private RewritingProxy $proxy;

    protected function tearDown(): void
    {
        unset($this->proxy);
        parent::tearDown();
    }

    #[TestDox('An item with a price of the wrong type fails alone with its path, and is imported once it is corrected')]
    public function test_a_wrong_price_fails_one_item(): void
    {
        $odd = $this->connectWith(static function (array $element): array {
            $element['price'] = 'a lot';

            return $element;
        }, 5);
        $this->proxy->on();
        $result = $this->sync();
        self::assertDone($result, 1);
        self::assertSame(\count($this->clover->items()), $result->itemsRead);
        $place = array_search($odd, array_column($this->clover->items(), 'id'), true);
        self::assertStringContainsString("elements[$place].price", $this->errorOf($odd));
        self::assertNull($this->sql->fetchValue(
            'SELECT product_id FROM #__j2commerce_clover_mappings
            WHERE clover_id = ?',
            [
                $odd,
            ],
        ));
        self::assertSame(
            \count($this->clover->items()) - 1,
            $this->rows(
                'j2commerce_clover_mappings',
                "clover_type = 'item' AND product_id IS NOT NULL AND state = 'synced'",
            ),
        );
        self::assertStringEndsWith('1 failed', $this->lastWord());

        $this->proxy->off();
        $repaired = $this->sync();
        self::assertDone($repaired);
        self::assertSame([1, 0], [$repaired->imported, $repaired->updated]);
        self::assertSame('synced', $this->product($odd)['link']);
        self::assertNull($this->product($odd)['error']);
    }

    #[TestDox('A product whose item becomes unreadable stays unchanged, for every kind of invalid field')]
    public function test_an_imported_product_is_left_alone(): void
    {
        foreach ([
            'price'     => static fn (array $e): array => ['price' => ['amount' => 1]] + $e,
            'itemStock' => static fn (array $e): array => isset($e['itemStock'])
                ? ['itemStock' => ['quantity' => 'many'] + Json::object($e['itemStock'])] + $e
                : $e,
            'name'      => static fn (array $e): array => ['name' => ['en' => 'Soup']] + $e,
            'priceType' => static fn (array $e): array => ['priceType' => 3] + $e,
        ] as $field => $spoil) {
            $odd = $this->connectWith($spoil, 5);
            $this->sync();
            $before = $this->product($odd);
            $this->proxy->on();
            $result = $this->sync();
            self::assertDone($result, 1);
            self::assertSame(0, $result->productRows, $field);
            self::assertStringContainsString($field, $this->errorOf($odd));
            $after = $this->product($odd);
            self::assertSame('error', $after['link'], $field);
            self::assertSame(
                array_diff_key($before, ['link' => 0, 'error' => 0]),
                array_diff_key($after, ['link' => 0, 'error' => 0]),
                $field,
            );

            $this->proxy->off();
            self::assertDone($this->sync());
            self::assertSame($before, $this->product($odd), $field);
        }
    }

    #[TestDox('A variant that becomes unreadable stays available, and its group is not rewritten without it')]
    public function test_an_unreadable_variant_stays(): void
    {
        $this->connectWith(static fn (array $e): array => ['price' => 'a lot'] + $e, -1);
        $this->sync();
        $before = $this->offer('T-Shirt');
        self::assertCount(6, $before);
        $this->proxy->on();
        self::assertDone($this->sync(), 1);
        self::assertSame($before, $this->offer('T-Shirt'));
        $this->proxy->off();
        self::assertDone($this->sync());
        self::assertSame($before, $this->offer('T-Shirt'));
    }

    #[TestDox('Unusual shapes with a clear meaning are read, others fail one item, and an invalid byte costs one name')]
    public function test_shapes(): void
    {
        $category = '"categories":{"elements":[{"id":"CATEGORY00001","name":"K","sortOrder":""}]}';
        $read     = [
            '"hidden":"false"',
            '"available":1',
            '"itemStock":{"quantity":"3"}',
            '"itemStock":"3"',
            '"sku":12345',
            '"code":850835000030',
            $category,
            '"categories":{"elements":[null,{"id":"CATEGORY00001","name":"K"}]}',
            '"tags":["a"]',
            '"itemGroup":{"id":""}',
            '"name":"Pl\ud83dain"',
            '"price":599,"price":599',
            '"price":"599"',
            '"price":599.0',
            '"itemStock":{}',
            '"itemStock":0',
            '"itemGroup":{}',
            '"priceType":null',
            '"deletedTime":0',
            "\"name\":\"Pl\xffain\"",
        ];
        $refused = [
            '"price":599.5',
            '"price":"5.99"',
            '"price":null',
            '"price":-1',
            '"itemStock":{"quantity":1e400}',
            '"id":"A/B"',
        ];
        $this->clover = Simulator::start();
        $list         = static function (string $id, array $shapes): array {
            $n = 0;

            return array_map(
                static function (string $shape) use ($id, &$n): string {
                    $base = ['id' => \sprintf('"%s%010d"', $id, ++$n), 'name' => '"Odd"', 'price' => '599'];
                    // The fields that the shape itself has.
                    unset($base[preg_match('/^"(\w+)"/', $shape, $key) === 1 ? $key[1] : '']);

                    return (
                        '{'
                        . implode(',', [
                            ...array_map(
                                static fn (string $k, string $v): string => "\"$k\":$v",
                                array_keys($base),
                                $base,
                            ),
                            $shape,
                        ])
                        . '}'
                    );
                },
                $shapes,
            );
        };
        $elements    = [...$list('ODD', $read), ...$list('BAD', $refused)];
        $this->proxy = RewritingProxy::start($this->clover->url, static function (string $path, array $body) use (
            $elements,
        ): array|string {
            $isItems = preg_match('~/items\?~', $path) === 1;

            $sent = array_map(Json::object(...), Json::list($body['elements'] ?? []));

            if (!$isItems || $sent === []) {
                return $body;
            }

            return (
                '{"elements":[' . implode(',', [...array_map(RewritingProxy::encode(...), $sent), ...$elements]) . ']}'
            );
        });
        $this->baseUrl = $this->proxy->url;
        $this->connect($this->shop());
        $this->proxy->on();
        $result = $this->sync();
        self::assertDone($result, \count($refused));
        self::assertSame(
            \count($read),
            $this->rows(
                'j2commerce_clover_mappings',
                "clover_id LIKE 'ODD%' AND state = 'synced' AND product_id IS NOT NULL",
            ),
        );
        self::assertSame(0, $this->rows(
            'j2commerce_clover_mappings',
            "clover_id LIKE 'BAD%' AND product_id IS NOT NULL",
        ));
        self::assertSame(['12345', '5.99000'], [
            $this->product('ODD0000000005')['sku'],
            $this->product('ODD0000000005')['price'],
        ]);
        self::assertSame([3, 3], [
            (int) $this->product('ODD0000000003')['quantity'],
            (int) $this->product('ODD0000000004')['quantity'],
        ]);
        self::assertSame(["Pl\u{fffd}ain", "Pl\u{fffd}ain"], [
            $this->product('ODD0000000011')['title'],
            $this->product('ODD0000000020')['title'],
        ]);
        self::assertSame(0, $this->sync()->productRows);
    }

    /**
     * @param \Closure(array<array-key, mixed>): array<array-key, mixed> $spoil
     * @param int                                                         $place Among those in stock; -1 = a T-shirt
     *
     * @return string Its id
     */
    private function connectWith(\Closure $spoil, int $place): string
    {
        $this->baseUrl = null;
        $this->clover  ??= Simulator::start();
        $items         = $place < 0 ? $this->clover->named('T-Shirt') : $this->clover->inStock();
        $odd           = $items[$place < 0 ? 2 : $place]['id'];
        $this->proxy   = RewritingProxy::start($this->clover->url, static function (string $path, array $body) use (
            $odd,
            $spoil,
        ): array {
            if (!isset($body['elements'])) {
                return $body;
            }

            return ['elements' => array_map(static function (mixed $element) use ($odd, $spoil): array {
                $element = Json::object($element);

                return ($element['id'] ?? null) === $odd ? $spoil($element) : $element;
            }, Json::list($body['elements']))] + $body;
        });
        $this->baseUrl = $this->proxy->url;
        $this->connect($this->shop());

        return $odd;
    }

    private function errorOf(string $cloverId): string
    {
        return English::column($this->sql->fetchValue(
            "SELECT error FROM #__j2commerce_clover_mappings
            WHERE clover_id = ? AND state = 'error'",
            [
                $cloverId,
            ],
        ));
    }

    private function lastWord(): string
    {
        return English::column($this->sql->fetchValue(
            "SELECT message FROM #__j2commerce_clover_log WHERE action = 'sync' ORDER BY id DESC LIMIT 1",
        ));
    }

    /** @return list<array<string, mixed>> What the storefront sells of a variable product */
    private function offer(string $title): array
    {
        return $this->sql->fetchAll('SELECT v.sku, v.price, v.availability, q.quantity, x.product_optionvalue_ids
            FROM #__content c
               JOIN #__j2commerce_products p ON p.product_source_id = c.id
               JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id AND v.is_master = 0
               JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
               JOIN #__j2commerce_productquantities q ON q.variant_id = v.j2commerce_variant_id
              WHERE c.title = ? ORDER BY v.sku', [$title]);
    }
}
