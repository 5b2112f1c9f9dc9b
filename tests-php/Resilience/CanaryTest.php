<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Cli\PdoSql;
use CloverSync\Exception\CloverException;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Http;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\MariaDb;
use CloverSync\Tests\Support\ShopDump;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Tests\Support\WebhookStorm;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * Searches for known secrets wherever they could be seen. What was encrypted for the database must not be in clear text
 * anywhere else.
 *
 * @phpstan-type Collected array{canaries: array<string, string>, texts: array<string, string>,
 *   thrown: array<string, int>, logged: int}
 */
#[Group('once')]
final class CanaryTest extends ResilienceTestCase
{
    /** This many characters of a secret are too many; fewer occur by chance. */
    private const PIECE = 12;

    #[TestDox(
        'A planted canary is found: plain, in pieces, in other letter case, and encoded, alone or inside a longer text',
    )]
    public function test_the_search_finds(): void
    {
        $secret = 'päss word+/' . bin2hex(random_bytes(8));

        foreach ([
            'plain'       => "<$secret>",
            'upper case'  => strtoupper($secret),
            'beginning'   => substr($secret, 0, 13) . '…',
            'end'         => '…' . substr($secret, -12),
            'URL'         => rawurlencode($secret),
            'form'        => http_build_query(['secret' => $secret]),
            'JSON'        => json_encode(['secret' => $secret], JSON_THROW_ON_ERROR),
            'hex'         => strtoupper(bin2hex($secret)),
            'base64'      => base64_encode($secret),
            'base64url'   => strtr(rtrim(base64_encode($secret), '='), '+/', '-_'),
            'Basic'       => base64_encode("a:$secret"),
            'Basic, 2'    => base64_encode("ab:$secret..."),
            'Basic, 3'    => base64_encode("abc:$secret"),
            'var_dump'    => print_r(new \ArrayObject([[$secret]]), true),
            'an argument' => self::traced($secret),
        ] as $how => $text) {
            self::assertSame(['it in the text'], self::found(['it' => $secret], ['the text' => $text]), $how);
        }

        self::assertSame([], self::found(['it' => $secret], ['the text' => strrev($secret) . substr($secret, 0, 10)]));
    }

    #[TestDox(
        'Logs, exceptions, dumps of objects, phpinfo() and the database contain no secret, whatever the shop does',
    )]
    public function test_a_shop_s_life(): void
    {
        $file     = Files::temporary('canary');
        $canaries = [
            'app secret'           => Simulator::APP_SECRET,
            'API token'            => self::secret('api'),
            'webhook secret'       => self::secret('webhook'),
            'site secret'          => self::secret('site'),
            'previous site secret' => self::secret('previous'),
            'database password'    => self::secret('database'),
        ];
        $this->clover = Simulator::start(more: ['--api-token', $canaries['API token']]);

        try {
            file_put_contents("$file.in", json_encode([
                'url'      => $this->clover->url,
                'dsn'      => $this->db->dsn,
                'canaries' => $canaries,
            ], JSON_THROW_ON_ERROR));
            $said = self::script(
                ['canary.php', $file],
                [
                    'zend.exception_ignore_args'          => '0',
                    'zend.exception_string_param_max_len' => '1000000',
                    'display_errors'                      => '1',
                    'memory_limit'                        => '512M',
                ],
                input: "$file.in",
            );
            self::assertSame([0, '', ''], $said);
            /** @var Collected $collected */
            $collected = unserialize(Files::read($file));
        } finally {
            unlink($file);
            @unlink("$file.in");
        }

        // The events took place.
        $exceptions = array_map(
            static fn (string $file): string => 'CloverSync\\Exception\\' . basename($file, '.php'),
            Files::matching(\dirname(__DIR__, 2) . '/stubs/Exception/*.php'),
        );
        self::assertSame(
            [],
            array_values(array_diff($exceptions, array_keys($collected['thrown']), [CloverException::class])),
            'These exceptions were never thrown.',
        );
        $shown = array_map(static fn (string $name): string => substr(
            (string) strrchr($name, ' '),
            1,
        ), array_keys($collected['texts']));
        $classes = array_map(
            static fn (string $file): string => 'CloverSync\\' . basename($file, '.php'),
            Files::matching(\dirname(__DIR__, 2) . '/stubs/*.php'),
        );
        // A case of an enum has nothing but its name.
        $classes = array_filter($classes, static fn (string $class): bool => !enum_exists($class));
        self::assertSame(
            [],
            array_values(array_diff($classes, $shown, ['CloverSync\\TokenStore', 'CloverSync\\RateLimiter'])),
            'These classes were never dumped.',
        );
        self::assertGreaterThan(50, $collected['logged']);
        $kinds = array_count_values(array_map(
            static fn (string $name): string => (string) preg_replace('/ [0-9a-f]+$/', '', $name),
            array_keys($collected['canaries']),
        ));
        self::assertGreaterThanOrEqual(4, $kinds['access token']);
        self::assertGreaterThanOrEqual(4, $kinds['refresh token']);
        self::assertSame(3, $kinds['code']);

        $texts = $collected['texts'] + $this->stored($this->db->dsn);
        self::report(\sprintf(
            '%d secrets, %d log records, %d exceptions of %d classes, %d texts of %.1f MiB',
            \count($collected['canaries']),
            $collected['logged'],
            array_sum($collected['thrown']),
            \count($collected['thrown']),
            \count($texts),
            (array_sum(array_map(strlen(...), $texts)) / 1024) / 1024,
        ));
        // An authorization contains the state.
        $states = array_filter(
            $collected['canaries'],
            static fn (string $name): bool => str_starts_with($name, 'state '),
            ARRAY_FILTER_USE_KEY,
        );
        $others = array_filter(
            $texts,
            static fn (string $name): bool => !str_starts_with($name, 'authorization: '),
            ARRAY_FILTER_USE_KEY,
        );
        self::assertSame([], self::found(array_diff_key($collected['canaries'], $states), $texts));
        self::assertSame([], self::found($states, $others));
    }

    #[TestDox(
        'The command line prints no secret, for every command and many kinds of errors, and its files contain none',
    )]
    public function test_the_command_line(): void
    {
        $api          = self::secret('api');
        $this->clover = Simulator::start(more: ['--api-token', $api]);
        $shell        = new CommandLine($this->clover);
        $canaries     = [
            'app secret'        => Simulator::APP_SECRET,
            'API token'         => $api,
            'webhook secret'    => self::secret('webhook'),
            'site secret'       => self::secret('site'),
            'other site secret' => self::secret('other'),
            'database password' => self::secret('database'),
        ];
        $shell->environment =
            [
                'CLOVERSYNC_WEBHOOK_SECRET' => $canaries['webhook secret'],
                'CLOVERSYNC_SITE_SECRET'    => $canaries['site secret'],
                'CLOVERSYNC_DB_PASSWORD'    => $canaries['database password'],
                'CLOVERSYNC_SETTINGS'       => '{"debug":true,"default_category":2,"pace_share":100000}',
            ] + $shell->environment;
        $healthy = $shell->environment;
        $texts   = [];
        $codes   = [];
        $say     = static function (string $name, string ...$words) use ($shell, &$texts, &$codes): void {
            foreach ([[], ['--json']] as $form) {
                $result       = $shell->run([...$words, ...$form]);
                $text         = "$name " . implode(' ', $form);
                $texts[$text] = $result['out'] . $result['err'];
                $codes[$text] = $result['code'];
            }
        };
        file_put_contents("$shell->folder/order.json", json_encode([
            'order_id'           => '179540797553',
            'number'             => 53,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => [[
                'line_id'    => 7,
                'sku'        => 'MUG-01',
                'name'       => 'Enamel Mug',
                'quantity'   => 1,
                'unit_price' => 1499,
            ]],
        ], JSON_THROW_ON_ERROR));

        $say('status before', 'status');
        $say('connect', 'connect', '--approve');
        $tokens = $this->tokens($shell, $canaries['site secret']);

        foreach (['sync', 'status', 'preview', 'products', 'drift', 'conflicts', 'work', 'log', 'doctor'] as $command) {
            $say($command, $command);
        }

        $say('order', 'order', 'order.json');
        $say('work for the order', 'work');
        self::assertSame(
            [0],
            array_values(array_unique(array_diff_key($codes, ['status before ' => 0, 'status before --json' => 0]))),
            print_r($codes, true),
        );
        self::assertStringContainsString('debug: ', $texts['sync '], 'The log is not on.');

        $texts['serve'] = $this->serve($shell, $canaries['webhook secret']);
        $good           = $codes;

        // Its response can repeat the request.
        $access = array_values($tokens)[0];
        $this->clover->fault(Simulator::ITEM_PAGES, 'status', 2, 0, [
            'code' => 400,
            'body' => ['message' => "bad $access", 'error' => $access],
        ]);
        $say('a Clover that repeats', 'sync');
        $this->clover->clearFaults();
        $this->clover->tokens('expire');
        $say('a token that is refused', 'sync');
        $tokens += $this->tokens($shell, $canaries['site secret']);

        foreach ([
            'another site secret' => ['CLOVERSYNC_SITE_SECRET' => $canaries['other site secret']],
            'a short site secret' => ['CLOVERSYNC_SITE_SECRET' => substr($canaries['site secret'], 0, 14)],
            'settings of no kind' => ['CLOVERSYNC_SETTINGS' => '{"app_secret":"' . $canaries['app secret'] . '"'],
            'wrong settings'      => [
                'CLOVERSYNC_SETTINGS' =>
                    '{"paid_statuses":["'
                        . $canaries['app secret']
                        . '"],"debug":"'
                        . $canaries['webhook secret']
                        . '"}',
            ],
            'an unreachable shop' => [
                'CLOVERSYNC_DSN'     => 'mysql:host=127.0.0.1;port=9;dbname=shop',
                'CLOVERSYNC_DB_USER' => 'shop',
            ],
            'another app secret'  => ['CLOVERSYNC_APP_SECRET' => $canaries['other site secret']],
        ] as $name => $trouble) {
            $shell->environment = $trouble + $healthy;
            // A refused refresh is not tried again for some time.
            StoredTokens::age(
                PdoSql::connect("sqlite:$shell->folder/cloversync.sqlite"),
                $canaries['site secret'],
                1_750,
            );
            $say($name, 'sync');
            $tokens += $this->tokens($shell, $canaries['site secret']);
        }

        $shell->environment = ['CLOVERSYNC_BASE_URL' => 'http://127.0.0.1:9'] + $healthy;
        $say('unreachable', 'connect', '--approve');
        $shell->environment = $healthy;
        $say(
            'a used code',
            'connect',
            '--callback',
            'http://127.0.0.1:8902/callback?code='
            . $canaries['other site secret']
            . '&merchant_id='
            . $this->clover->state()['merchant_id'],
        );
        $this->clover->tokens('uninstall');
        $say('uninstalled', 'sync');
        $shell->environment =
            [
                'CLOVERSYNC_API_TOKEN'   => $canaries['API token'],
                'CLOVERSYNC_MERCHANT_ID' => $this->clover->state()['merchant_id'],
            ] + $healthy;
        $say('an API token', 'connect');
        $say('sync with an API token', 'sync');
        self::assertSame([0, 0], [$codes['an API token '], $codes['sync with an API token ']]);
        $this->clover->tokens('revoke_api_tokens');
        $say('a revoked API token', 'sync');
        $say('connect with a revoked API token', 'connect');
        $shell->environment = ['CLOVERSYNC_MERCHANT_ID' => ''] + $shell->environment;
        $say('an API token without merchant', 'connect');
        $shell->environment = $healthy;
        $say('status after', 'status');
        $say('log after', 'log');
        $failed = array_keys(array_filter(array_diff_key($codes, $good), static fn (int $code): bool => $code !== 0));
        self::assertGreaterThanOrEqual(16, \count($failed), 'Too little failed: ' . print_r($codes, true));

        foreach (Files::matching("$shell->folder/*") as $file) {
            $texts[basename($file)] = (string) file_get_contents($file);
        }

        self::assertArrayHasKey('cloversync.sqlite', $texts);
        self::assertGreaterThanOrEqual(4, \count($tokens));
        self::report(\sprintf(
            '%d secrets, %d texts of commands and files',
            \count($canaries + $tokens),
            \count($texts),
        ));
        self::assertSame([], self::found($canaries + $tokens, $texts));
    }

    #[TestDox('The command line does not show the password that a database refuses')]
    public function test_a_refused_database_password(): void
    {
        $server = MariaDb::get() ?? self::markTestSkipped(
            'MariaDB is not installed: run scripts/setup.sh, or set CLOVERSYNC_TEST_DSN.',
        );
        $shell              = new CommandLine();
        $secret             = self::secret('database');
        $shell->environment += [
            'CLOVERSYNC_DSN'         => $server->dsn,
            'CLOVERSYNC_DB_USER'     => 'nobody_here',
            'CLOVERSYNC_DB_PASSWORD' => $secret,
        ];
        $result = $shell->run(['status']);
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('Access denied', $result['err']);
        self::assertSame(
            [],
            self::found(['database password' => $secret], ['status' => $result['out'] . $result['err']]),
        );
    }

    /** @return string The webhook server's log after requests with the right and with wrong secrets */
    private function serve(CommandLine $shell, #[\SensitiveParameter] string $secret): string
    {
        $listen = '127.0.0.1:' . Http::freePort();
        $server = $shell->serve($listen);

        try {
            $event = json_encode([
                'appId'     => Simulator::APP_ID,
                'merchants' => [
                    $this->clover->state()['merchant_id'] => [[
                        'objectId' => 'I:' . $this->clover->singles()[0]['id'],
                        'type'     => 'UPDATE',
                        'ts'       => 1,
                    ]],
                ],
            ], JSON_THROW_ON_ERROR);

            foreach ([[$secret, $event, 200], [$secret . 'x', $event, 403], [$secret, $secret, 400]] as [
                $header,
                $body,
                $status,
            ]) {
                $storm = new WebhookStorm("http://$listen/webhook", $header);
                $storm->send(1, 1_000.0, static fn (): string => $body);
                self::assertSame([$status], $storm->statuses);
            }
        } finally {
            $server->signal(SIGTERM);
            $out = $server->rest();
            $server->end();
        }

        return $out . $server->errors();
    }

    /** @return array<string, string> The secrets of the command line's shop, by name */
    private function tokens(CommandLine $shell, #[\SensitiveParameter] string $secret): array
    {
        $record = $shell->rows("SELECT value FROM jos_j2commerce_clover_state WHERE name = 'tokens'")[0][0] ?? '';
        [$merchant, $sealed] = explode('.', $record, 2);
        $opened = Json::decode((new Vault($secret))->open($sealed, "sandbox/$merchant/tokens"));
        $tokens = Json::decode(Json::string($opened['tokens']));
        $named  = [];

        foreach (['access', 'refresh'] as $kind) {
            $token = Json::string($tokens[$kind]);

            $named["$kind token " . substr(hash('sha256', $token), 0, 8)] = $token;
        }

        return $named;
    }

    /** @return array<string, string> All rows of the shop, and the bytes of its file */
    private function stored(string $dsn): array
    {
        $texts = [];

        foreach (ShopDump::tables() as $table) {
            $texts["table $table"] = serialize($this->sql->fetchAll("SELECT * FROM #__$table"));
        }

        self::assertStringContainsString('tokens', $texts['table j2commerce_clover_state']);

        foreach (['', '-wal'] as $suffix) {
            $file                 = substr($dsn, \strlen('sqlite:')) . $suffix;
            $texts["file$suffix"] = is_file($file) ? (string) file_get_contents($file) : '';
        }

        return $texts;
    }

    private static function secret(string $name): string
    {
        return "canary-$name-" . bin2hex(random_bytes(16));
    }

    private static function traced(string $secret): string
    {
        ini_set('zend.exception_ignore_args', '0');
        ini_set('zend.exception_string_param_max_len', '1000');

        try {
            return (new \Exception('A frame of this trace has it.'))->getTraceAsString();
        } finally {
            ini_restore('zend.exception_ignore_args');
            ini_restore('zend.exception_string_param_max_len');
        }
    }

    /**
     * @param array<string, string> $canaries
     * @param array<string, string> $texts
     *
     * @return list<string> "what in what"; the secrets themselves are not shown
     */
    private static function found(#[\SensitiveParameter] array $canaries, #[\SensitiveParameter] array $texts): array
    {
        $found = [];
        $forms = array_map(self::forms(...), $canaries);

        foreach ($texts as $where => $text) {
            // Base64 distinguishes capital from small letters, but in texts this long that does not matter.
            $text = strtolower($text);

            foreach ($forms as $name => $all) {
                foreach ($all as $form) {
                    if (str_contains($text, $form)) {
                        $found[] = "$name in $where";

                        break;
                    }
                }
            }
        }

        return $found;
    }

    /** @return list<string> Forms in which a secret may be written, in small letters */
    private static function forms(#[\SensitiveParameter] string $secret): array
    {
        $forms = [
            $secret,
            substr($secret, 0, self::PIECE),
            substr($secret, -self::PIECE),
            rawurlencode($secret),
            urlencode($secret),
            bin2hex($secret),
            substr((string) json_encode($secret), 1, -1),
            substr((string) json_encode($secret, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), 1, -1),
            htmlspecialchars($secret),
        ];

        // Its position within three bytes decides its base64 form; the characters at both ends contain bits of their
        // neighbors.
        foreach ([0, 2, 3] as $before => $cut) {
            $base64 = substr(rtrim(base64_encode(str_repeat('.', $before) . $secret), '='), $cut, -1);
            array_push($forms, $base64, strtr($base64, '+/', '-_'));
        }

        return array_values(array_unique(array_map(strtolower(...), $forms)));
    }
}
