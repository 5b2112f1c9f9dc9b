<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\DeleteAction;
use CloverSync\Environment;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;
use CloverSync\ImportStatus;
use CloverSync\MappingMode;
use CloverSync\MarkupType;
use CloverSync\PricingMode;
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
        self::assertSame(60, $settings->syncInterval);
        self::assertSame(30, $settings->logRetention);
        self::assertSame([1, 2, 7, 8], $settings->paidStatuses);
        self::assertTrue($settings->webhooks && $settings->pushStock && $settings->syncSale);
        self::assertFalse($settings->debug);
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

    #[TestDox('the environment is an enum that PHP can match on')]
    public function testEnvironment(): void
    {
        self::assertSame(Environment::LatinAmerica, Settings::fromArray(['environment' => 'la'])->environment);
        self::assertSame(Environment::from('eu'), Environment::Europe);
        self::assertCount(4, Environment::cases());
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
