<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Exception\ItemException;
use CloverSync\Settings;
use CloverSync\Tests\Support\English;
use CloverSync\VerdictKind;
use CloverSync\Webhook;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use CloverSync\WebhookVerdict;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

final class WebhookTest extends TestCase
{
    private const AUTH     = 'canary-0000-4000-8000-bbbbbbbbbbbb';
    private const MERCHANT = 'M1M2M3M4M5M6M';
    private const CODE     = '11111111-2222-4333-8444-555555555555';
    private const NOTHING  = [
        'unknown'         => 0,
        'other_merchants' => 0,
        'malformed'       => 0,
        'skipped'         => 0,
        'example'         => null,
    ];

    #[TestDox('a delivery names each object once, with its newest event')]
    public function testEvents(): void
    {
        $verdict = self::judge(self::delivery([
            ['objectId' => 'I:K1M2N3P4Q5R6S', 'type' => 'CREATE', 'ts' => 1767000300000],
            [
                'objectId'  => 'IS:K1M2N3P4Q5R6S',
                'type'      => 'UPDATE',
                'ts'        => 1767000301000,
                'itemStock' => ['quantity' => 3],
            ],
            ['objectId' => 'IC:CAT', 'type' => 'DELETE'],
            ['objectId' => 'O:ORDER', 'type' => 'CREATE', 'ts' => 1],
            ['objectId' => 'M:MERCHANT', 'type' => 'UPDATE', 'ts' => 1],
            ['objectId' => 'A:APP', 'type' => 'DELETE', 'ts' => 1],
            ['objectId' => 'P:PAYMENT', 'type' => 'UPDATE', 'ts' => 1],
            ['objectId' => 'NEW:X', 'type' => 'UPDATE', 'ts' => 1],
            ['objectId' => 'I:../x', 'type' => 'UPDATE', 'ts' => 1],
        ], ['OTHER00000001' => [1, 2, 3]]));

        self::assertSame([200, VerdictKind::Events, null, ''], [
            $verdict->status,
            $verdict->kind,
            $verdict->code,
            English::problem($verdict->problem),
        ]);
        self::assertSame(
            [
                [
                    'object_type' => WebhookObject::Item,
                    'object_id'   => 'K1M2N3P4Q5R6S',
                    'type'        => WebhookEvent::Update,
                    'ts'          => 1767000301000,
                ],
                [
                    'object_type' => WebhookObject::Category,
                    'object_id'   => 'CAT',
                    'type'        => WebhookEvent::Delete,
                    'ts'          => null,
                ],
                [
                    'object_type' => WebhookObject::Order,
                    'object_id'   => 'ORDER',
                    'type'        => WebhookEvent::Create,
                    'ts'          => 1,
                ],
                [
                    'object_type' => WebhookObject::Merchant,
                    'object_id'   => 'MERCHANT',
                    'type'        => WebhookEvent::Update,
                    'ts'          => 1,
                ],
                ['object_type' => WebhookObject::App, 'object_id' => 'APP', 'type' => WebhookEvent::Delete, 'ts' => 1],
                [
                    'object_type' => WebhookObject::Other,
                    'object_id'   => 'P:PAYMENT',
                    'type'        => WebhookEvent::Update,
                    'ts'          => 1,
                ],
            ],
            $verdict->events,
        );
        self::assertSame(
            [
                'unknown'         => 1,
                'other_merchants' => 3,
                'malformed'       => 1,
                'skipped'         => 0,
                'example'         => '{objectId: "NEW:…", ts: number, type: "UPDATE"}',
            ],
            $verdict->ignored,
        );
    }

    #[TestDox('the verification code is accepted without header and Auth Code, and while webhooks are disabled')]
    public function testVerification(): void
    {
        $body = json_encode(['verificationCode' => self::CODE], JSON_THROW_ON_ERROR);

        foreach ([[], ['webhook_secret' => self::AUTH], ['webhooks' => false]] as $settings) {
            $verdict = (new Webhook(Settings::fromArray($settings)))->judge($body, [], null);

            self::assertSame([200, VerdictKind::Verification, self::CODE, [], self::NOTHING, ''], [
                $verdict->status,
                $verdict->kind,
                $verdict->code,
                $verdict->events,
                $verdict->ignored,
                English::problem($verdict->problem),
            ]);
        }
    }

    #[TestDox('while webhooks are disabled Clover gets its 200, and its events are counted as skipped')]
    public function testDisabled(): void
    {
        $body = self::delivery([
            ['objectId' => 'I:A', 'type' => 'UPDATE'],
            ['objectId' => 'IS:A', 'type' => 'UPDATE'],
            ['objectId' => 'I:B', 'type' => 'UPDATE'],
            7,
        ]);
        $verdict = self::judge($body, ['webhooks' => false]);

        self::assertSame([200, VerdictKind::Disabled, null, []], [
            $verdict->status,
            $verdict->kind,
            $verdict->code,
            $verdict->events,
        ]);
        self::assertSame(['malformed' => 1, 'skipped' => 2, 'example' => 'number'], array_filter($verdict->ignored));
        self::assertSame('webhooks are switched off in the settings', English::problem($verdict->problem));
    }

    /** @return iterable<string, array{int, string, string, array<int|string, mixed>, array<string, mixed>}> */
    public static function refusals(): iterable
    {
        $events = self::delivery([['objectId' => 'I:A', 'type' => 'UPDATE']]);
        $right  = ['X-Clover-Auth' => self::AUTH];

        yield 'no header' => [403, 'the header X-Clover-Auth is missing', $events, [], []];
        yield 'an empty list of values' => [
            403,
            'the header X-Clover-Auth is missing',
            $events,
            ['X-Clover-Auth' => []],
            [],
        ];
        yield 'another header' => [
            403,
            'the header X-Clover-Auth is missing',
            $events,
            ['X-Clover-Author' => self::AUTH, 'X_CLOVER_AUTH' => self::AUTH, 0 => self::AUTH],
            [],
        ];
        yield 'a wrong header' => [
            403,
            'the header X-Clover-Auth is not the Auth Code of the settings',
            $events,
            ['X-Clover-Auth' => 'canary'],
            [],
        ];
        yield 'a header that is not text' => [
            403,
            'the header X-Clover-Auth is not the Auth Code of the settings',
            $events,
            ['X-Clover-Auth' => true],
            [],
        ];
        yield 'two values' => [
            403,
            'the header X-Clover-Auth is given more than once',
            $events,
            ['X-Clover-Auth' => [self::AUTH, self::AUTH]],
            [],
        ];
        yield 'two spellings' => [
            403,
            'the header X-Clover-Auth is given more than once',
            $events,
            $right + ['HTTP_X_CLOVER_AUTH' => self::AUTH],
            [],
        ];
        yield 'no Auth Code' => [
            403,
            'no Auth Code is set in the settings, so Clover’s events cannot be distinguished from forgeries',
            $events,
            $right,
            ['webhook_secret' => ''],
        ];
        yield 'no Auth Code, empty header' => [
            403,
            'no Auth Code is set in the settings, so Clover’s events cannot be distinguished from forgeries',
            $events,
            ['X-Clover-Auth' => ''],
            ['webhook_secret' => ' '],
        ];
        yield 'switched off, wrong header' => [
            403,
            'the header X-Clover-Auth is not the Auth Code of the settings',
            $events,
            ['X-Clover-Auth' => 'x'],
            ['webhooks' => false],
        ];
        yield 'a stranger\'s nonsense' => [403, 'the header X-Clover-Auth is missing', "\xff{", [], []];
        yield 'too large, from any sender' => [
            413,
            'it has more than 262,144 bytes',
            str_repeat(' ', Webhook::MAX_BODY + 1),
            [],
            [],
        ];
        yield 'too many events' => [
            413,
            'it has more than 5,000 events or 500 merchants',
            self::delivery(array_fill(0, 5001, 1)),
            $right,
            [],
        ];
        yield 'no JSON' => [400, 'its content is not of the form of Clover’s webhooks', 'canary', $right, []];
        yield 'binary' => [400, 'its content is not of the form of Clover’s webhooks', "\0\xff", $right, []];
        yield 'nothing' => [400, 'its content is not of the form of Clover’s webhooks', '', $right, []];
        yield 'another shape' => [
            400,
            'its content is not of the form of Clover’s webhooks',
            '{"merchants":{"canary":"canary"}}',
            $right,
            [],
        ];
    }

    /**
     * @param array<string, mixed> $headers
     * @param array<string, mixed> $settings
     */
    #[TestDox('a request that is not from Clover, or is malformed, is refused with its status and our own reason')]
    #[DataProvider('refusals')]
    public function testRefused(int $status, string $reason, string $body, array $headers, array $settings): void
    {
        $verdict = (new Webhook(Settings::fromArray($settings + ['webhook_secret' => self::AUTH])))->judge(
            $body,
            $headers,
            self::MERCHANT,
        );

        self::assertStringNotContainsString('canary', English::whole($verdict->problem));
        self::assertSame([$status, VerdictKind::Refused, null, [], self::NOTHING, $reason], [
            $verdict->status,
            $verdict->kind,
            $verdict->code,
            $verdict->events,
            $verdict->ignored,
            English::problem($verdict->problem),
        ]);
    }

    /** @return iterable<string, array{array<array-key, mixed>}> */
    public static function headerForms(): iterable
    {
        $value = self::AUTH;

        yield 'as Clover writes it' => [['X-Clover-Auth' => $value]];
        yield 'in small letters, as HTTP/2 does' => [['x-clover-auth' => $value]];
        yield 'a list of one, as PSR-7 does' => [['Host' => ['shop.example'], 'X-CLOVER-AUTH' => [$value]]];
        yield 'as $_SERVER' => [[
            'argv'               => [],
            'REQUEST_TIME'       => 1,
            'HTTP_HOST'          => 'shop.example',
            'HTTP_X_CLOVER_AUTH' => $value,
        ]];
        yield 'spaces around it' => [['X-Clover-Auth' => "\t$value "]];
        yield 'among names that are not text' => [["\xff\xfe" => "\xff", 3 => 'x', 'X-Clover-Auth' => $value]];
    }

    /** @param array<array-key, mixed> $headers */
    #[TestDox('the header is found in every form in which PHP passes it')]
    #[DataProvider('headerForms')]
    public function testHeaderForms(array $headers): void
    {
        $verdict = self::webhook()
            ->judge(self::delivery([['objectId' => 'I:A', 'type' => 'UPDATE']]), $headers, self::MERCHANT);

        self::assertSame(VerdictKind::Events, $verdict->kind, English::problem($verdict->problem));
    }

    #[TestDox('without a connection, events count as those of another merchant')]
    public function testNotConnected(): void
    {
        $verdict = self::webhook()
            ->judge(self::delivery([['objectId' => 'I:A', 'type' => 'UPDATE']]), ['X-Clover-Auth' => self::AUTH], null);

        self::assertSame([VerdictKind::Events, [], ['other_merchants' => 1]], [
            $verdict->kind,
            $verdict->events,
            array_filter($verdict->ignored),
        ]);
    }

    #[TestDox('an invalid merchant id is the caller\'s error, and its trace shows neither body nor header')]
    public function testWrongMerchant(): void
    {
        ini_set('zend.exception_ignore_args', '0');

        try {
            self::webhook()->judge('canary body', ['X-Clover-Auth' => self::AUTH], 'no id');
            self::fail('accepted');
        } catch (ItemException $e) {
            self::assertSame('merchantId', $e->getPath());
            self::assertStringNotContainsString(
                'canary',
                (string) $e . print_r($e->getTrace(), true) . $e->getTraceAsString(),
            );
            $frames    = array_filter($e->getTrace(), static fn (array $frame): bool => $frame['function'] === 'judge');
            $arguments = array_shift($frames)['args'] ?? null;
            self::assertIsArray($arguments);
            self::assertInstanceOf(\SensitiveParameterValue::class, $arguments[0]);
            self::assertInstanceOf(\SensitiveParameterValue::class, $arguments[1]);
        } finally {
            ini_restore('zend.exception_ignore_args');
        }
    }

    #[TestDox('the Auth Code is not in any dump, export or serialization of the judge or its verdicts')]
    public function testSecrets(): void
    {
        $webhook = self::webhook();
        $headers = ['X-Clover-Auth' => self::AUTH];
        $found   = [
            $webhook->judge(
                self::delivery([['objectId' => 'I:A', 'type' => 'UPDATE', 'note' => 'canary']]),
                $headers,
                self::MERCHANT,
            ),
            $webhook->judge('{"canary":', $headers, self::MERCHANT),
            $webhook->judge(
                '{"merchants":{"canary":["canary"]}}',
                ['X-Clover-Auth' => self::AUTH . '0'],
                self::MERCHANT,
            ),
        ];

        ob_start();
        var_dump($webhook, $found);
        echo print_r([$webhook, $found], true), var_export($found, true), json_encode([$webhook, $found]);
        $shown = (string) ob_get_clean();

        self::assertStringContainsString('WebhookVerdict', $shown);
        self::assertStringNotContainsString('canary', $shown);

        $this->expectException(\Exception::class);
        serialize($webhook);
    }

    #[TestDox('100,000 requests cost microseconds each and leave no memory, file or thread behind')]
    public function testCostAndMemory(): void
    {
        $webhook = self::webhook();
        $server  = $_SERVER + ['HTTP_X_CLOVER_AUTH' => self::AUTH];
        $ten     = array_map(
            static fn (int $n): array => ['objectId' => "I:ITEM$n", 'type' => 'UPDATE', 'ts' => 1767000300000 + $n],
            range(1, 10),
        );
        $requests = [
            'ten events'   => [self::delivery($ten), $server],
            'one event'    => [self::delivery(\array_slice($ten, 0, 1)), $server],
            'verification' => ['{"verificationCode":"' . self::CODE . '"}', []],
            'stranger'     => [self::delivery($ten), ['X-Clover-Auth' => 'x']],
            'malformed'    => ['{"merchants":', $server],
        ];
        $judge = static function (int $times) use ($webhook, $requests): array {
            $cost = [];

            foreach ($requests as $name => [$body, $headers]) {
                $start = self::cpuNanoseconds();

                for ($n = 0; $n < $times; $n++) {
                    $webhook->judge($body, $headers, self::MERCHANT);
                }

                $cost[$name] = ((self::cpuNanoseconds() - $start) / $times) / 1000;
            }

            return $cost;
        };

        $judge(2_000);
        $before = self::residentKiB();
        $open   = self::openFilesAndThreads();
        $heap   = memory_get_usage();
        $cost   = $judge(20_000);
        // Before the assertions, whose classes may have to be loaded.
        $grown = memory_get_usage() - $heap;
        $after = self::residentKiB();

        fwrite(STDERR, \sprintf("\nWebhook::judge: RSS %d KiB before, %d KiB after 100,000 calls;", $before, $after));

        foreach ($cost as $name => $microseconds) {
            fwrite(STDERR, \sprintf(' %s %.1f µs', $name, $microseconds));
            self::assertLessThan(200, $microseconds, $name);
        }

        fwrite(STDERR, "\n");
        self::assertSame($open, self::openFilesAndThreads());
        self::assertLessThan(1024, $after - $before);
        self::assertLessThan(4096, $grown);
    }

    /** @param array<string, mixed> $settings */
    private static function webhook(array $settings = []): Webhook
    {
        return new Webhook(Settings::fromArray($settings + ['webhook_secret' => self::AUTH]));
    }

    /** @param array<string, mixed> $settings */
    private static function judge(string $body, array $settings = []): WebhookVerdict
    {
        return self::webhook($settings)->judge($body, ['X-Clover-Auth' => self::AUTH], self::MERCHANT);
    }

    /**
     * @param list<mixed>          $events
     * @param array<string, mixed> $others
     */
    private static function delivery(array $events, array $others = []): string
    {
        return json_encode([
            'appId'     => 'APPID00000001',
            'merchants' => [self::MERCHANT => $events] + $others,
        ], JSON_THROW_ON_ERROR);
    }

    /** @return array{int, int} */
    private static function openFilesAndThreads(): array
    {
        return [\count((array) scandir('/proc/self/fd')), \count((array) scandir('/proc/self/task'))];
    }

    /** @return int CPU time of this process so far, without that of other processes */
    private static function cpuNanoseconds(): int
    {
        $usage = getrusage() ?: self::fail('The system names no CPU time.');
        $part  = static fn (string $name): int => $usage[$name] ?? self::fail("The system names no $name.");

        return (
            (($part('ru_utime.tv_sec') + $part('ru_stime.tv_sec')) * 1_000_000_000)
            + (($part('ru_utime.tv_usec') + $part('ru_stime.tv_usec')) * 1_000)
        );
    }

    private static function residentKiB(): int
    {
        preg_match('/^VmRSS:\s+(\d+) kB$/m', (string) file_get_contents('/proc/self/status'), $found);

        return (int) ($found[1] ?? 0);
    }
}
