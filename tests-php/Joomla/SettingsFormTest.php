<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Cli\Callback;
use CloverSync\Shop\Joomla\Secrets;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use CloverSync\Tests\Support\Simulator;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Field\ClovernumberField;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\OpenedForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\TypedSecrets;
use Joomla\CMS\Table\Extension;
use Joomla\Session\Session;
use Joomla\Session\Storage\RuntimeStorage;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The app's settings as Joomla's plugin manager saves them. */
final class SettingsFormTest extends JoomlaTestCase
{
    private const SECRET = '11111111-2222-3333-4444-555555555555';

    private const GOOD = [
        'environment'      => 'sandbox',
        'app_id'           => 'APPID00000001',
        'import_status'    => 'published',
        'default_category' => '2',
        'tax_mapping'      => ['tax_mapping0' => ['rate' => 'House Tax', 'profile' => '3']],
        'mapping_mode'     => 'category',
        'modifiers'        => 'options',
        'pricing_mode'     => 'markup',
        'markup_type'      => 'fixed',
        'markup_value'     => '1.50',
        'category_markups' => [
            'category_markups0' => ['category' => 'Drinks', 'type' => 'percentage', 'value' => '12.5'],
        ],
        'price_ending'     => '0.99',
        'webhooks'         => 1,
        'sync_interval'    => '30',
        'push_stock'       => 0,
        'stock_reserve'    => '2',
        'paid_statuses'    => ['1', '7'],
        'debug'            => 0,
    ];

    public function test_what_is_right_is_stored_as_it_was_given(): void
    {
        self::assertSame('', $this->save(self::GOOD));
        self::assertSame(self::GOOD, $this->stored());
        $settings = $this->current()->shop()->settings;
        self::assertSame([30, false, 2, [1, 7]], [
            $settings->syncInterval,
            $settings->pushStock,
            $settings->stockReserve,
            $settings->paidStatuses,
        ]);
    }

    /**
     * @return iterable<string, array{array<string, mixed>, list<string>}> Settings, the labels in the refusal
     */
    public static function wrongs(): iterable
    {
        yield 'an interval below five minutes' => [['sync_interval' => '4'], ['Sync Interval']];
        yield 'a negative number of units for the till' => [['stock_reserve' => '-1'], ['Keep Units for the Till']];
        yield 'a negative markup' => [['markup_value' => '-1'], ['Markup Value']];
        yield 'a markup that is not a number' => [['markup_value' => 'ten'], ['Markup Value']];
        yield 'a category without a markup' => [
            ['category_markups' => ['category_markups0' => ['category' => 'Drinks', 'type' => 'fixed', 'value' => '']]],
            ['Category Markups'],
        ];
        yield 'a tax rate without a tax profile' => [
            ['tax_mapping' => ['tax_mapping0' => ['rate' => 'House Tax', 'profile' => '']]],
            ['Tax Profiles by Rate', 'House Tax'],
        ];
        yield 'an unknown Delete Action' => [['delete_action' => 'burn'], ['Delete Action']];
        yield 'two at once' => [
            ['sync_interval' => '0', 'log_retention' => '-3'],
            ['Sync Interval', 'Log Retention (days)'],
        ];
        yield 'an unknown environment' => [['environment' => 'mars'], ['Environment']];
    }

    /**
     * @param array<string, mixed> $wrong
     * @param list<string>         $labels
     */
    #[DataProvider('wrongs')]
    #[TestDox('Settings are refused as a whole, with the field\'s label: $_dataName')]
    public function test_what_is_wrong_is_refused(array $wrong, array $labels): void
    {
        $this->save(self::GOOD);
        $message = $this->save($wrong + ['app_secret' => self::SECRET, 'app_id' => 'ANOTHER'] + self::GOOD);
        self::assertStringStartsWith('These settings are wrong: ', $message);

        foreach ($labels as $label) {
            self::assertStringContainsString($label, $message);
        }

        self::assertStringNotContainsString('PLG_', $message);
        self::assertStringNotContainsString(self::SECRET, $message);
        self::assertSame(
            [self::GOOD, false],
            [$this->stored(), $this->current()->secrets()->has('app_secret')],
            'Nothing is stored.',
        );
    }

    public function test_secrets_are_never_in_the_parameters(): void
    {
        self::assertSame('', $this->save([
            'app_secret'            => '  ' . self::SECRET . "\n",
            'webhook_secret'        => 'the auth code',
            'redirect_uri'          => 'x',
            'forget_webhook_secret' => 0,
        ] + self::GOOD));
        self::assertEqualsCanonicalizing(array_keys(self::GOOD), array_keys($this->stored()));
        self::assertStringNotContainsString(self::SECRET, $this->everything());
        self::assertStringNotContainsString('the auth code', $this->everything());
        self::assertSame(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'], $this->secrets());
    }

    public function test_an_empty_secret_keeps_the_one_that_is_there(): void
    {
        $this->save(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'] + self::GOOD);

        foreach ([['app_secret' => '', 'webhook_secret' => ''], ['app_secret' => '  '], []] as $given) {
            self::assertSame('', $this->save($given + self::GOOD));
        }

        self::assertSame(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'], $this->secrets());
        $this->save(['app_secret' => 'another'] + self::GOOD);
        self::assertSame(['app_secret' => 'another', 'webhook_secret' => 'the auth code'], $this->secrets());
    }

    #[TestDox('"Forget the Auth Code" removes it once, and a new code can be set')]
    public function test_forget(): void
    {
        $this->save(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'] + self::GOOD);
        self::assertSame('', $this->save(['forget_webhook_secret' => 1] + self::GOOD));
        self::assertSame(['app_secret' => self::SECRET], $this->secrets());
        self::assertArrayNotHasKey('forget_webhook_secret', $this->stored(), 'Or the next save would forget again.');
        $this->save(['forget_webhook_secret' => '1', 'webhook_secret' => 'a new one'] + self::GOOD);
        self::assertSame('a new one', $this->secrets()['webhook_secret']);
    }

    #[TestDox('A secret saved while the app was disabled is kept by the next save, in its own environment')]
    public function test_secrets_of_a_disabled_app(): void
    {
        foreach ([self::GOOD, ['environment' => 'eu'] + self::GOOD] as $next) {
            $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [json_encode([
                'app_secret' => ' ' . self::SECRET . ' ',
            ] + self::GOOD, JSON_THROW_ON_ERROR)]);
            $this->current()->secrets()->forget('app_secret');
            self::assertSame('', $this->save($next + ['app_secret' => '']));
            self::assertSame($next, $this->stored());
            self::assertSame(
                ['app_secret' => self::SECRET],
                $this->factory()->secrets()->open($this->factory()->vault()),
            );
        }

        self::assertSame([], $this->secrets());
    }

    #[TestDox('Each environment has its own secrets, which are kept when the owner switches between them')]
    public function test_environments(): void
    {
        $this->save(['app_secret' => 'of the sandbox', 'webhook_secret' => 'of its webhooks'] + self::GOOD);
        self::assertSame([], JoomlaSite::messages());
        $this->save(['environment' => 'eu', 'app_secret' => 'of europe'] + self::GOOD);
        self::assertSame(
            ['notice The environment is now Europe. The shop is not connected there: connect it to Clover.'],
            JoomlaSite::messages(),
        );
        self::assertSame(['app_secret' => 'of europe'], $this->secrets());
        $this->save(['environment' => 'eu', 'forget_webhook_secret' => 1] + self::GOOD);
        $this->save(['environment' => 'la', 'app_secret' => ''] + self::GOOD);
        self::assertSame([], $this->secrets());
        $this->save(self::GOOD);
        self::assertSame(['app_secret' => 'of the sandbox', 'webhook_secret' => 'of its webhooks'], $this->secrets());
    }

    #[TestDox('Back in an environment that has a connection, the owner reads to which merchant')]
    public function test_back_to_a_connection(): void
    {
        $this->withSimulator(function (): void {
            $this->save(['app_secret' => self::SECRET] + self::GOOD);
            $this->connect();
            $merchant = (string) $this->current()->shop()->connection->status()->merchantId;
            $this->save(['environment' => 'eu'] + self::GOOD);
            JoomlaSite::messages();
            $this->save(self::GOOD);
            self::assertSame(
                ["notice The environment is now Sandbox. There the shop is connected to merchant $merchant."],
                JoomlaSite::messages(),
            );
        });
    }

    #[TestDox('Another App ID needs another connection; the owner is informed if there is one')]
    public function test_another_app(): void
    {
        $this->withSimulator(function (): void {
            $this->save(['app_secret' => self::SECRET] + self::GOOD);
            $this->save(['app_id' => 'APPID00000002'] + self::GOOD);
            self::assertSame([], JoomlaSite::messages(), 'Nothing is connected.');
            $this->save(self::GOOD);
            $this->connect();
            $this->save(['sync_interval' => '45'] + self::GOOD);
            self::assertSame([], JoomlaSite::messages());
            $this->save(['app_id' => 'APPID00000002'] + self::GOOD);
            self::assertSame(
                [
                    'warning The App ID has changed, and the connection belongs to the previous app. '
                        . 'Connect to Clover again.',
                ],
                JoomlaSite::messages(),
            );
        });
    }

    #[TestDox('Debug Mode adds a line to the Sync Log when it is enabled, and only then')]
    public function test_debug(): void
    {
        foreach ([0, 1, 1, 0, '1'] as $debug) {
            $this->save(['debug' => $debug] + self::GOOD);
        }

        $lines = array_map(English::column(...), $this->texts('SELECT message FROM #__j2commerce_clover_log'));
        self::assertCount(2, $lines);
        self::assertStringStartsWith('Debug Mode is on: ', $lines[0]);
        self::assertStringContainsString('plg_j2commerce_app_cloverpos.php', $lines[0]);
    }

    public function test_other_plugins_are_saved_as_they_are(): void
    {
        $this->sql->execute(
            "INSERT INTO #__extensions (name, type, element, folder, client_id, enabled, manifest_cache, params,
                custom_data) VALUES ('other', 'plugin', 'app_other', 'j2commerce', 0, 1, '{}', '{}', '')",
        );
        $id = (int) $this->sql->fetchValue("SELECT extension_id FROM #__extensions WHERE element = 'app_other'");
        self::assertSame('', $this->save(['app_secret' => 'theirs', 'sync_interval' => '1'], $id));
        self::assertSame('{"app_secret":"theirs","sync_interval":"1"}', $this->sql->fetchValue(
            'SELECT params
            FROM #__extensions WHERE extension_id = ?',
            [
                $id,
            ],
        ));
        self::assertFalse($this->current()->secrets()->has('app_secret'));
    }

    #[TestDox('With a changed site secret the owner can still save, and entering the secrets again repairs it')]
    public function test_another_site_secret(): void
    {
        $this->save(['app_secret' => self::SECRET] + self::GOOD);
        $sealed = (string) $this->state()->get('secret_app_secret');
        $old    = JoomlaSite::app()->get('secret');
        JoomlaSite::app()->set('secret', 'another secret..');

        try {
            self::assertSame('', $this->save(['app_id' => 'APPID00000002'] + self::GOOD));
            self::assertSame($sealed, $this->state()->get('secret_app_secret'));
            self::assertSame('', $this->save(['app_id' => 'APPID00000002', 'app_secret' => self::SECRET] + self::GOOD));
            self::assertSame(['app_secret' => self::SECRET], $this->secrets());
        } finally {
            JoomlaSite::app()->set('secret', $old);
        }
    }

    #[TestDox('An API token encrypted with another site secret is deleted when settings without App Secret are saved')]
    public function test_api_token_of_another_site_secret(): void
    {
        $old = JoomlaSite::app()->get('secret');

        try {
            $this->withSimulator(function (): void {
                $clover = Simulator::get();
                $this->save(['app_id' => ''] + self::GOOD);
                $this
                    ->current()
                    ->shop()
                    ->connectionService()
                    ->connectWithApiToken($clover->state()['merchant_id'], $clover->apiToken());
                self::assertSame('', $this->save(['app_id' => ''] + self::GOOD));
                self::assertTrue($this->current()->shop()->connection->status()->connected);
                JoomlaSite::app()->set('secret', 'another secret..');
                self::assertSame('', $this->save(['app_id' => ''] + self::GOOD));
                self::assertNull($this->state()->get('tokens'));
                self::assertFalse($this->current()->shop()->connection->status()->connected);
            });
        } finally {
            JoomlaSite::app()->set('secret', $old);
        }
    }

    #[TestDox('Tokens encrypted with another site secret are deleted when the App Secret is entered again, not before')]
    public function test_tokens_of_another_site_secret(): void
    {
        $old = JoomlaSite::app()->get('secret');

        try {
            $this->withSimulator(function (): void {
                $this->save(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'] + self::GOOD);
                $this->connect();
                $this->save(['app_secret' => self::SECRET] + self::GOOD);
                self::assertTrue(
                    $this->current()->shop()->connection->status()->connected,
                    'The site secret is the same.',
                );

                JoomlaSite::app()->set('secret', 'another secret..');
                self::assertSame('', $this->save(self::GOOD));
                self::assertNotNull($this->state()->get('tokens'));
                self::assertSame('', $this->save(['app_secret' => self::SECRET, 'webhook_secret' => 'the auth code']
                + self::GOOD));
                self::assertFalse($this->current()->shop()->connection->status()->connected);
                $this->connect();
                self::assertTrue($this->current()->shop()->connection->status()->connected);
            });
        } finally {
            JoomlaSite::app()->set('secret', $old);
        }
    }

    #[TestDox('Address of the settings page')]
    public function test_url(): void
    {
        self::assertSame(
            'index.php?option=com_plugins&task=plugin.edit&extension_id=' . $this->id(),
            SettingsForm::url($this->sql),
        );
    }

    #[TestDox('Each setting of the app has a label in the language file')]
    public function test_labels(): void
    {
        JoomlaSite::plugin($this->current(), JoomlaSite::useDatabase($this->joomla));

        foreach ([...ShopFactory::parameters(), ...Secrets::NAMES] as $field) {
            self::assertTrue(
                JoomlaSite::app()->getLanguage()->hasKey(
                    'PLG_J2COMMERCE_APP_CLOVERPOS_FIELD_' . strtoupper($field) . '_LABEL',
                ),
                $field,
            );
        }
    }

    #[TestDox(
        'A secret that was entered while nothing could encrypt it is stored at the next save, and then forgotten',
    )]
    public function test_typed_secrets(): void
    {
        $typed = new TypedSecrets(new Session(new RuntimeStorage()));
        $save  = function (array $given) use ($typed): void {
            $table         = new Extension($this->joomla);
            $table->params = json_encode(['app_id' => 'APPID00000001'] + $given, JSON_THROW_ON_ERROR);
            (new SettingsForm($this->current(), $typed))->beforeSave($table);
            self::assertStringNotContainsString(self::SECRET, $table->params);
        };
        $typed->keep('sandbox', ['app_secret' => self::SECRET]);
        $typed->keep('sandbox', ['webhook_secret' => 'the auth code']);
        self::assertSame([], $typed->read('eu'));
        self::assertCount(2, $typed->read());
        $save(['environment' => 'sandbox', 'app_secret' => '', 'forget_webhook_secret' => 1]);
        self::assertSame(['app_secret' => self::SECRET], $this->secrets());
        self::assertSame([], $typed->read());

        $typed->keep('sandbox', ['app_secret' => self::SECRET]);
        $save(['environment' => 'sandbox', 'app_secret' => 'another']);
        self::assertSame(['app_secret' => 'another'], $this->secrets());
        self::assertSame([], $typed->read());
    }

    #[TestDox('A form that is older than a setting it would overwrite is refused once, names it, and loses nothing')]
    public function test_an_old_form(): void
    {
        $this->save(self::GOOD);
        $session = new Session(new RuntimeStorage());
        $opened  = OpenedForm::write($this->current()->storedParameters());
        $save    = function (array $given) use ($session, $opened): string {
            $table         = new Extension($this->joomla);
            $table->params = json_encode(
                $given + ['opened' => $opened, 'app_secret' => ''] + self::GOOD,
                JSON_THROW_ON_ERROR,
            );

            try {
                (new SettingsForm($this->current(), new TypedSecrets($session), new OpenedForm($session)))->beforeSave(
                    $table,
                );
            } catch (\RuntimeException $e) {
                return $e->getMessage();
            }

            self::assertArrayNotHasKey('opened', ShopFactory::decode((string) $table->params));

            return '';
        };
        JoomlaSite::plugin($this->current(), JoomlaSite::useDatabase($this->joomla));
        self::assertSame('', $save(['sync_interval' => '31']), 'Nothing was changed elsewhere.');

        $row = ['category' => 'Drinks', 'type' => 'percentage', 'value' => '20'];
        $this->save(['category_markups' => ['category_markups0' => $row]] + self::GOOD);
        self::assertStringContainsString('Category Markups', $save([]));
        self::assertSame(
            '',
            $save(['category_markups' => ['category_markups3' => $row]]),
            'The same row under another key.',
        );
        $this->save(self::GOOD);

        $this->current()->choose(['default_category' => '7', 'paid_statuses' => '1', 'sync_interval' => '45']);
        $this->current()->choose(['paid_statuses' => '']);
        $given = ['app_secret' => self::SECRET, 'sync_interval' => '45', 'markup_value' => '2'];
        $said  = $save($given);
        self::assertStringContainsString('Default Category, Paid Statuses.', $said);
        self::assertStringNotContainsString('Sync Interval', $said, 'It is the same.');
        self::assertStringNotContainsString('Markup', $said, 'Only the form changes it.');
        self::assertSame([], $this->secrets());

        self::assertSame('', $save(['app_secret' => ''] + $given), 'The owner has read it.');
        self::assertSame(['app_secret' => self::SECRET], $this->secrets(), 'The form does not keep secrets.');
        $this->current()->choose(['default_category' => '8']);
        self::assertStringContainsString('Default Category', $save($given), 'That change is another one.');
    }

    #[TestDox('A form without the settings it was opened with, as other software sends it, is stored')]
    public function test_a_form_of_other_software(): void
    {
        $this->save(self::GOOD);
        $this->current()->choose(['default_category' => '7']);
        self::assertSame('', $this->save(self::GOOD));
        self::assertSame(self::GOOD, $this->stored());
        self::assertStringContainsString('Default Category', $this->save([
            'opened'           => '{"default_category":"1"}',
            'default_category' => '1',
        ] + self::GOOD));
    }

    /** @return iterable<string, array{string, string, bool}> Field, number, whether it is right */
    public static function numbers(): iterable
    {
        foreach ([
            '5'     => true,
            '44640' => true,
            ' 60 '  => true,
            ''      => true,
            '4'     => false,
            '44641' => false,
        ] as $n => $is) {
            yield "Sync Interval “{$n}”" => ['sync_interval', (string) $n, $is];
        }

        foreach (['7.5', '1e2', 'ten', '0x10', '-5'] as $n) {
            yield "Sync Interval “{$n}”" => ['sync_interval', $n, false];
        }

        foreach (['0' => true, '2.5' => true, '1000000' => true, '0.00001' => false, '-1' => false] as $n => $is) {
            yield "Markup Value “{$n}”" => ['markup_value', (string) $n, $is];
        }
    }

    #[DataProvider('numbers')]
    #[TestDox('A wrong number is refused with its field and range, as in the browser: $_dataName')]
    public function test_numbers(string $name, string $number, bool $isRight): void
    {
        JoomlaSite::plugin($this->current(), JoomlaSite::useDatabase($this->joomla));
        $xml   = \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos/app_cloverpos.xml';
        $found = (simplexml_load_file($xml) ?: self::fail($xml))->xpath("//field[@name='$name']")[0] ?? null;
        self::assertNotNull($found);
        $field = new ClovernumberField();
        self::assertTrue($field->setup($found, $number));
        $valid = $field->validate($number);
        $words = $name === 'sync_interval'
            ? 'Sync Interval must be a whole number from 5 to 44,640'
            : 'Markup Value must be a number from 0 to 1,000,000 with at most 4 digits after the point';
        self::assertSame($isRight ? true : $words, $valid instanceof \Exception ? $valid->getMessage() : $valid);
        $html = (new \ReflectionMethod($field, 'getInput'))->invoke($field);
        self::assertIsString($html);
        self::assertStringContainsString("data-clover-number=\"$words\"", $html);
    }

    /**
     * @param array<string, mixed> $parameters
     *
     * @return string The refusal; empty when the settings were saved
     */
    private function save(array $parameters, ?int $id = null): string
    {
        return JoomlaSite::save($this->joomla, $id ?? $this->id(), $parameters);
    }

    /** @param \Closure(): void $test */
    private function withSimulator(\Closure $test): void
    {
        $clover = Simulator::get();
        $clover->reset();
        putenv("CLOVERSYNC_BASE_URL=$clover->url");

        try {
            $test();
        } finally {
            putenv('CLOVERSYNC_BASE_URL');
        }
    }

    private function connect(): void
    {
        $connection    = $this->current()->shop()->connection;
        $redirect      = 'https://shop.example/administrator/index.php';
        $authorization = $connection->authorize($redirect);
        $connection->complete(Callback::approve($authorization->url, $redirect), $authorization->state);
    }

    private function id(): int
    {
        return (int) $this->sql->fetchValue("SELECT extension_id FROM #__extensions WHERE element = 'app_cloverpos'");
    }

    private function current(): ShopFactory
    {
        return ShopFactory::stored(JoomlaSite::app(), $this->joomla);
    }

    /** @return array<string, string> */
    private function secrets(): array
    {
        $factory = $this->current();

        return $factory->secrets()->open($factory->vault());
    }
}
