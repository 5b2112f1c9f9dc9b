<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteAddress;
use Joomla\Database\DatabaseInterface;
use Joomla\Event\Dispatcher;

/** The app's own classes with Joomla's, on a test shop. */
abstract class JoomlaTestCase extends ShopTestCase
{
    protected DatabaseInterface $joomla;

    protected Dispatcher $dispatcher;

    protected function setUp(): void
    {
        PhpEngine::require();

        $driver = TestConnection::configured()->joomlaDriver();

        if ($driver === null) {
            self::markTestSkipped('Joomla is not started: run PHPUnit with --configuration phpunit-joomla.xml.');
        }

        parent::setUp();
        $this->joomla     = JoomlaSite::database($this->db, $driver);
        $this->dispatcher = JoomlaSite::useDatabase($this->joomla);
        JoomlaSite::beginLog();
        JoomlaSite::messages();
        $this->sql->execute(
            "INSERT INTO #__extensions (name, type, element, folder, client_id, enabled, manifest_cache, params,
                custom_data)
             VALUES ('PLG_J2COMMERCE_APP_CLOVERPOS', 'plugin', 'app_cloverpos', 'j2commerce', 0, 1, '{}', '{}', '')",
        );
    }

    /** @param array<string, array<array-key, scalar|array|null>|scalar|null> $parameters */
    protected function factory(
        array $parameters = [],
        string $secret = JoomlaSite::SECRET,
        ?string $url = 'https://shop.example/',
        string $database = 'shop/jos_@localhost',
    ): ShopFactory {
        return new ShopFactory($this->joomla, $parameters, $secret, new SiteAddress($url, $database), new FakeClock());
    }

    protected function state(string $environment = 'sandbox'): KeyValueStore
    {
        return new KeyValueStore($this->sql, $environment, new FakeClock());
    }

    /** @return array<string, mixed> The app's parameters as they are stored */
    protected function stored(): array
    {
        return Json::decode((string) $this->sql->fetchValue(
            "SELECT params FROM #__extensions WHERE element = 'app_cloverpos'",
        ));
    }

    /** All values of the app's state, to check what is not among them. */
    protected function everything(?Sql $sql = null): string
    {
        return (
            json_encode(($sql ?? $this->sql)->fetchAll('SELECT * FROM #__j2commerce_clover_state'), JSON_THROW_ON_ERROR)
            . json_encode(($sql ?? $this->sql)->fetchAll('SELECT * FROM #__extensions'), JSON_THROW_ON_ERROR)
            . json_encode(($sql ?? $this->sql)->fetchAll('SELECT * FROM #__j2commerce_clover_log'), JSON_THROW_ON_ERROR)
        );
    }
}
