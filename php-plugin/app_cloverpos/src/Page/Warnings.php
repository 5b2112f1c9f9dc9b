<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\OnlineUnknown;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\CautiousProduct;
use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Webhooks\Endpoint;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook\GuestAccess;
use Joomla\CMS\Language\Text;

/** What the owner should know or do, shown at the top of the dashboard. */
final readonly class Warnings
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Address of Joomla's scheduled tasks. */
    public const TASKS = 'index.php?option=com_scheduler&view=tasks';

    /** Products that fit into a warning. */
    private const NAMED = 5;

    public function __construct(
        private ShopFactory $factory,
        private Services $shop,
        private DashboardStatus $now,
    ) {
    }

    /** @return list<Warning> The most important first */
    public function list(): array
    {
        return array_values(array_filter(
            [
                $this->sandbox(),
                $this->siteMoved(),
                $this->access(),
                $this->reconnect(),
                $this->refused(),
                $this->token(),
                $this->lastFailure(),
                ...$this->paused(),
                $this->waiting(),
                $this->corrections(),
                ...$this->orderNotices(),
                $this->conflicts(),
                ...$this->cautious(),
                $this->sandboxProducts(),
                $this->tax(),
                $this->taxMismatches(),
                $this->rateLimit(),
                $this->withheld(),
                $this->onlineUnknown(),
                $this->commandLine(),
                $this->tasks(),
                $this->webhooks(),
                $this->search(),
            ],
            static fn (?Warning $warning): bool => $warning !== null,
        ));
    }

    private static function worded(string $type, Message $message): Warning
    {
        $words = SiteLocale::formatter();

        return new Warning($type, $words->text($message), details: $words->details($message));
    }

    private function search(): ?Warning
    {
        $count = $this->shop->searchQueue()->count();

        return $count === 0 ? null : new Warning('info', Text::plural(self::PREFIX . 'SEARCH_N_WAIT', $count));
    }

    private function sandbox(): ?Warning
    {
        return $this->now->environment === 'sandbox'
            ? new Warning('warning', Text::_(self::PREFIX . 'SANDBOX_ALERT'))
            : null;
    }

    private function siteMoved(): ?Warning
    {
        try {
            $this->shop->guard->check();

            return null;
        } catch (SiteMovedException $e) {
            return new Warning('danger', ErrorPresenter::of($e)['message'], buttons: [
                ['action' => 'move', 'label' => Text::_(self::PREFIX . 'MOVE'), 'class' => 'btn-primary'],
                [
                    'action' => 'disconnect',
                    'label'  => Text::_(self::PREFIX . 'MOVE_DISCONNECT'),
                    'class'  => 'btn-danger',
                ],
            ]);
        }
    }

    private function access(): ?Warning
    {
        return (
            GuestAccess::isGiven($this->factory->sql())
                ? null
                : new Warning('danger', Text::_(self::PREFIX . 'ACCESS_ALERT'), [
                    Text::_(self::PREFIX . 'BUTTON_SETTINGS') => SettingsForm::url($this->factory->sql()),
                ])
        );
    }

    private function reconnect(): ?Warning
    {
        return $this->now->reconnectReason === null ? null : self::worded('danger', $this->now->reconnectReason);
    }

    private function refused(): ?Warning
    {
        return $this->now->refusedAt === null
            ? null
            : new Warning('danger', Text::sprintf(
                self::PREFIX . 'REFUSED_ALERT',
                LocalTime::unix($this->now->refusedAt),
                LocalTime::unix((int) $this->now->nextTryAt),
            ));
    }

    private function token(): ?Warning
    {
        return (
            $this->now->tokenEndsSoon && $this->now->refusedAt === null
                ? new Warning('warning', Text::_(self::PREFIX . 'TOKEN_ALERT'), [
                    Text::_(self::PREFIX . 'TASKS') => self::TASKS,
                ])
                : null
        );
    }

    private function lastFailure(): ?Warning
    {
        return (
            $this->now->lastFailure === null || !$this->now->connected || $this->now->isPaused(WorkKind::Catalog)
                ? null
                : new Warning(
                    'warning',
                    Text::sprintf(
                        self::PREFIX . 'LAST_FAILURE_ALERT',
                        SiteLocale::formatter()->text($this->now->lastFailure),
                    ),
                    [Text::_(self::PREFIX . 'BUTTON_SYNC_LOG') => Pages::url('synclog')],
                    details: SiteLocale::formatter()->details($this->now->lastFailure),
                    until: 'sync',
                )
        );
    }

    /** @return list<Warning> */
    private function paused(): array
    {
        return array_map(
            static fn (Pause $pause): Warning => new Warning(
                'danger',
                PauseText::of($pause),
                $pause->kind === WorkKind::Catalog
                    ? []
                    : [Text::_(self::PREFIX . 'BUTTON_OUTBOX') => Pages::url('outbox')],
                [[
                    'action' => $pause->kind === WorkKind::Catalog ? 'sync' : 'resume',
                    'label'  => Text::_(self::PREFIX . 'PAUSE_TRY_NOW'),
                    'class'  => 'btn-primary',
                ]],
                SiteLocale::formatter()->details($pause->message),
            ),
            $this->now->paused,
        );
    }

    private function sandboxProducts(): ?Warning
    {
        $count = $this->now->sandboxProducts['count'];

        return (
            $count === 0
                ? null
                : new Warning(
                    'warning',
                    Text::plural(
                        self::PREFIX . 'N_SANDBOX_PRODUCTS',
                        $count,
                        implode(', ', array_map(ProductText::quoted(...), $this->now->sandboxProducts['titles']))
                            . ($count > \count($this->now->sandboxProducts['titles']) ? ', …' : ''),
                    ),
                    [Text::_(self::PREFIX . 'BUTTON_MAPPINGS') => Pages::url('mappings')],
                    [[
                        'action' => 'unpublish-sandbox',
                        'label'  => Text::_(self::PREFIX . 'SANDBOX_UNPUBLISH'),
                        'class'  => 'btn-secondary',
                    ]],
                )
        );
    }

    private function waiting(): ?Warning
    {
        $rows = ($this->now->sales['uncertain'] ?? 0) + ($this->now->sales['dead'] ?? 0);

        return $rows === 0 ? null : self::sales(Text::plural(self::PREFIX . 'N_SALES_WAITING', $rows));
    }

    private function corrections(): ?Warning
    {
        $orders = $this->now->sales['corrections'] ?? 0;

        return (
            $orders === 0 ? null : self::sales(SiteLocale::formatter()->text(new Message(MessageCode::SalesToCorrect, [
                    'count' => $orders,
                ])))
        );
    }

    /** @return list<Warning> */
    private function orderNotices(): array
    {
        $worded = static fn (Message $notice): Warning => self::worded('warning', $notice);

        return array_map($worded, $this->now->orderNotices);
    }

    private static function sales(string $text): Warning
    {
        return new Warning('warning', $text, [Text::_(self::PREFIX . 'BUTTON_OUTBOX') => Pages::url('outbox')]);
    }

    private function rateLimit(): ?Warning
    {
        $limit = $this->now->rateLimit;

        return !$limit['learned']
            ? null
            : new Warning('info', Text::sprintf(
                self::PREFIX . 'RATE_LIMIT_ALERT',
                $limit['per_second'],
                $limit['concurrent'],
            ));
    }

    private function withheld(): ?Warning
    {
        return $this->now->withheld === []
            ? null
            : new Warning('warning', Text::sprintf(self::PREFIX . 'WITHHELD_ALERT', implode(
                ', ',
                $this->now->withheld,
            )));
    }

    private function onlineUnknown(): ?Warning
    {
        $message = OnlineUnknown::message($this->now->onlineUnknown);

        return $message === null ? null : self::worded('warning', $message);
    }

    private function conflicts(): ?Warning
    {
        $n = $this->now->conflicts;

        return $n === 0 ? null : new Warning('warning', Text::plural(self::PREFIX . 'N_CONFLICTS', $n), [
                Text::_(self::PREFIX . 'BUTTON_MAPPINGS') => Pages::url('mappings'),
            ]);
    }

    /** @return list<Warning> */
    private function cautious(): array
    {
        $free   = [];
        $others = [];

        foreach ($this->now->cautious as $product) {
            $product->isFree ? ($free[] = $product) : ($others[] = $product);
        }

        $links = [Text::_(self::PREFIX . 'SEE_PRODUCTS') => Pages::url('mappings') . '&filter[state]=cautious'];

        return array_values(array_filter([
            $free === []
                ? null
                : new Warning(
                    'danger',
                    Text::plural(self::PREFIX . 'N_FREE_PRODUCTS', \count($free), self::titles($free)),
                    $links,
                ),
            $others === []
                ? null
                : new Warning(
                    'warning',
                    Text::plural(self::PREFIX . 'N_ODD_PRODUCTS', \count($others), self::titles($others)),
                    $links,
                ),
        ]));
    }

    /** @param array<CautiousProduct> $products */
    private static function titles(array $products): string
    {
        return (
            implode(', ', array_map(ProductText::cautious(...), \array_slice($products, 0, self::NAMED)))
            . (\count($products) > self::NAMED ? ', …' : '')
        );
    }

    private function tax(): ?Warning
    {
        return $this->now->taxWarning === null ? null : self::worded('warning', $this->now->taxWarning);
    }

    private function taxMismatches(): ?Warning
    {
        $n = $this->now->taxMismatches;

        return $n === 0 ? null : new Warning('warning', Text::plural(self::PREFIX . 'N_TAX_MISMATCHES', $n), [
                Text::_(self::PREFIX . 'SEE_PRODUCTS') => Pages::url('mappings') . '&filter[state]=taxed',
            ]);
    }

    private function commandLine(): ?Warning
    {
        $problem = $this->factory->requirements()->problemOfCommandLine();

        return $problem === null ? null : new Warning('danger', $problem, [
                Text::_(self::PREFIX . 'BUTTON_SERVER') => Pages::url('server'),
            ]);
    }

    private function tasks(): ?Warning
    {
        $seen = $this->factory->siteState()->get(ScheduledTasks::SEEN);

        if (
            !$this->now->connected
            || $seen !== null && !ScheduledTasks::isLate((int) $seen, $this->shop->settings, $this->factory->clock)
        ) {
            return null;
        }

        return new Warning(
            'warning',
            $seen === null
                ? Text::_(self::PREFIX . 'TASKS_NEVER_ALERT')
                : Text::sprintf(self::PREFIX . 'TASKS_LATE_ALERT', LocalTime::unix((int) $seen)),
            [Text::_(self::PREFIX . 'TASKS') => self::TASKS],
        );
    }

    private function webhooks(): ?Warning
    {
        $seen = $this->now->webhookSeen;

        return (
            !$this->shop->settings->webhooks
            || $this->now->isWithoutEvents()
            || $seen === null
            || !Endpoint::isSilent($seen, $this->factory->clock)
                ? null
                : new Warning(
                    'warning',
                    Text::sprintf(self::PREFIX . 'WEBHOOKS_SILENT_ALERT', LocalTime::unix($seen)),
                    [Text::_(self::PREFIX . 'BUTTON_SETTINGS') => SettingsForm::url($this->factory->sql())],
                )
        );
    }
}
