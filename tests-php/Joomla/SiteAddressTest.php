<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteAddress;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Which addresses are one site, and which is a copy. */
final class SiteAddressTest extends JoomlaTestCase
{
    private const DATABASE = 'shop/jos_@localhost';

    /** @return iterable<string, array{string, bool}> */
    public static function addresses(): iterable
    {
        yield 'the same' => ['https://www.shop.example/', false];
        yield 'without www' => ['https://shop.example/', false];
        yield 'without TLS' => ['http://www.shop.example/', false];
        yield 'without the last slash' => ['https://www.shop.example', false];
        yield 'in capitals' => ['https://WWW.Shop.Example/', false];
        yield 'another host' => ['https://staging.shop.example/', true];
        yield 'another name' => ['https://shop.example.org/', true];
        yield 'another port' => ['https://www.shop.example:8443/', true];
        yield 'a subfolder' => ['https://www.shop.example/staging/', true];
    }

    #[DataProvider('addresses')]
    #[TestDox('On the web: $_dataName')]
    public function test_web(string $url, bool $copy): void
    {
        $this->connect('https://www.shop.example/');
        self::assertSame($copy, $this->isMoved($url));
    }

    #[TestDox('Shops in different subfolders, or in folders that differ in letter case, are different shops')]
    public function test_subfolders(): void
    {
        $this->connect('https://shop.example/Shop');
        self::assertSame([false, true, true], [
            $this->isMoved('http://www.shop.example/Shop/'),
            $this->isMoved('https://shop.example/'),
            $this->isMoved('https://shop.example/shop/'),
        ]);
    }

    #[TestDox('On the command line the database identifies the site, and an unknown database is not taken for a copy')]
    public function test_command_line(): void
    {
        $this->connect('https://www.shop.example/');
        self::assertSame([false, true], [$this->isMoved(null), $this->isMoved(null, 'backup/jos_@localhost')]);
        $this->state()->delete('site_database');
        self::assertSame([false, false], [$this->isMoved(null), $this->isMoved(null, 'backup/jos_@localhost')]);
    }

    #[TestDox('A shop without a connection is not a copy, on the web and on the command line')]
    public function test_unconnected(): void
    {
        self::assertSame([false, false], [$this->isMoved('https://shop.example/'), $this->isMoved(null)]);
    }

    #[TestDox('After a move to another database server the shop continues only once the web has seen it')]
    public function test_moved_database(): void
    {
        $this->connect('https://shop.example/');
        (new SiteAddress(null, 'shop/jos_@db2'))->confirm($this->state());
        self::assertTrue($this->isMoved(null, 'shop/jos_@db2'));
        (new SiteAddress('https://shop.example/', 'shop/jos_@db2'))->confirm($this->state());
        self::assertSame([false, true], [$this->isMoved(null, 'shop/jos_@db2'), $this->isMoved(null)]);
    }

    #[TestDox('Joomla\'s data of the site: on the command line its database, prefix and host')]
    public function test_of_joomla(): void
    {
        $app     = JoomlaSite::app();
        $factory = ShopFactory::create($app, $this->joomla, '{}');
        $this->connect(
            'https://shop.example/',
            (string) $app->get('db') . '/' . (string) $app->get('dbprefix') . '@' . (string) $app->get('host'),
        );
        self::assertSame('shop.example', $factory->address()->identity($this->state()));
        $this->connect('https://shop.example/');
        self::assertStringStartsWith('a copy in the database ', $factory->address()->identity($this->state()));
    }

    private function connect(string $url, string $database = self::DATABASE): void
    {
        $address = new SiteAddress($url, $database);
        (new SiteGuard($this->state(), $address->identity($this->state())))->move();
        $address->confirm($this->state());
    }

    private function isMoved(?string $url, string $database = self::DATABASE): bool
    {
        return (new SiteGuard($this->state(), (new SiteAddress($url, $database))->identity($this->state())))->isMoved();
    }
}
