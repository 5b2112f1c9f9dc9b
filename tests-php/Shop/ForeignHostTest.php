<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Joomla\Secrets;
use CloverSync\Shop\Joomla\SiteAddress;
use CloverSync\Tests\Support\ShopTestCase;
use CloverSync\Vault;

require_once __DIR__ . '/../../php-plugin/lib/src/Joomla/SiteAddress.php';
require_once __DIR__ . '/../../php-plugin/lib/src/Joomla/Secrets.php';

/** Anyone can start the scheduler with a forged Host header; a copy of the site is still a copy. */
final class ForeignHostTest extends ShopTestCase
{
    private const SHOP = 'https://shop.example/';

    private KeyValueStore $state;

    protected function setUp(): void
    {
        parent::setUp();
        $this->state = new KeyValueStore($this->sql, 'sandbox');
        $address     = $this->address(self::SHOP, vouched: true);
        (new SiteGuard($this->state, $address->identity($this->state)))->move();
        $address->confirm($this->state);
    }

    public function test_a_visitor_s_host_header_neither_pauses_traffic_nor_moves_the_connection(): void
    {
        foreach ([
            'https://evil.example/',
            'http://127.0.0.1/',
            'https://shop.example:8443/',
            'https://shop.example/subfolder/',
        ] as $url) {
            $foreign = $this->address($url);
            self::assertFalse($this->isMoved($foreign), $url);
            $foreign->confirm($this->state);
        }

        self::assertSame('shop.example', $this->state->get('site'));
        self::assertFalse($this->isMoved($this->address(self::SHOP)));
    }

    public function test_an_administrator_under_another_address_is_asked(): void
    {
        self::assertTrue($this->isMoved($this->address('https://staging.example/', vouched: true)));
    }

    public function test_a_copy_is_a_copy_for_visitors_too(): void
    {
        self::assertTrue(
            $this->isMoved($this->address('https://staging.example/', server: 'another server')),
            'Another machine under the same names.',
        );
        self::assertTrue(
            $this->isMoved($this->address('https://staging.example/', database: 'staging/jos_@localhost')),
            'Another database on the same machine.',
        );
        $this->state->delete('site_server');
        self::assertTrue(
            $this->isMoved($this->address('https://staging.example/')),
            'A connection of before this was noted.',
        );
    }

    public function test_after_a_change_of_the_site_s_secret_everything_is_opened_and_sealed_again(): void
    {
        $secrets = new Secrets($this->state, 'sandbox');
        $secrets->keep('app_secret', 'the app secret', new Vault('the secret of before'));
        self::assertSame(
            ['app_secret' => 'the app secret'],
            $secrets->open(new Vault('the secret of today', 'the secret of before')),
        );
        self::assertSame(
            ['app_secret' => 'the app secret'],
            $secrets->open(new Vault('the secret of today')),
            'The one before is not needed any more.',
        );
    }

    private function address(
        string $url,
        bool $vouched = false,
        string $database = 'shop/jos_@localhost',
        string $server = 'db1:3306/var/lib/mysql/',
    ): SiteAddress {
        return new SiteAddress($url, $database, static fn (): string => $server, static fn (): bool => $vouched);
    }

    private function isMoved(SiteAddress $address): bool
    {
        return (new SiteGuard($this->state, $address->identity($this->state)))->isMoved();
    }
}
