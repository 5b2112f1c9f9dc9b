<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_actionlog_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Actionlog\Cloversync\Extension;

\defined('_JEXEC') or die();

use Joomla\Component\Actionlogs\Administrator\Plugin\ActionLogPlugin;
use Joomla\Event\EventInterface;
use Joomla\Event\SubscriberInterface;

/** Adds what owners do with the Clover POS Integration to Joomla's User Actions Log. */
final class Cloversync extends ActionLogPlugin implements SubscriberInterface
{
    /** Joomla shows and filters the entries by the name of this extension. */
    private const EXTENSION = 'plg_j2commerce_app_cloverpos';

    public static function getSubscribedEvents(): array
    {
        return ['onCloverposOwnerAction' => 'onOwnerAction'];
    }

    public function onOwnerAction(EventInterface $event): void
    {
        $action = self::text($event, 'action');

        if ($action !== '') {
            $this->addLog(
                [[
                    'action'   => $action,
                    'title'    => self::text($event, 'title'),
                    'itemlink' => self::text($event, 'link'),
                ]],
                'PLG_ACTIONLOG_CLOVERSYNC_USER_' . strtoupper($action),
                self::EXTENSION,
            );
        }
    }

    private static function text(EventInterface $event, string $argument): string
    {
        $text = $event->getArgument($argument);

        return \is_string($text) ? $text : '';
    }
}
