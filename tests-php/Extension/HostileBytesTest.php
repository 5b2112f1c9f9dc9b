<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Ledger;
use CloverSync\Orders;
use CloverSync\Settings;
use CloverSync\Stock;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Vault;
use CloverSync\Webhook;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Arguments that no correct caller passes: bytes that are not text, arrays that contain themselves, extreme numbers.
 */
final class HostileBytesTest extends TestCase
{
    private const BYTES = "\xff\xfe";

    /** @return array<string, array{array<mixed>, string}> Parameters, and the field that is to be named */
    public static function settings(): array
    {
        return [
            'a key'            => [[self::BYTES => 1], "\u{FFFD}\u{FFFD}"],
            'a text'           => [['app_id' => self::BYTES], 'app_id'],
            'a key in a list'  => [['paid_statuses' => [self::BYTES => 1]], 'paid_statuses'],
            'a text in a list' => [['paid_statuses' => [1, self::BYTES]], 'paid_statuses'],
        ];
    }

    #[DataProvider('settings')]
    public function testSettingsNameTheFieldThatIsNoText(array $parameters, string $field): void
    {
        try {
            (new \ReflectionMethod(Settings::class, 'fromArray'))->invoke(null, $parameters);
            self::fail('It was taken.');
        } catch (SettingsException $e) {
            self::assertArrayHasKey($field, $e->getFields());
        }
    }

    public function testAReferenceInAnArrayIsItsValue(): void
    {
        $statuses = [1, 2];
        $second   = &$statuses[1];
        $second   = 4;
        $days     = 12;

        $given = Settings::fromArray(['paid_statuses' => $statuses, 'log_retention' => &$days]);
        self::assertSame([[1, 4], 12], [$given->paidStatuses, $given->logRetention]);
    }

    public function testSealedBytesThatAreNoTextAreAVaultsRefusal(): void
    {
        $vault = new Vault('a site secret for tests only');
        self::assertFalse($vault->isCurrent(self::BYTES));

        foreach ([
            static fn () => $vault->open(self::BYTES, 'x'),
            static fn () => $vault->open($vault->seal('s', 'x'), self::BYTES),
            static fn () => $vault->seal('s', self::BYTES),
        ] as $call) {
            try {
                $call();
                self::fail('It was taken.');
            } catch (VaultException $e) {
                self::assertStringContainsString('UTF-8', $e->getMessage());
            }
        }
    }

    public function testABrokenTokenRecordIsNotAMissingOne(): void
    {
        $vault = new Vault('a site secret for tests only');

        foreach ([self::BYTES, 'M.' . self::BYTES, '', 'M', "M\0.x"] as $record) {
            $store = new MemoryTokenStore();
            $store->write($record);

            try {
                (new Connection(Settings::fromArray([]), $vault, $store))->status();
                self::fail(
                    'It was taken for ' . json_encode($record, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR),
                );
            } catch (VaultException $e) {
                self::assertNotSame('', $e->getMessage());
            }
        }
    }

    public function testNoMethodAnswersWithAPanic(): void
    {
        $calls = 0;

        foreach ($this->objects() as $object) {
            foreach ((new \ReflectionClass($object))->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                if ($method->isConstructor() || str_starts_with($method->name, '__')) {
                    continue;
                }

                for ($round = 0; $round < 8; $round++) {
                    $arguments = array_map(static fn (\ReflectionParameter $p): mixed => self::hostile(
                        $p->getType(),
                        $round,
                    ), $method->getParameters());
                    $this->call(
                        static fn () => $method->invoke($object, ...$arguments),
                        $method->class . '::' . $method->name . ", round $round",
                    );
                    $calls++;
                }
            }
        }

        self::assertGreaterThan(200, $calls);
    }

    private function call(\Closure $call, string $where): void
    {
        try {
            $call();
            $this->addToAssertionCount(1);
        } catch (\Throwable $e) {
            if (!$e instanceof \TypeError && !$e instanceof \ValueError && !$e instanceof CloverException) {
                self::fail($where . ': ' . $e::class . ': ' . $e->getMessage());
            }

            self::assertDoesNotMatchRegularExpression('/panick|unwrap|\.rs:\d|called `/i', $e->getMessage(), $where);
        }
    }

    private static function hostile(?\ReflectionType $type, int $round): mixed
    {
        $name         = $type instanceof \ReflectionNamedType ? $type->getName() : 'array';
        $self         = ['rows' => [['seq' => 1]]];
        $self['self'] = &$self;
        $one          = self::BYTES;

        return match ($name) {
            'string' => [
                self::BYTES,
                '',
                "\0",
                str_repeat("\xf0\x9f", 200_000),
                '{"a":' . self::BYTES . '}',
                str_repeat('[', 50_000),
                '..',
                '{"items":[{"id":"' . self::BYTES . '"}]}',
            ][$round],
            'int'    => [PHP_INT_MIN, PHP_INT_MAX, 0, -1, 1 << 32, -(1 << 31), 1 << 62, 7][$round],
            'bool'   => ($round % 2) === 0,
            'float'  => [NAN, INF, -INF, 0.0, -0.0, 1e308, 5e-324, -1.5][$round],
            'array' => [
                [self::BYTES => self::BYTES],
                [[self::BYTES => [self::BYTES]]],
                $self,
                range(0, 50_000),
                [&$one, [&$one]],
                [
                    'rows'      => [[
                        self::BYTES => 1,
                        'seq'       => PHP_INT_MIN,
                        'delta'     => PHP_INT_MIN,
                        'state'     => self::BYTES,
                        'clover_id' => self::BYTES,
                    ]],
                    'quantity'  => PHP_INT_MAX,
                    'clover_id' => self::BYTES,
                ],
                [[
                    'clover_id' => 'ABCDEFGH12345',
                    'key'       => PHP_INT_MIN,
                    'delta'     => PHP_INT_MAX,
                    'from'      => PHP_INT_MIN,
                    'to'        => PHP_INT_MAX,
                    'count'     => NAN,
                    'group_id'  => self::BYTES,
                    'payload'   => self::BYTES,
                ]],
                ['ABCDEFGH12345' => PHP_INT_MAX, -5 => PHP_INT_MIN],
            ][$round],
            default  => null,
        };
    }

    /** @return list<object> */
    private function objects(): array
    {
        // No server listens there, and none of these calls gets that far.
        $settings = Settings::fromArray([
            'app_id'         => 'APPID00000001',
            'app_secret'     => '11111111-2222-3333-4444-555555555555',
            'base_url'       => 'http://127.0.0.1:9',
            'webhook_secret' => 'a code',
        ]);
        $connection = new Connection($settings, new Vault('a site secret for tests only'), new MemoryTokenStore());

        return [
            $settings,
            new Vault('a site secret for tests only'),
            new Ledger($settings),
            new Webhook($settings),
            $connection,
            new Catalog($connection, 'USD', true),
            new Stock($connection),
            new Orders($connection, 'USD'),
        ];
    }
}
