<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_webservices_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Webservices\Cloversync\Extension;

\defined('_JEXEC') or die();

use J2Commerce\Plugin\Webservices\Cloversync\Controller\CloversyncController;
use Joomla\CMS\Event\Application\BeforeApiRouteEvent;
use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\Event\SubscriberInterface;
use Joomla\Router\Route;

/** Adds the addresses of the Clover POS Integration to Joomla's web services. */
final class Cloversync extends CMSPlugin implements SubscriberInterface
{
    private const COMPONENT = 'com_j2commerce';

    private const CONTROLLER = 'cloversync';

    /** Where J2Commerce's own factory looks for the controller. */
    private const SOUGHT = 'J2Commerce\\Component\\J2commerce\\Api\\Controller\\CloversyncController';

    public static function getSubscribedEvents(): array
    {
        return ['onBeforeApiRoute' => 'addRoutes', 'onAfterApiRoute' => 'addController'];
    }

    public function addRoutes(BeforeApiRouteEvent $event): void
    {
        $defaults = ['component' => self::COMPONENT, 'public' => false];

        $event
            ->getRouter()
            ->addRoutes([
                new Route(['GET'], 'v1/cloversync/status', self::CONTROLLER . '.status', [], $defaults),
                new Route(['GET'], 'v1/cloversync/sync', self::CONTROLLER . '.run', [], $defaults),
                new Route(['POST'], 'v1/cloversync/sync', self::CONTROLLER . '.sync', [], $defaults),
            ]);
    }

    /**
     * Joomla runs an address as a controller of a component, and a plugin has no component. J2Commerce's is used, with
     * its permissions and the check whether it is enabled.
     */
    public function addController(): void
    {
        $input = $this->getApplication()?->getInput();

        if (
            $input?->getCmd('option') === self::COMPONENT
            && $input->getCmd('controller') === self::CONTROLLER
            && !class_exists(self::SOUGHT)
        ) {
            class_alias(CloversyncController::class, self::SOUGHT);
        }
    }
}
