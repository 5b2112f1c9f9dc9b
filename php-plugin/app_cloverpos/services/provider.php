<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Extension\AppCloverpos;
use Joomla\CMS\Extension\PluginInterface;
use Joomla\CMS\Factory;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\Database\DatabaseInterface;
use Joomla\DI\Container;
use Joomla\DI\ServiceProviderInterface;

return new class() implements ServiceProviderInterface {
    public function register(Container $container): void
    {
        $container->set(PluginInterface::class, static function (Container $container): PluginInterface {
            $config = (array) PluginHelper::getPlugin('j2commerce', 'app_cloverpos');
            $app    = Factory::getApplication();

            // Joomla would throw if the parameters are not JSON, on every page of the site.
            if (json_decode((string) ($config['params'] ?? '')) === null) {
                $config['params'] = '{}';
            }

            $plugin = new AppCloverpos($config, ShopFactory::create(
                $app,
                $container->get(DatabaseInterface::class),
                $config['params'] ?? '',
            ));
            $plugin->setApplication($app);

            return $plugin;
        });
    }
};
