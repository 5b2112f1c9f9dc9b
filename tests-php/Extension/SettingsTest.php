<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\DeleteAction;
use CloverSync\Environment;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;
use CloverSync\ImportRule;
use CloverSync\ImportStatus;
use CloverSync\MappingMode;
use CloverSync\MarkupType;
use CloverSync\NameFilterMode;
use CloverSync\PriceEnding;
use CloverSync\PricingMode;
use CloverSync\ProblemCode;
use CloverSync\Settings;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    #[TestDox('without settings, the manual\'s defaults apply')]
    public function testDefaults(): void
    {
        $settings = Settings::fromArray([]);

        self::assertSame(Environment::Sandbox, $settings->environment);
        self::assertSame(ImportStatus::Unpublished, $settings->importStatus);
        self::assertSame(MappingMode::Tag, $settings->mappingMode);
        self::assertSame(DeleteAction::Unpublish, $settings->deleteAction);
        self::assertSame(PricingMode::Direct, $settings->pricingMode);
        self::assertSame(MarkupType::Percentage, $settings->markupType);
        self::assertSame('0', $settings->markupValue);
        self::assertSame([], $settings->categoryMarkups);
        self::assertSame([], $settings->taxMapping);
        self::assertSame(PriceEnding::None, $settings->priceEnding);
        self::assertSame(60, $settings->syncInterval);
        self::assertSame(30, $settings->logRetention);
        self::assertSame([1, 2, 7, 8], $settings->paidStatuses);
        self::assertTrue($settings->webhooks && $settings->pushStock && $settings->syncSale);
        self::assertFalse($settings->debug);
    }

    #[TestDox('a choice by names is read from a list or from lines, and has its mode as an enum')]
    public function testNameFilters(): void
    {
        $all = ['mode' => NameFilterMode::All, 'names' => []];
        self::assertSame($all, Settings::fromArray([])->importTags);
        self::assertSame($all, Settings::fromArray(['import_tags' => []])->importTags);
        $settings = Settings::fromArray([
            'import_categories' => ['mode' => 'only', 'names' => "Hot Drinks\r\nBar\r\n"],
            'import_tags'       => ['mode' => 'except', 'names' => ['Till', 'TILL']],
            'import_hidden'     => 'skip',
        ]);
        self::assertSame(
            ['mode' => NameFilterMode::Only, 'names' => ['Hot Drinks', 'Bar']],
            $settings->importCategories,
        );
        self::assertSame(['mode' => NameFilterMode::Except, 'names' => ['Till']], $settings->importTags);
        self::assertSame([ImportRule::Skip, ImportRule::Unpublished], [
            $settings->importHidden,
            $settings->importNonRevenue,
        ]);
        self::assertSame($settings->importTags, $settings->withDefaultCategory(7)->importTags);

        try {
            Settings::fromArray(['import_categories' => ['mode' => 'only'], 'import_tags' => 'Till']);
            self::fail('accepted');
        } catch (SettingsException $e) {
            self::assertSame(['import_categories', 'import_tags'], array_keys($e->getFields()));
        }
    }

    #[TestDox('all invalid fields are named at once')]
    public function testAllProblems(): void
    {
        try {
            Settings::fromArray([
                'environment'   => 'moon',
                'base_url'      => 'http://clover.example',
                'sync_interval' => 4,
                'markup_value'  => 'ten',
                'nonsense'      => 1,
                'paid_statuses' => new \stdClass(),
            ]);
            self::fail('accepted');
        } catch (SettingsException $e) {
            self::assertInstanceOf(CloverException::class, $e);
            $fields = array_keys($e->getFields());
            sort($fields);
            self::assertSame(
                ['base_url', 'environment', 'markup_value', 'nonsense', 'paid_statuses', 'sync_interval'],
                $fields,
            );
            self::assertSame(__FILE__, $e->getFile());
        }
    }

    #[TestDox('tax profiles are given by the rate, or as the rows of a form')]
    public function testTaxMapping(): void
    {
        $expected = [['rate' => 'House Tax', 'profile' => 3], ['rate' => 'NO_TAX_APPLIED', 'profile' => 0]];

        foreach ([
            ['House Tax' => 3, 'NO_TAX_APPLIED' => '0'],
            [
                'tax_mapping0' => ['rate' => 'House Tax', 'profile' => '3'],
                'tax_mapping1' => ['rate' => 'NO_TAX_APPLIED', 'profile' => '0'],
                'tax_mapping2' => ['rate' => '', 'profile' => ''],
            ],
        ] as $given) {
            self::assertSame($expected, Settings::fromArray(['tax_mapping' => $given])->taxMapping);
        }

        try {
            Settings::fromArray(['tax_mapping' => ['tax_mapping0' => ['rate' => 'House Tax', 'profile' => '']]]);
            self::fail('A rate without a tax profile was accepted.');
        } catch (SettingsException $e) {
            $problem = $e->getFields()['tax_mapping'];
            self::assertSame(ProblemCode::SettingTaxesProfile, $problem->code);
            self::assertSame(['rate' => 'House Tax'], $problem->data);
        }
    }

    #[TestDox('markups by category are given by name, or as the rows of a form')]
    public function testCategoryMarkups(): void
    {
        $expected = [
            ['category' => 'Drinks', 'type' => MarkupType::Fixed, 'value' => '1.5'],
            ['category' => 'Food', 'type' => MarkupType::Percentage, 'value' => '10'],
        ];

        foreach ([
            ['Drinks' => ['type' => 'fixed', 'value' => 1.5], 'Food' => ['type' => 'percentage', 'value' => 10]],
            [
                'category_markups0' => ['category' => 'Drinks', 'type' => 'fixed', 'value' => '1.5'],
                'category_markups1' => ['category' => 'Food', 'type' => 'percentage', 'value' => '10'],
                'category_markups2' => ['category' => '', 'type' => 'percentage', 'value' => ''],
            ],
        ] as $given) {
            self::assertSame($expected, Settings::fromArray(['category_markups' => $given])->categoryMarkups);
        }

        self::assertSame([], Settings::fromArray(['category_markups' => ''])->categoryMarkups);
        self::assertSame(PriceEnding::Half, Settings::fromArray(['price_ending' => '0.50'])->priceEnding);
    }

    #[TestDox('a wrong markup of a category is refused with the category')]
    public function testWrongCategoryMarkup(): void
    {
        try {
            Settings::fromArray(['category_markups' => ['Drinks' => ['type' => 'percent', 'value' => 1]]]);
            self::fail('accepted');
        } catch (SettingsException $e) {
            $problem = $e->getFields()['category_markups'];
            self::assertSame(ProblemCode::SettingMarkupsType, $problem->code);
            self::assertSame(['category' => 'Drinks', 'choices' => ['percentage', 'fixed']], $problem->data);
        }
    }

    #[TestDox('the environment is an enum that PHP can match on')]
    public function testEnvironment(): void
    {
        self::assertSame(Environment::LatinAmerica, Settings::fromArray(['environment' => 'la'])->environment);
        self::assertSame(Environment::from('eu'), Environment::Europe);
    }

    #[TestDox('a setting cannot be changed in place; another default category makes other settings')]
    public function testReadonly(): void
    {
        $settings = Settings::fromArray(['sync_interval' => 15]);
        $other    = $settings->withDefaultCategory(7);

        self::assertSame([0, 7, 15], [$settings->defaultCategory, $other->defaultCategory, $other->syncInterval]);

        foreach ([
            'defaultCategory' => self::writeDefaultCategory(...),
            'unknown'         => self::writeUnknown(...),
        ] as $name => $write) {
            try {
                (new \ReflectionFunction($write))->invoke($settings);
                self::fail("$name was set");
            } catch (\Throwable $e) {
                self::assertInstanceOf(\Error::class, $e);
                self::assertStringContainsString($name, $e->getMessage());
            }
        }
    }

    #[TestDox('secrets are not in any dump, export, serialization or array of the settings')]
    public function testSecrets(): void
    {
        $settings = Settings::fromArray([
            'app_id'         => 'APPID00000001',
            'app_secret'     => 'canary-1',
            'webhook_secret' => 'canary-2',
        ]);

        $array = $settings;
        settype($array, 'array');
        ob_start();
        var_dump($settings);
        echo print_r($settings, true), var_export($array, true), json_encode($settings);
        $shown = (string) ob_get_clean();

        self::assertTrue($settings->hasCredentials());
        self::assertStringNotContainsString('canary', $shown);

        $this->expectException(\Exception::class);
        serialize($settings);
    }

    /** @param \stdClass $settings An object whose properties can be written, as far as analysis knows */
    private static function writeDefaultCategory(object $settings): void
    {
        $settings->defaultCategory = 1;
    }

    /** @param \stdClass $settings */
    private static function writeUnknown(object $settings): void
    {
        $settings->unknown = 1;
    }
}
