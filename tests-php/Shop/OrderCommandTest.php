<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\PhpEngine;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/**
 * ./cloversync order from its users' view. It needs no Clover: a shop also sells before it is connected.
 *
 * @phpstan-import-type Result from CommandLine
 */
#[Group('once')]
final class OrderCommandTest extends TestCase
{
    private const LINE  = [
        'line_id'    => 7,
        'sku'        => 'MUG-01',
        'name'       => 'Enamel Mug',
        'quantity'   => 2,
        'unit_price' => 1499,
        'discount'   => 0,
        'tax'        => 240,
    ];
    private const ORDER = [
        'order_id'           => '179540797553',
        'number'             => 53,
        'old_status'         => null,
        'new_status'         => 1,
        'currency'           => 'USD',
        'prices_include_tax' => false,
        'customer'           => ['name' => 'Ann Doe', 'email' => 'ann@example.org', 'phone' => '+1 555 0100'],
        'lines'              => [self::LINE],
        'shipping'           => 500,
        'order_discount'     => 100,
        'order_tax'          => 0,
        'total'              => 3638,
    ];

    private CommandLine $shell;

    protected function setUp(): void
    {
        PhpEngine::require();

        $this->shell = new CommandLine();
    }

    protected function tearDown(): void
    {
        unset($this->shell);
    }

    #[TestDox('An order is stored, its last line of JSON shows what was stored, and people read one line')]
    public function test_an_order_is_stored(): void
    {
        $result = $this->order(self::ORDER, '--no-event', '--json');
        self::assertSame([0, ''], [$result['code'], $result['err']]);
        self::assertSame(
            ['event' => 'done', 'order_id' => '179540797553', 'status' => 1, 'lines' => 1, 'total' => 3638],
            $result['last'],
        );
        self::assertSame(
            [['53', '1', '36.38000']],
            $this->rows('SELECT j2commerce_order_id, order_state_id, order_total FROM jos_j2commerce_orders'),
        );
        self::assertSame(
            [['7', '2', '14.99000']],
            $this->rows(
                'SELECT j2commerce_orderitem_id, orderitem_quantity, orderitem_price FROM jos_j2commerce_orderitems',
            ),
        );

        $result = $this->order(['new_status' => 6] + self::ORDER, '--no-event');
        self::assertSame([0, ''], [$result['code'], $result['err']]);
        self::assertMatchesRegularExpression('/^Order 179540797553: status 1 → 6, .+\n$/', $result['out']);
    }

    #[TestDox('With the fewest fields that a file needs, the rest is computed')]
    public function test_the_least_that_a_file_may_say(): void
    {
        $line   = array_intersect_key(self::LINE, array_flip(['sku', 'name', 'quantity', 'unit_price']));
        $result = $this->order(
            [
                'order_id'           => 1001,
                'new_status'         => 5,
                'currency'           => 'jpy',
                'prices_include_tax' => true,
                'lines'              => [$line, $line],
            ],
            '--no-event',
            '--json',
        );
        self::assertSame(
            ['event' => 'done', 'order_id' => '1001', 'status' => 5, 'lines' => 2, 'total' => 5996],
            $result['last'],
        );
        self::assertSame(
            [['JPY', '5996.00000']],
            $this->rows('SELECT currency_code, order_total FROM jos_j2commerce_orders'),
        );
    }

    #[TestDox('A dash reads the order from standard input')]
    public function test_the_input_is_read(): void
    {
        self::assertSame(
            0,
            $this->start(['order', '-', '--no-event'], json_encode(self::ORDER, JSON_THROW_ON_ERROR))['code'],
        );
        self::assertCount(1, $this->rows('SELECT 1 FROM jos_j2commerce_orders'));
    }

    #[TestDox('A deleted order is gone, and cannot be deleted twice')]
    public function test_an_order_is_deleted(): void
    {
        $this->order(self::ORDER, '--no-event');
        $deleted = ['order_id' => '179540797553', 'deleted' => true];
        self::assertSame(
            ['event' => 'done', 'order_id' => '179540797553', 'status' => null, 'lines' => 0, 'total' => 0],
            $this->order($deleted, '--json')['last'],
        );
        self::assertSame([], $this->rows('SELECT 1 FROM jos_j2commerce_orders'));
        $again = $this->order($deleted);
        self::assertSame(2, $again['code']);
        self::assertStringContainsString('  order_id: ', $again['err']);
    }

    #[TestDox('All errors are reported at once, by the path of their field')]
    public function test_everything_that_is_wrong_is_said_at_once(): void
    {
        $wrong = [
            'order_id'           => '',
            'number'             => 'none',
            'old_status'         => 'new',
            'new_status'         => 0,
            'currency'           => 'US Dollar',
            'prices_include_tax' => 1,
            'customer'           => ['name' => 7, 'age' => 44],
            'shipping'           => 5.5,
            'order_discount'     => -1,
            'order_tax'          => '3',
            'total'              => 1e30,
            'refunded'           => true,
            'deleted'            => 'no',
            'note'               => 'x',
            'lines'              => [
                self::LINE,
                ['line_id' => 7, 'quantity' => 0, 'unit_price' => '1499', 'discount' => [], 'tax' => -2, 'price' => 3],
                'two mugs',
                ['line_id' => ' ', 'clover_id' => false, 'discount' => 3000] + self::LINE,
                ['line_id' => 8, 'quantity' => 1_000_000, 'unit_price' => 10_000] + self::LINE,
            ],
        ];
        $fields = [
            'order_id',
            'number',
            'old_status',
            'new_status',
            'currency',
            'prices_include_tax',
            'customer.name',
            'customer.age',
            'shipping',
            'order_discount',
            'order_tax',
            'total',
            'refunded',
            'deleted',
            'note',
            'lines[1].line_id',
            'lines[1].clover_id',
            'lines[1].name',
            'lines[1].quantity',
            'lines[1].unit_price',
            'lines[1].discount',
            'lines[1].tax',
            'lines[1].price',
            'lines[2]',
            'lines[3].line_id',
            'lines[3].clover_id',
            'lines[3].discount',
            'lines[4].unit_price',
        ];
        $result = $this->order($wrong, '--json');
        $said   = self::fieldsOf($result);
        sort($said);
        sort($fields);
        self::assertSame([2, $fields], [$result['code'], $said]);

        foreach ($fields as $field) {
            self::assertMatchesRegularExpression('/^  ' . preg_quote($field, '/') . ': .+$/m', $result['err']);
        }

        self::assertSame([], $this->rows('SELECT 1 FROM jos_j2commerce_orders'));
    }

    #[TestDox('Every required field is named when it is missing')]
    public function test_missing_fields_are_named(): void
    {
        $result = $this->order((object) [], '--json');
        self::assertSame([2, ['order_id', 'new_status', 'currency', 'prices_include_tax', 'lines']], [
            $result['code'],
            self::fieldsOf($result),
        ]);
        $result = $this->order(['lines' => [(object) []]] + self::ORDER, '--json');
        self::assertSame(
            ['lines[0].name', 'lines[0].quantity', 'lines[0].unit_price', 'lines[0].clover_id'],
            self::fieldsOf($result),
        );
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function refusals(): iterable
    {
        yield 'a currency that the shop has not' => [['currency' => 'XXX'], 'currency'];
        yield 'lines that come to more than a column holds' => [
            ['lines' => [['line_id' => 1, 'quantity' => 1, 'unit_price' => 9_999_999_999] + self::LINE, self::LINE]],
            'lines',
        ];
        yield 'a customer that is a list' => [['customer' => ['Ann']], 'customer'];
        yield 'lines that are an object' => [['lines' => ['first' => self::LINE]], 'lines'];
        yield 'a name too long for its column' => [
            ['lines' => [['name' => str_repeat('ü', 256)] + self::LINE]],
            'lines[0].name',
        ];
    }

    /** @param array<string, mixed> $with */
    #[DataProvider('refusals')]
    #[TestDox('Refused with the name of its field: $_dataName')]
    public function test_refusals(array $with, string $field): void
    {
        $result = $this->order($with + self::ORDER, '--no-event', '--json');
        self::assertSame([2, [$field]], [
            $result['code'],
            self::fieldsOf($result),
        ]);
        self::assertSame([], $this->rows('SELECT 1 FROM jos_j2commerce_orders'));
    }

    /** @return iterable<string, array{list<string>, string, string}> */
    public static function misuses(): iterable
    {
        yield 'no file named' => [['order'], '', 'FILE'];
        yield 'two files named' => [['order', '-', 'another.json'], '', 'another.json'];
        yield 'a file that is not there' => [['order', 'none.json'], '', 'none.json'];
        yield 'a folder' => [['order', '.'], '', '“.”'];
        yield 'something that is not JSON' => [['order', '-'], '{"order_id":', 'JSON'];
        yield 'JSON that is not an object' => [['order', '-'], '[{}]', 'object'];
        yield 'nothing at all' => [['order', '-'], '', 'JSON'];
        yield 'an option that is none' => [['order', '-', '--fast'], '{}', '--fast'];
    }

    /** @param list<string> $words */
    #[DataProvider('misuses')]
    #[TestDox('Exit code 2 and a sentence: $_dataName')]
    public function test_misuses(array $words, string $input, string $named): void
    {
        $result = $this->start($words, $input);
        self::assertSame([2, ''], [$result['code'], $result['out']]);
        self::assertStringContainsString($named, $result['err']);
    }

    /**
     * @param array<string, mixed>|object $order
     *
     * @return Result
     */
    private function order(array|object $order, string ...$words): array
    {
        file_put_contents($this->shell->folder . '/order.json', json_encode($order, JSON_THROW_ON_ERROR));

        return $this->start(['order', 'order.json', ...array_values($words)]);
    }

    /**
     * @param list<string> $words
     *
     * @return Result
     */
    private function start(array $words, string $input = ''): array
    {
        return $this->shell->run($words, $input);
    }

    /**
     * @param Result $result
     *
     * @return list<string> Fields that the answer names
     */
    private static function fieldsOf(array $result): array
    {
        return array_keys(Json::object($result['last']['fields']));
    }

    /** @return list<list<string>> */
    private function rows(string $query): array
    {
        return $this->shell->rows($query);
    }
}
