<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Health\Check;
use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Health\CheckSubject;
use CloverSync\Shop\Status\DayFigures;

/** What the page Health shows. */
final readonly class HealthView
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    private const CONFIGURATION = 'index.php?option=com_config';

    /**
     * @param list<Check>       $checks
     * @param ?list<DayFigures> $days      Empty before the first connection; null when they cannot be read
     * @param int               $retention Days for which runs and log are kept
     */
    public function __construct(
        public array $checks,
        public ?array $days,
        public \DateTimeZone $zone,
        public int $retention,
        private string $settingsUrl,
    ) {
    }

    public function count(CheckState $state): int
    {
        return \count(array_filter($this->checks, static fn (Check $check): bool => $check->state === $state));
    }

    /** @return ?array{string, string} Label and address of the page where something can be done about it */
    public function link(Check $check): ?array
    {
        return (
            $check->state === CheckState::Green
                ? null
                : match ($check->subject) {
                    CheckSubject::Engine => [self::PREFIX . 'BUTTON_SERVER', Pages::url('server')],
                    CheckSubject::Shop => [self::PREFIX . 'BUTTON_SETTINGS', $this->settingsUrl],
                    CheckSubject::Sync => [self::PREFIX . 'BUTTON_SYNC_LOG', Pages::url('synclog')],
                    CheckSubject::Sales, CheckSubject::Backlog => [
                        self::PREFIX . 'BUTTON_OUTBOX',
                        Pages::url('outbox'),
                    ],
                    CheckSubject::Tax => [self::PREFIX . 'BUTTON_MAPPINGS', Pages::url('mappings')],
                    CheckSubject::Cron => [self::PREFIX . 'TASKS', Warnings::TASKS],
                    CheckSubject::Mails => [self::PREFIX . 'HEALTH_CONFIGURATION', self::CONFIGURATION],
                    CheckSubject::Access, CheckSubject::Site, CheckSubject::Permissions, CheckSubject::Webhook => [
                        self::PREFIX . 'BUTTON_DASHBOARD',
                        Pages::url(),
                    ],
                    CheckSubject::Limits,
                    CheckSubject::CloverClock,
                    CheckSubject::Clock,
                    CheckSubject::Versions,
                        => null,
                }
        );
    }
}
