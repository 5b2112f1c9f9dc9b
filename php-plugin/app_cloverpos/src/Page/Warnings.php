<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\DashboardStatus;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook\GuestAccess;
use Joomla\CMS\Language\Text;

/** What the owner should know or do, above everything else on the dashboard. */
final readonly class Warnings
{
    /** Name of the fact, in unix seconds, that tells when a Clover task last ran. */
    public const TASK_SEEN = 'task_seen';

    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    private const TASKS = 'index.php?option=com_scheduler&view=tasks';

    /** Seconds without a task that are no reason to worry, however often it should come. */
    private const TASK_PATIENCE = 7_200;

    private const WEBHOOK_PATIENCE = 604_800;

    public function __construct(
        private ShopFactory $factory,
        private Services $shop,
        private DashboardStatus $now,
    ) {
    }

    /**
     * @return list<array{type: string, text: string, links: array<string, string>, buttons: list<array{action:
     *   string, label: string, class: string}>}> links: address by label
     */
    public function list(): array
    {
        return array_values(array_filter([
            $this->sandbox(),
            $this->siteMoved(),
            $this->access(),
            $this->reconnect(),
            $this->refused(),
            $this->token(),
            $this->lastFailure(),
            $this->paused(),
            $this->waiting(),
            $this->conflicts(),
            $this->tax(),
            $this->rateLimit(),
            $this->commandLine(),
            $this->tasks(),
            $this->webhooks(),
        ]));
    }

    /** @return ?array<string, mixed> */
    private function sandbox(): ?array
    {
        return $this->now->environment === 'sandbox'
            ? self::warning('warning', Text::_(self::PREFIX . 'SANDBOX_ALERT'))
            : null;
    }

    /** @return ?array<string, mixed> */
    private function siteMoved(): ?array
    {
        try {
            $this->shop->guard->check();

            return null;
        } catch (SiteMovedException $e) {
            return self::warning('danger', ErrorPresenter::of($e)['message'], buttons: [
                ['action' => 'move', 'label' => Text::_(self::PREFIX . 'MOVE'), 'class' => 'btn-primary'],
                [
                    'action' => 'disconnect',
                    'label'  => Text::_(self::PREFIX . 'MOVE_DISCONNECT'),
                    'class'  => 'btn-danger',
                ],
            ]);
        }
    }

    /** @return ?array<string, mixed> */
    private function access(): ?array
    {
        return (
            GuestAccess::isGiven($this->factory->sql())
                ? null
                : self::warning('danger', Text::_(self::PREFIX . 'ACCESS_ALERT'), [
                    Text::_(self::PREFIX . 'BUTTON_SETTINGS') => SettingsForm::url($this->factory->sql()),
                ])
        );
    }

    /** @return ?array<string, mixed> */
    private function reconnect(): ?array
    {
        return $this->now->reconnectReason === null
            ? null
            : self::warning('danger', Text::sprintf(self::PREFIX . 'RECONNECT_ALERT', $this->now->reconnectReason));
    }

    /** @return ?array<string, mixed> */
    private function refused(): ?array
    {
        return $this->now->refusedAt === null
            ? null
            : self::warning('danger', Text::sprintf(
                self::PREFIX . 'REFUSED_ALERT',
                DashboardData::unix($this->now->refusedAt),
                DashboardData::unix((int) $this->now->nextTryAt),
            ));
    }

    /** @return ?array<string, mixed> */
    private function token(): ?array
    {
        return (
            $this->now->tokenEndsSoon && $this->now->refusedAt === null
                ? self::warning('warning', Text::_(self::PREFIX . 'TOKEN_ALERT'), [
                    Text::_(self::PREFIX . 'TASKS') => self::TASKS,
                ])
                : null
        );
    }

    /** @return ?array<string, mixed> */
    private function lastFailure(): ?array
    {
        return (
            $this->now->lastFailure === null || !$this->now->connected
                ? null
                : self::warning(
                    'warning',
                    Text::sprintf(self::PREFIX . 'LAST_FAILURE_ALERT', $this->now->lastFailure),
                    [Text::_(self::PREFIX . 'BUTTON_SYNC_LOG') => Pages::url('synclog')],
                )
        );
    }

    /** @return ?array<string, mixed> */
    private function paused(): ?array
    {
        return (
            $this->now->paused === null
                ? null
                : self::warning(
                    'danger',
                    Text::sprintf(
                        self::PREFIX . 'PAUSED_ALERT',
                        DashboardData::unix($this->now->paused['since']),
                        $this->now->paused['reason'],
                    ),
                    [Text::_(self::PREFIX . 'BUTTON_OUTBOX') => Pages::url('outbox')],
                    [[
                        'action' => 'resume-sales',
                        'label'  => Text::_(self::PREFIX . 'PAUSED_RESUME'),
                        'class'  => 'btn-primary',
                    ]],
                )
        );
    }

    /** @return ?array<string, mixed> */
    private function waiting(): ?array
    {
        $rows = ($this->now->sales['uncertain'] ?? 0) + ($this->now->sales['dead'] ?? 0);

        return $rows === 0 ? null : self::warning('warning', Text::plural(self::PREFIX . 'N_SALES_WAITING', $rows), [
                Text::_(self::PREFIX . 'BUTTON_OUTBOX') => Pages::url('outbox'),
            ]);
    }

    /** @return ?array<string, mixed> */
    private function rateLimit(): ?array
    {
        $limit = $this->now->rateLimit;

        return !$limit['learned']
            ? null
            : self::warning('info', Text::sprintf(
                self::PREFIX . 'RATE_LIMIT_ALERT',
                $limit['per_second'],
                $limit['concurrent'],
            ));
    }

    /** @return ?array<string, mixed> */
    private function conflicts(): ?array
    {
        $n = $this->now->conflicts;

        return $n === 0 ? null : self::warning('warning', Text::plural(self::PREFIX . 'N_CONFLICTS', $n), [
                Text::_(self::PREFIX . 'BUTTON_MAPPINGS') => Pages::url('mappings'),
            ]);
    }

    /** @return ?array<string, mixed> */
    private function tax(): ?array
    {
        return $this->now->taxWarning === null ? null : self::warning('warning', $this->now->taxWarning);
    }

    /** @return ?array<string, mixed> */
    private function commandLine(): ?array
    {
        $problem = $this->factory->requirements()->problemOfCommandLine();

        return $problem === null ? null : self::warning('danger', $problem);
    }

    /** @return ?array<string, mixed> */
    private function tasks(): ?array
    {
        $seen     = $this->factory->siteState()->get(self::TASK_SEEN);
        $patience = max(self::TASK_PATIENCE, 2 * 60 * $this->shop->settings->syncInterval);

        if (!$this->now->connected || $seen !== null && (int) $seen > ($this->factory->clock->now() - $patience)) {
            return null;
        }

        return self::warning(
            'warning',
            $seen === null
                ? Text::_(self::PREFIX . 'TASKS_NEVER_ALERT')
                : Text::sprintf(self::PREFIX . 'TASKS_LATE_ALERT', DashboardData::unix((int) $seen)),
            [Text::_(self::PREFIX . 'TASKS') => self::TASKS],
        );
    }

    /** @return ?array<string, mixed> */
    private function webhooks(): ?array
    {
        $seen = $this->now->webhookSeen;

        return (
            !$this->shop->settings->webhooks
            || $seen === null
            || $seen > ($this->factory->clock->now() - self::WEBHOOK_PATIENCE)
                ? null
                : self::warning(
                    'warning',
                    Text::sprintf(self::PREFIX . 'WEBHOOKS_SILENT_ALERT', DashboardData::unix($seen)),
                    [Text::_(self::PREFIX . 'BUTTON_SETTINGS') => SettingsForm::url($this->factory->sql())],
                )
        );
    }

    /**
     * @param array<string, string>                                    $links
     * @param list<array{action: string, label: string, class: string}> $buttons
     *
     * @return array<string, mixed>
     */
    private static function warning(string $type, string $text, array $links = [], array $buttons = []): array
    {
        return ['type' => $type, 'text' => $text, 'links' => $links, 'buttons' => $buttons];
    }
}
