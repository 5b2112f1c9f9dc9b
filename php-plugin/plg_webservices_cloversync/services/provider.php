<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_webservices_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

\defined('_JEXEC') or die();

use J2Commerce\Plugin\Webservices\Cloversync\Extension\Cloversync;
use Joomla\CMS\Extension\PluginInterface;
use Joomla\CMS\Factory;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\DI\Container;
use Joomla\DI\ServiceProviderInterface;

return new class() implements ServiceProviderInterface {
    public function register(Container $container): void
    {
        $container->set(PluginInterface::class, static function (): PluginInterface {
            $stored = PluginHelper::getPlugin('webservices', 'cloversync');
            $plugin = new Cloversync(\is_object($stored) ? get_object_vars($stored) : []);
            $plugin->setApplication(Factory::getApplication());

            return $plugin;
        });
    }
};
