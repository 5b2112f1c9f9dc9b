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
use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\Database\DatabaseInterface;
use Joomla\DI\Container;
use Joomla\DI\ServiceProviderInterface;

return new class() implements ServiceProviderInterface {
    public function register(Container $container): void
    {
        $container->set(PluginInterface::class, static function (Container $container): PluginInterface {
            // After an installation on the command line, the web server's PHP may know the namespaces of before for
            // some seconds. J2Commerce loads this plugin on every page, so an error here would be one of every page.
            if (!class_exists(AppCloverpos::class) || !class_exists(ShopFactory::class)) {
                return new class() extends CMSPlugin {};
            }

            $stored = PluginHelper::getPlugin('j2commerce', 'app_cloverpos');
            $config = \is_object($stored) ? get_object_vars($stored) : [];
            $given  = $config['params'] ?? null;
            // Joomla would throw if the parameters are not JSON, on every page of the site.
            $params = \is_string($given) && json_decode($given) !== null ? $given : '{}';
            $app    = Factory::getApplication();
            /** @var DatabaseInterface $database */
            $database = $container->get(DatabaseInterface::class);
            $plugin   = new AppCloverpos(
                ['params' => $params] + $config,
                ShopFactory::create($app, $database, $params),
            );
            $plugin->setApplication($app);

            return $plugin;
        });
    }
};
