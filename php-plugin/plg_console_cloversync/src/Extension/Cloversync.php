<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_console_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Console\Cloversync\Extension;

\defined('_JEXEC') or die();

use CloverSync\Shop\Console\CommandName;
use J2Commerce\Plugin\Console\Cloversync\Command\ShopCommand;
use J2Commerce\Plugin\Console\Cloversync\Command\SiteHost;
use Joomla\Application\ApplicationEvents;
use Joomla\Application\Event\ApplicationEvent;
use Joomla\CMS\Application\ConsoleApplication;
use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\Database\DatabaseAwareTrait;
use Joomla\Event\SubscriberInterface;

/** Adds the commands of the Clover POS Integration to Joomla's console. */
final class Cloversync extends CMSPlugin implements SubscriberInterface
{
    use DatabaseAwareTrait;

    public static function getSubscribedEvents(): array
    {
        return [ApplicationEvents::BEFORE_EXECUTE => 'addCommands'];
    }

    public function addCommands(ApplicationEvent $event): void
    {
        $app = $event->getApplication();

        // An error here would end every command of the site, also the one that installs the library again.
        if (!$app instanceof ConsoleApplication || !enum_exists(CommandName::class)) {
            return;
        }

        foreach (CommandName::cases() as $name) {
            $app->addCommand(new ShopCommand($name, new SiteHost($app, $this->getDatabase())));
        }
    }
}
