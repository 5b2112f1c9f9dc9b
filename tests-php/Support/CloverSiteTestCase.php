<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Cli\Callback;
use CloverSync\Shop\Joomla\ShopFactory;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Plugin\PluginHelper;

/** A site with the app enabled, whose Clover is the simulator. */
abstract class CloverSiteTestCase extends JoomlaTestCase
{
    private const SETTINGS = [
        'environment'      => 'sandbox',
        'app_id'           => 'APPID00000001',
        'app_secret'       => '11111111-2222-3333-4444-555555555555',
        'webhook_secret'   => 'the auth code',
        'default_category' => '2',
        'pace_share'       => '100000',
    ];

    protected Simulator $clover;

    protected function setUp(): void
    {
        parent::setUp();
        $this->clover = Simulator::get();
        $this->clover->reset();
        putenv("CLOVERSYNC_BASE_URL={$this->clover->url}");
        $this->enable(self::SETTINGS);
    }

    protected function tearDown(): void
    {
        putenv('CLOVERSYNC_BASE_URL');
        $this->plugins([]);
        parent::tearDown();
    }

    /** @param list<object> $plugins As Joomla has read them from its table */
    protected function plugins(array $plugins): void
    {
        (new \ReflectionProperty(PluginHelper::class, 'plugins'))->setValue(null, $plugins);
    }

    /** The app as one of Joomla's applications sees it, connected to the simulator. */
    protected function connect(?CMSApplicationInterface $app = null): ShopFactory
    {
        $factory       = ShopFactory::stored($app ?? JoomlaSite::app(), $this->joomla);
        $shop          = $factory->shop();
        $redirect      = 'https://shop.example/administrator/index.php';
        $authorization = $shop->connection->authorize($redirect);
        $shop->connection->complete(Callback::approve($authorization->url, $redirect), $authorization->state);
        $shop->connectionService()->connected();

        return $factory;
    }

    /** @param array<string, scalar> $settings */
    protected function enable(array $settings): void
    {
        $parameters = json_encode($settings, JSON_THROW_ON_ERROR);
        $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [$parameters]);
        $this->plugins([(object) ['type' => 'j2commerce', 'name' => 'app_cloverpos', 'params' => $parameters]]);
    }
}
