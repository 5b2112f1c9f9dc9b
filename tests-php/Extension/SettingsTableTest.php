<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Cli\Config;
use CloverSync\Exception\SettingsException;
use CloverSync\MarkupType;
use CloverSync\NameFilterMode;
use CloverSync\SettingKind;
use CloverSync\Settings;
use CloverSync\Shop\Joomla\Secrets;
use CloverSync\Shop\Joomla\ShopFactory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Every place that lists settings, against the one table in clover-core that describes them. */
final class SettingsTableTest extends TestCase
{
    private const APP = __DIR__ . '/../../php-plugin/app_cloverpos/';

    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Set by a developer's environment variable, never by the form. */
    private const NOT_IN_THE_FORM = ['base_url'];

    /** Fields of the form that are not settings: buttons, links and what is shown. */
    private const ONLY_IN_THE_FORM = [
        'page',
        'opened',
        'forget_webhook_secret',
        'redirect_uri',
        'connect',
        'test',
        'tax_rates',
        'test_mail',
    ];

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function settings(): iterable
    {
        foreach (Settings::describe() as $setting) {
            yield $setting['name'] => [$setting];
        }
    }

    /** @param array{name: string, kind: SettingKind, default: mixed, min: ?int, max: ?int, choices: list<string>,
     *   longest: ?int, property: string} $setting */
    #[DataProvider('settings')]
    #[TestDox('the form has it with its default, range and choices: $_dataName')]
    public function testForm(array $setting): void
    {
        $field = self::fields()[$setting['name']] ?? null;

        if (\in_array($setting['name'], self::NOT_IN_THE_FORM, true)) {
            self::assertNull($field);

            return;
        }

        self::assertNotNull($field, 'app_cloverpos.xml lacks the field');
        $default = (string) $field['default'];
        self::assertSame($setting['default'], match ($setting['kind']) {
            SettingKind::Integer                                                => (int) $default,
            SettingKind::Switch                                                 => $default === '1',
            SettingKind::Statuses => array_map(intval(...), array_filter(explode(',', $default))),
            SettingKind::Names                                                  => explode(',', $default),
            SettingKind::Markups, SettingKind::Emails, SettingKind::TaxProfiles => array_filter([$default]),
            SettingKind::NameFilter => [
                'mode'  => (string) ($field->xpath('form/field[@name="mode"]/@default')[0] ?? ''),
                'names' => [],
            ],
            SettingKind::Secret                                                 => null,
            default                                                             => $default,
        });

        self::assertNotSame('number', (string) $field['type'], 'Clovernumber names its range.');

        if ((string) $field['type'] === 'Clovernumber' && $setting['kind'] === SettingKind::Integer) {
            self::assertSame([$setting['min'], $setting['max']], [(int) $field['min'], (int) $field['max']]);
        }

        if ($setting['kind'] === SettingKind::Decimal) {
            self::assertEquals(self::limits($setting['name'], 'no number'), self::limitsOf($field));
        }

        if ($setting['kind'] === SettingKind::Markups) {
            $columns = self::named($field->xpath('form/field') ?: []);
            self::assertSame(['category', 'type', 'value'], array_keys($columns));
            self::assertSame(
                array_column(MarkupType::cases(), 'value'),
                array_map(strval(...), $columns['type']->xpath('option/@value') ?: []),
            );
            self::assertEquals(
                self::limits($setting['name'], ['Drinks' => ['value' => 'no number']]),
                self::limitsOf($columns['value']) + ['category' => 'Drinks'],
            );
        }

        if ($setting['kind'] === SettingKind::TaxProfiles) {
            self::assertSame(['rate', 'profile'], array_keys(self::named($field->xpath('form/field') ?: [])));
        }

        if ($setting['longest'] !== null && isset($field['maxlength'])) {
            self::assertSame($setting['longest'], (int) $field['maxlength']);
        }

        $options = array_map(strval(...), $field->xpath('option/@value') ?: []);

        if ($setting['kind'] === SettingKind::Choice) {
            self::assertSame($setting['choices'], $options);
        } elseif ($setting['kind'] === SettingKind::Switch) {
            self::assertSame(['0', '1'], $options);
        } elseif ($setting['kind'] === SettingKind::NameFilter) {
            self::assertSame(
                array_column(NameFilterMode::cases(), 'value'),
                array_map(strval(...), $field->xpath('form/field[@name="mode"]/option/@value') ?: []),
            );
        }
    }

    /** @param array{name: string, ...} $setting */
    #[DataProvider('settings')]
    #[TestDox('the language file names and explains it, and its choices: $_dataName')]
    public function testLanguage(array $setting): void
    {
        $field = self::fields()[$setting['name']] ?? null;

        if ($field === null) {
            self::assertContains($setting['name'], self::NOT_IN_THE_FORM);

            return;
        }

        $name = self::PREFIX . 'FIELD_' . strtoupper($setting['name']);
        self::assertSame(["{$name}_LABEL", "{$name}_DESC"], [(string) $field['label'], (string) $field['description']]);
        $words = parse_ini_file(self::APP . 'language/en-GB/plg_j2commerce_app_cloverpos.ini');

        foreach ([
            "{$name}_LABEL",
            "{$name}_DESC",
            ...array_map(strval(...), $field->xpath('option') ?: []),
        ] as $key) {
            if (str_starts_with($key, self::PREFIX)) {
                self::assertNotSame('', (string) ($words[$key] ?? ''), $key);
            }
        }
    }

    #[TestDox('the form has no other fields')]
    public function testFormHasNoOthers(): void
    {
        self::assertEqualsCanonicalizing(
            array_diff(self::names(), self::NOT_IN_THE_FORM),
            array_diff(array_keys(self::fields()), self::ONLY_IN_THE_FORM),
        );
    }

    #[TestDox('what is saved: every setting except the secrets; and every secret is kept sealed')]
    public function testSaveList(): void
    {
        \defined('_JEXEC') || \define('_JEXEC', 1);
        self::assertEqualsCanonicalizing(
            array_diff(self::names(), self::secrets(), self::NOT_IN_THE_FORM),
            ShopFactory::parameters(),
        );
        self::assertEqualsCanonicalizing(self::secrets(), Secrets::NAMES);
    }

    #[TestDox('the command line passes on settings only')]
    public function testCommandLine(): void
    {
        self::assertSame([], array_diff(Config::CONNECTION, self::names()));
        self::assertSame([], array_diff(self::secrets(), Config::CONNECTION));
    }

    #[TestDox('a property of the settings for each setting except the secrets, and no other')]
    public function testProperties(): void
    {
        $shown = array_filter(
            Settings::describe(),
            static fn (array $setting): bool => $setting['kind'] !== SettingKind::Secret,
        );
        $class = new \ReflectionClass(Settings::class);

        self::assertSame(array_column($shown, 'property'), array_column($class->getProperties(), 'name'));
    }

    /** @return array<string, mixed> */
    private static function limitsOf(\SimpleXMLElement $field): array
    {
        return [
            'most'   => (int) $field['max'],
            'digits' => \strlen(explode('.', (string) $field['step'])[1] ?? ''),
        ];
    }

    /**
     * @param string|array<string, mixed> $wrong
     *
     * @return array<string, mixed> As the refusal of a decimal number names them
     */
    private static function limits(string $setting, string|array $wrong): array
    {
        try {
            Settings::fromArray([$setting => $wrong]);
        } catch (SettingsException $e) {
            return $e->getFields()[$setting]->data;
        }

        return [];
    }

    /** @return list<string> */
    private static function names(): array
    {
        return array_column(Settings::describe(), 'name');
    }

    /** @return list<string> */
    private static function secrets(): array
    {
        return array_column(
            array_filter(
                Settings::describe(),
                static fn (array $setting): bool => $setting['kind'] === SettingKind::Secret,
            ),
            'name',
        );
    }

    /** @return array<string, \SimpleXMLElement> */
    private static function fields(): array
    {
        $form = simplexml_load_file(self::APP . 'app_cloverpos.xml');

        return self::named(($form === false ? [] : $form->xpath('//config/fields/fieldset/field')) ?: []);
    }

    /**
     * @param array<\SimpleXMLElement> $fields
     *
     * @return array<string, \SimpleXMLElement>
     */
    private static function named(array $fields): array
    {
        $named = [];

        foreach ($fields as $field) {
            $named[(string) $field['name']] = $field;
        }

        return $named;
    }
}
