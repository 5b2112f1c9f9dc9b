<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_privacy_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

\defined('_JEXEC') or die();

use J2Commerce\Plugin\Privacy\Cloversync\Extension\Cloversync;
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
            $stored = PluginHelper::getPlugin('privacy', 'cloversync');
            $plugin = new Cloversync(\is_object($stored) ? get_object_vars($stored) : []);
            $plugin->setApplication(Factory::getApplication());
            /** @var DatabaseInterface $database */
            $database = $container->get(DatabaseInterface::class);
            $plugin->setDatabase($database);

            return $plugin;
        });
    }
};
