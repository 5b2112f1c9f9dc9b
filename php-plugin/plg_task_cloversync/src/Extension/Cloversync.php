<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_task_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Task\Cloversync\Extension;

\defined('_JEXEC') or die();

use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Shop\Alerts\Alerts;
use CloverSync\Shop\Alerts\MailReport;
use CloverSync\Shop\Alerts\Standstill;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\QueryMonitor;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\SearchIndex;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Joomla\SiteMailer;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Tasks\TaskReport;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\Component\Scheduler\Administrator\Event\ExecuteTaskEvent;
use Joomla\Component\Scheduler\Administrator\Task\Status;
use Joomla\Component\Scheduler\Administrator\Traits\TaskPluginTrait;
use Joomla\Database\DatabaseAwareTrait;
use Joomla\Event\SubscriberInterface;

/** Registers the scheduled tasks of the Clover POS Integration with Joomla's scheduler. */
final class Cloversync extends CMSPlugin implements SubscriberInterface
{
    use DatabaseAwareTrait;
    use TaskPluginTrait;

    private const TASKS_MAP = [
        'cloversync.fullSync'     => [
            'langConstPrefix' => 'PLG_TASK_CLOVERSYNC_FULL_SYNC',
            'method'          => 'fullSync',
        ],
        'cloversync.refreshToken' => [
            'langConstPrefix' => 'PLG_TASK_CLOVERSYNC_REFRESH_TOKEN',
            'method'          => 'refreshToken',
        ],
        'cloversync.inventory'    => [
            'langConstPrefix' => 'PLG_TASK_CLOVERSYNC_INVENTORY',
            'method'          => 'inventory',
        ],
    ];

    /** Seconds of a slice; the web server's worker is busy meanwhile, and the server ends slow scripts. */
    private const SECONDS     = 60.0;
    private const SECONDS_WEB = 25.0;

    /** Seconds a slice for Smart Search. */
    private const SECONDS_SEARCH = 5.0;

    /** Facts that need the owner's attention. */
    private const WARNINGS = [
        'connection_lost',
        'connection_refused',
        'site_moved',
        'needs_confirmation',
        'not_due_after_failure',
        'sales_waiting',
        'stock_paused',
        'orders_paused',
        'payments_paused',
        'catalog_paused',
    ];

    protected $autoloadLanguage = true;

    public static function getSubscribedEvents(): array
    {
        return [
            'onTaskOptionsList' => 'advertiseRoutines',
            'onExecuteTask'     => 'standardRoutineHandler',
        ];
    }

    // Joomla calls these three by their names in TASKS_MAP.

    public function fullSync(ExecuteTaskEvent $event): int
    {
        return $this->carryOut(static fn (ScheduledTasks $routines): TaskReport => $routines->fullSync());
    }

    public function refreshToken(ExecuteTaskEvent $event): int
    {
        return $this->carryOut(static fn (ScheduledTasks $routines): TaskReport => $routines->refreshToken());
    }

    public function inventory(ExecuteTaskEvent $event): int
    {
        return $this->carryOut(static fn (ScheduledTasks $routines): TaskReport => $routines->inventory());
    }

    /**
     * Errors become a status and a sentence, because the scheduler handles exceptions badly.
     *
     * @param \Closure(ScheduledTasks): TaskReport $routine
     */
    private function carryOut(\Closure $routine): int
    {
        $factory = ShopFactory::enabled($this->app(), $this->getDatabase());

        if ($factory === null) {
            $this->tell(Text::_('PLG_TASK_CLOVERSYNC_APP_DISABLED'));

            return Status::OK;
        }

        $resume = QueryMonitor::pause($this->getDatabase());

        try {
            try {
                $shop = $this->shop($factory);
            } catch (ExtensionException|SettingsException|VaultException $e) {
                $this->mail(fn (): MailReport => $this->standstill($factory, $e));

                throw $e;
            }

            try {
                $report = $routine(new ScheduledTasks($shop, $this->seconds()));
                $this->index($report, $shop);
            } finally {
                $this->mail(fn (): MailReport => $this->alerts($factory, $shop));
            }

            return $this->report($report);
        } catch (\Throwable $e) {
            $this->tell(ErrorPresenter::of($e)['message'], 'error');

            return Status::KNOCKOUT;
        } finally {
            $resume();
        }
    }

    /** @throws \Throwable when the shop services cannot be built */
    private function shop(ShopFactory $factory): Services
    {
        $factory->siteState()->set(ScheduledTasks::SEEN, (string) $factory->clock->now());

        if ($this->app()->isClient('cli')) {
            $factory->requirements()->remember();
        } else {
            Platform::allowSeconds(120);
        }

        if (!Requirements::isMet()) {
            throw new ExtensionException((string) Requirements::problem());
        }

        return $factory->shop();
    }

    /** Length of a slice. */
    private function seconds(): float
    {
        return $this->app()->isClient('cli') ? self::SECONDS : self::SECONDS_WEB;
    }

    private function index(TaskReport $report, Services $shop): void
    {
        try {
            $left = SearchIndex::update($this->app(), $shop, new TimeBudget(self::SECONDS_SEARCH));
        } catch (\Throwable $e) {
            $report->failed('search', $e);

            return;
        }

        $report->setCount('search_later', $left);
        // The command line leaves the queue to web requests.
        $report->leaves('search', $left > 0 && !$this->app()->isClient('cli'));
    }

    private function alerts(ShopFactory $factory, Services $shop): MailReport
    {
        return (new Alerts(
            $shop,
            Schedule::read($factory->sql(), $factory->siteState()),
            $this->mailer($factory),
            LocalTime::siteZone($this->app()),
        ))->look();
    }

    private function standstill(ShopFactory $factory, \Throwable $why): MailReport
    {
        return (new Standstill(
            $factory->state(),
            new SyncLog($factory->sql(), $factory->environment(), $factory->clock),
            $factory->clock,
            $this->mailer($factory),
        ))->mail(Message::said(ErrorPresenter::of($why)['message']), $factory->alertAddresses());
    }

    private function mailer(ShopFactory $factory): SiteMailer
    {
        return new SiteMailer($this->app(), $factory->sql(), $factory->state());
    }

    /**
     * After the work, whatever became of it. A mail that fails does not make the task fail.
     *
     * @param \Closure(): MailReport $send
     */
    private function mail(\Closure $send): void
    {
        try {
            $mails = $send();
        } catch (\Throwable $e) {
            $this->tell(ErrorPresenter::of($e)['message'], 'warning');

            return;
        }

        $words = SiteLocale::formatter();

        if ($mails->sent > 0) {
            $this->tell(Text::sprintf('PLG_TASK_CLOVERSYNC_SAYS_MAILS_SENT', $words->value($mails->sent)));
        }

        if ($mails->failure !== null) {
            $this->tell(
                Text::sprintf('PLG_TASK_CLOVERSYNC_SAYS_MAIL_FAILED', $words->text($mails->failure)),
                'warning',
            );
        }
    }

    private function report(TaskReport $result): int
    {
        if ($result->shopChanged) {
            ShopCache::clean($this->app());
        }

        $words = SiteLocale::formatter();

        foreach ($result->facts as $fact => $values) {
            $this->tell(
                Text::sprintf(
                    'PLG_TASK_CLOVERSYNC_SAYS_' . strtoupper($fact),
                    ...array_map($words->value(...), $values),
                ),
                \in_array($fact, self::WARNINGS, true) ? 'warning' : 'info',
            );
        }

        foreach ($result->failures() as $failure) {
            $this->tell(ErrorPresenter::of($failure)['message'], 'error');
        }

        return match (true) {
            // Other failures are retried with the next slice, and count then.
            $result->outcome() === TaskReport::MORE => Status::WILL_RESUME,
            $result->failures() !== [] => Status::KNOCKOUT,
            default => Status::OK,
        };
    }

    private function app(): CMSApplicationInterface
    {
        return $this->getApplication() ?? throw new \LogicException('The plugin was given no application.');
    }

    private function tell(string $sentence, string $priority = 'info'): void
    {
        $this->logTask($sentence, $priority);
        $this->snapshot['output'] = ltrim((string) ($this->snapshot['output'] ?? '') . "\n" . $sentence);
    }
}
