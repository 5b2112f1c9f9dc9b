<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Environment;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;
use CloverSync\Settings;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

final class SettingsTest extends TestCase
{
    #[TestDox('without settings, the manual\'s defaults apply')]
    public function testDefaults(): void
    {
        $settings = Settings::fromArray([])->toArray();

        self::assertSame('sandbox', $settings['environment']);
        self::assertSame('unpublished', $settings['import_status']);
        self::assertSame('tag', $settings['mapping_mode']);
        self::assertSame('unpublish', $settings['delete_action']);
        self::assertSame('direct', $settings['pricing_mode']);
        self::assertSame('percentage', $settings['markup_type']);
        self::assertSame('0', $settings['markup_value']);
        self::assertSame(60, $settings['sync_interval']);
        self::assertSame(30, $settings['log_retention']);
        self::assertSame([1, 2, 7, 8], $settings['paid_statuses']);
        self::assertTrue($settings['webhooks'] && $settings['push_stock'] && $settings['sync_sale']);
        self::assertFalse($settings['debug']);
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
        self::assertSame(Environment::LatinAmerica, Settings::fromArray(['environment' => 'la'])->environment());
        self::assertSame(Environment::from('eu'), Environment::Europe);
        self::assertCount(4, Environment::cases());
    }

    #[TestDox('secrets are not in any dump, export, serialization or array of the settings')]
    public function testSecrets(): void
    {
        $settings = Settings::fromArray([
            'app_id'         => 'APPID00000001',
            'app_secret'     => 'canary-1',
            'webhook_secret' => 'canary-2',
        ]);

        ob_start();
        var_dump($settings);
        echo print_r($settings, true), var_export($settings->toArray(), true), json_encode($settings);
        $shown = (string) ob_get_clean();

        self::assertTrue($settings->hasCredentials());
        self::assertStringNotContainsString('canary', $shown);

        $this->expectException(\Exception::class);
        serialize($settings);
    }
}
