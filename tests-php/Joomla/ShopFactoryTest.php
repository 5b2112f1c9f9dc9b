<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The shop services built from Joomla's stored data. */
final class ShopFactoryTest extends JoomlaTestCase
{
    private const SECRET = '11111111-2222-3333-4444-555555555555';

    #[TestDox('Secrets that were saved while the app was disabled move to the app\'s table and leave the parameters')]
    public function test_secrets_are_adopted(): void
    {
        $this->store([
            'environment'    => 'eu',
            'app_id'         => 'APPID00000001',
            'app_secret'     => self::SECRET,
            'webhook_secret' => 'the auth code',
            'sync_interval'  => '15',
            'future'         => ['é/'],
        ]);
        self::assertStringContainsString(self::SECRET, $this->everything());
        $shop = $this->storedFactory()->shop();

        self::assertSame(
            ['environment' => 'eu', 'app_id' => 'APPID00000001', 'sync_interval' => '15', 'future' => ['é/']],
            $this->stored(),
            'Only the secrets have left.',
        );
        self::assertStringNotContainsString(self::SECRET, $this->everything());
        self::assertStringNotContainsString('the auth code', $this->everything());
        self::assertSame([15, 'eu'], [$shop->settings->syncInterval, $shop->settings->environment->value]);

        $factory = $this->storedFactory();
        self::assertSame(
            ['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'],
            $factory->secrets()->open($factory->vault()),
        );
        self::assertSame([], $factory->secrets('sandbox')->open($factory->vault()));
        $factory->shop();
    }

    public function test_empty_secrets_in_the_parameters_take_none_away(): void
    {
        $factory = $this->factory();
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());
        $this->store(['app_secret' => '', 'webhook_secret' => '']);
        $this->storedFactory()->shop();
        self::assertSame(['app_secret' => self::SECRET], $factory->secrets()->open($factory->vault()));
    }

    #[TestDox('Unknown parameters are ignored, and those of the form\'s buttons')]
    public function test_unknown_parameters(): void
    {
        $parameters = [
            'app_id'                => 'APPID00000001',
            'redirect_uri'          => 'x',
            'connect'               => 'y',
            'base_url'              => 'https://evil.example',
            'forget_webhook_secret' => 1,
            'whatever'              => [],
        ];
        self::assertSame(['app_id' => 'APPID00000001'], array_diff_key(ShopFactory::settings($parameters), [
            'base_url' => 0,
        ]));
        self::assertNotSame('https://evil.example', ShopFactory::settings($parameters)['base_url'] ?? null);
        self::assertSame('APPID00000001', $this->factory($parameters)->shop()->settings->appId);
    }

    /** @return iterable<string, array{?string, string}> */
    public static function environments(): iterable
    {
        yield 'none' => [null, 'sandbox'];
        yield 'empty' => ['', 'sandbox'];
        yield 'North America' => ['na', 'na'];
        yield 'Europe' => ['eu', 'eu'];
        yield 'Latin America' => ['la', 'la'];
    }

    #[DataProvider('environments')]
    #[TestDox('Environment: $_dataName')]
    public function test_environment(?string $given, string $expected): void
    {
        self::assertSame($expected, $this->factory(['environment' => $given])->environment());
    }

    /** @return iterable<string, array{string|int|list<string>, string}> */
    public static function wrongEnvironments(): iterable
    {
        yield 'unknown' => ['mars', '“mars”'];
        yield 'a list' => [['eu'], '“list”'];
        yield 'in capitals' => ['EU', '“EU”'];
        yield 'a number' => [0, '“0”'];
    }

    /** @param string|int|list<string> $given */
    #[DataProvider('wrongEnvironments')]
    #[TestDox('A wrong environment is refused, never taken for the sandbox: $_dataName')]
    public function test_wrong_environment(string|int|array $given, string $named): void
    {
        $factory = $this->factory(['environment' => $given]);
        self::assertNull($factory->knownEnvironment());

        foreach ([
            $factory->environment(...),
            $factory->state(...),
            $factory->orderEvents(...),
            $factory->shop(...),
        ] as $call) {
            try {
                $call();
                self::fail('It was taken.');
            } catch (ShopException $e) {
                self::assertStringContainsString("$named is not one of: sandbox, na, eu, la", $e->getMessage());
            }
        }
    }

    #[TestDox('Parameters that are not JSON, or are missing, mean the defaults')]
    public function test_broken_parameters(): void
    {
        foreach (['', 'null', '[', '"text"', '[]', '{}'] as $text) {
            $factory = ShopFactory::create(JoomlaSite::app(), $this->joomla, $text);
            self::assertSame(
                ['sandbox', false, 60, true],
                [
                    $factory->environment(),
                    $factory->isDebug(),
                    $factory->shop()->settings->syncInterval,
                    $factory->shop()->settings->pushStock,
                ],
                $text,
            );
        }
    }

    public function test_wrong_settings_are_named(): void
    {
        try {
            $this->factory(['sync_interval' => 1, 'markup_value' => 'x'])->shop();
            self::fail('They were taken.');
        } catch (SettingsException $e) {
            self::assertEqualsCanonicalizing(['sync_interval', 'markup_value'], array_keys($e->getFields()));
        }
    }

    public function test_secrets_of_another_site_secret_stop_the_shop(): void
    {
        $factory = $this->factory();
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());
        $this->expectException(VaultException::class);
        $this->factory(secret: 'another secret..')->shop();
    }

    #[TestDox('A Default Category that was chosen on the dashboard is the one that the settings show')]
    public function test_default_category(): void
    {
        $this->store(['default_category' => '', 'sync_interval' => '15']);
        $old = $this->storedFactory();
        $this->store(['default_category' => '', 'sync_interval' => '45']);
        $old->choose(['default_category' => '2']);

        self::assertSame(2, $old->shop()->settings->defaultCategory);
        self::assertSame(
            ['default_category' => '2', 'sync_interval' => '45'],
            $this->stored(),
            'What was saved since is kept.',
        );
        self::assertSame(2, $this->storedFactory()->shop()->settings->defaultCategory);
    }

    #[TestDox(
        'A Default Category that an earlier version stored apart becomes a setting, unless the settings have one',
    )]
    public function test_default_category_of_an_earlier_version(): void
    {
        foreach ([['', 2, null], ['7', 7, '2']] as [$setting, $category, $apart]) {
            $this->state()->set('default_category', '2');
            $this->store(['default_category' => $setting]);
            self::assertSame($category, $this->storedFactory()->shop()->settings->defaultCategory);
            self::assertSame([['default_category' => (string) $category], $apart], [
                $this->stored(),
                $this->state()->get('default_category'),
            ]);
        }
    }

    #[TestDox('Debug Mode: the log holds errors and warnings without it, everything with it')]
    public function test_debug(): void
    {
        foreach ([[0, ['said error', 'said warn']], ['1', ['said debug', 'said error', 'said info', 'said warn']]] as [
            $debug,
            $expected,
        ]) {
            JoomlaSite::beginLog();
            $said    = [];
            $factory = $this->factory(['debug' => $debug]);
            self::assertSame((bool) $debug, $factory->isDebug());
            $log = DebugLog::create($factory->isDebug());

            foreach (['debug', 'info', 'warn', 'error'] as $level) {
                $log($level, "said $level");
            }

            preg_match_all('/said \w+/', JoomlaSite::log(), $said);
            sort($said[0]);
            self::assertSame($expected, $said[0]);
        }
    }

    public function test_the_log_cannot_be_read_over_the_web(): void
    {
        DebugLog::create(false)('error', 'said');
        self::assertStringContainsString("die('Forbidden.')", JoomlaSite::log());
    }

    /** @param array<string, mixed> $parameters */
    private function store(array $parameters): void
    {
        $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [json_encode(
            $parameters,
            JSON_THROW_ON_ERROR,
        )]);
    }

    private function storedFactory(): ShopFactory
    {
        return ShopFactory::stored(JoomlaSite::app(), $this->joomla);
    }
}
