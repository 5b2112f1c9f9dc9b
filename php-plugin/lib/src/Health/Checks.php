<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\Exception\CloverException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Catalog\WithheldFields;
use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Pauses\PauseCause;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\Backlog;
use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Shop\Status\UsedPermissions;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Webhooks\Endpoint;

/** Looks at everything that the shop's exchange with Clover depends on. Sends no request to Clover. */
final readonly class Checks
{
    /** Seconds by which the clocks of PHP and database may differ. */
    private const CLOCKS = 30;

    /** Half of an access token's life: a clock that is wrong by more takes valid tokens for expired ones. */
    private const TOKENS_BREAK = 900;

    /** Seconds that work may wait before it counts as stuck. */
    private const STUCK = 86_400;

    /**
     * @param ?Services   $shop    Null when they cannot be built
     * @param ?\Throwable $problem Why not
     */
    public function __construct(
        private Facts $facts,
        private ?Services $shop,
        private ?\Throwable $problem = null,
    ) {
    }

    /** @return list<Check> */
    public function all(): array
    {
        $checks = [$this->engine(), $this->services()];
        $shop   = $this->shop;

        if ($shop !== null) {
            $checks = [
                ...$checks,
                ...$this->connected($shop),
                $this->cron($shop),
                $this->mails($shop),
                $this->clock($shop),
            ];
        }

        return array_values(array_filter(
            [...$checks, $this->versions()],
            static fn (?Check $check): bool => $check !== null,
        ));
    }

    /** @return list<?Check> What depends on the connection */
    private function connected(Services $shop): array
    {
        try {
            $now = $shop->dashboard()->read();
        } catch (CloverException $e) {
            // The stored tokens cannot be read.
            return [new Check(CheckSubject::Access, CheckState::Red, Message::of($e))];
        }

        $troubles = new Troubles($now, $shop->settings, $shop->clock, $this->facts->schedule);

        return [
            $this->access($now, $troubles),
            ...(
                $now->connected
                    ? [
                        $this->site($shop),
                        $this->permissions($shop, $now, $troubles),
                        $this->sync($now, $troubles),
                        $this->tax($shop, $now),
                        $this->sales($now, $troubles),
                        $this->backlog($shop),
                        $this->limits($now),
                        $this->cloverClock($shop),
                    ] : []
            ),
            $this->webhook($shop, $now),
        ];
    }

    private function engine(): Check
    {
        $report  = $this->facts->engine;
        $version = (string) $report->version;

        return match (true) {
            $this->facts->engineProblem !== null => new Check(
                CheckSubject::Engine,
                CheckState::Red,
                Message::said($this->facts->engineProblem),
            ),
            $report->engine === Engine::Extension => new Check(
                CheckSubject::Engine,
                CheckState::Green,
                new Message(MessageCode::CheckExtension, ['version' => $version]),
            ),
            Engine::isChosen() => new Check(
                CheckSubject::Engine,
                CheckState::Green,
                new Message(MessageCode::CheckHelperChosen, ['version' => $version]),
            ),
            default            => new Check(
                CheckSubject::Engine,
                CheckState::Green,
                new Message(MessageCode::CheckHelper, ['version' => $version]),
            ),
        };
    }

    private function services(): ?Check
    {
        return match (true) {
            // The engine's check says it.
            $this->problem instanceof ExtensionException => null,
            $this->problem !== null => new Check(
                CheckSubject::Shop,
                CheckState::Red,
                $this->problem::class === \RuntimeException::class
                    ? Message::said($this->problem->getMessage())
                    : Message::of($this->problem),
            ),
            default => new Check(CheckSubject::Shop, CheckState::Green, new Message(MessageCode::CheckShop)),
        };
    }

    private function access(DashboardStatus $now, Troubles $troubles): Check
    {
        $lost = $troubles->disconnected();

        [$state, $message] = match (true) {
            $lost !== null => [CheckState::Red, $lost->message],
            !$now->connected => [CheckState::Red, new Message(ProblemCode::NotConnected)],
            $now->refusedAt !== null => [
                CheckState::Red,
                new Message(MessageCode::CheckRefused, [
                    'at'   => new Time($now->refusedAt),
                    'next' => new Time((int) $now->nextTryAt),
                ]),
            ],
            $now->tokenEndsSoon => [CheckState::Yellow, new Message(MessageCode::CheckTokenEnds)],
            $now->credential === Credential::Merchant => [
                CheckState::Green,
                new Message(MessageCode::CheckApiToken, [
                    'merchant'    => (string) $now->merchantId,
                    'environment' => $now->environment,
                ]),
            ],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckConnected, [
                    'merchant'    => (string) $now->merchantId,
                    'environment' => $now->environment,
                    'until'       => new Time((int) $now->accessExpiresAt),
                ]),
            ],
        };

        return new Check(CheckSubject::Access, $state, $message);
    }

    private function site(Services $shop): Check
    {
        $moved = Troubles::siteMoved($shop);

        return $moved === null
            ? new Check(CheckSubject::Site, CheckState::Green, new Message(MessageCode::CheckSite))
            : new Check(CheckSubject::Site, CheckState::Red, $moved->message);
    }

    private function permissions(Services $shop, DashboardStatus $now, Troubles $troubles): Check
    {
        $paused = self::pauses($troubles, PauseCause::Permission);
        $used   = UsedPermissions::names(
            $shop->sql,
            $shop->links(),
            $shop->merchant->remembered(),
            $now->lastSync !== null,
        );

        [$state, $message] = match (true) {
            $paused !== [] => [CheckState::Red, Message::together($paused)],
            $now->withheld !== [] => [CheckState::Yellow, WithheldFields::message($now->withheld)],
            $used === [] => [CheckState::Green, new Message(MessageCode::CheckPermissions)],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckPermissionsUsed, ['permissions' => $used]),
            ],
        };

        return new Check(CheckSubject::Permissions, $state, $message);
    }

    private function sync(DashboardStatus $now, Troubles $troubles): Check
    {
        $trouble = $troubles->sync();

        [$state, $message] = match (true) {
            $trouble !== null => [CheckState::Yellow, $trouble->message],
            $now->lastSync === null => [CheckState::Yellow, new Message(MessageCode::CheckNeverSynced)],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckSynced, ['at' => new Time(UtcTime::unix($now->lastSync))]),
            ],
        };

        return new Check(CheckSubject::Sync, $state, $message);
    }

    /** Null while tax profiles do not follow Clover's rates. */
    private function tax(Services $shop, DashboardStatus $now): ?Check
    {
        return match (true) {
            $shop->settings->taxMapping === [] => null,
            $now->taxMismatches > 0 => new Check(
                CheckSubject::Tax,
                CheckState::Yellow,
                new Message(MessageCode::CheckTaxDiffers, ['count' => $now->taxMismatches]),
            ),
            default => new Check(CheckSubject::Tax, CheckState::Green, new Message(MessageCode::CheckTax)),
        };
    }

    private function sales(DashboardStatus $now, Troubles $troubles): Check
    {
        $paused  = self::pauses($troubles, PauseCause::Refusals);
        $waiting = ($now->sales['uncertain'] ?? 0) + ($now->sales['dead'] ?? 0);

        [$state, $message] = match (true) {
            $paused !== [] => [CheckState::Red, Message::together($paused)],
            $waiting > 0 => [
                CheckState::Yellow,
                new Message(MessageCode::CheckSalesWaiting, ['count' => $waiting]),
            ],
            $now->orderNotices !== [] => [CheckState::Yellow, Message::together($now->orderNotices)],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckSales, ['count' => $now->sales['later'] ?? 0]),
            ],
        };

        return new Check(CheckSubject::Sales, $state, $message);
    }

    private function backlog(Services $shop): Check
    {
        $backlog = $shop->backlog();
        $oldest  = $backlog->oldest;
        $parts   = self::parts($backlog);

        [$state, $message] = match (true) {
            $parts === [] => [CheckState::Green, new Message(MessageCode::CheckBacklogNone)],
            $oldest === null => [CheckState::Green, new Message(MessageCode::CheckBacklog, ['parts' => $parts])],
            ScheduledTasks::isLate($oldest, $shop->settings, $shop->clock) => [
                $oldest <= ($shop->clock->now() - self::STUCK) ? CheckState::Red : CheckState::Yellow,
                new Message(MessageCode::CheckBacklogOld, ['since' => new Time($oldest), 'parts' => $parts]),
            ],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckBacklogSince, ['since' => new Time($oldest), 'parts' => $parts]),
            ],
        };

        return new Check(CheckSubject::Backlog, $state, $message);
    }

    /** @return list<Message> */
    private static function parts(Backlog $backlog): array
    {
        return array_values(array_filter(
            [
                new Message(MessageCode::BacklogEvents, ['count' => $backlog->events]),
                new Message(MessageCode::BacklogStock, ['count' => $backlog->stock]),
                new Message(MessageCode::BacklogOrders, ['count' => $backlog->orders]),
                new Message(MessageCode::BacklogInbox, ['count' => $backlog->inbox]),
                new Message(MessageCode::BacklogPostponed, ['count' => $backlog->postponed]),
            ],
            static fn (Message $part): bool => ($part->data['count'] ?? 0) !== 0,
        ));
    }

    private function limits(DashboardStatus $now): Check
    {
        $limits = $now->rateLimit;

        return new Check(
            CheckSubject::Limits,
            $limits['learned'] ? CheckState::Yellow : CheckState::Green,
            $limits['learned']
                ? new Message(MessageCode::CheckLimitsLearned, [
                    'rate'       => $limits['per_second'],
                    'concurrent' => $limits['concurrent'],
                ])
                : new Message(MessageCode::CheckLimits, [
                    'rate'       => $limits['per_second'],
                    'concurrent' => $limits['concurrent'],
                ]),
        );
    }

    private function cloverClock(Services $shop): Check
    {
        $seen    = $shop->cloverClock()->seen();
        $seconds = abs($seen['seconds'] ?? 0);
        $state   = $seconds > self::TOKENS_BREAK ? CheckState::Red : CheckState::Yellow;

        [$state, $message] = match (true) {
            $seen === null => [CheckState::Green, new Message(MessageCode::CheckCloverClockUnseen)],
            $seconds <= self::CLOCKS => [
                CheckState::Green,
                new Message(MessageCode::CheckCloverClock, ['at' => new Time($seen['at'])]),
            ],
            $seen['seconds'] > 0 => [
                $state,
                new Message(MessageCode::CheckCloverClockAhead, ['count' => $seconds, 'at' => new Time($seen['at'])]),
            ],
            default => [
                $state,
                new Message(MessageCode::CheckCloverClockBehind, ['count' => $seconds, 'at' => new Time($seen['at'])]),
            ],
        };

        return new Check(CheckSubject::CloverClock, $state, $message);
    }

    /** @return list<Message> */
    private static function pauses(Troubles $troubles, PauseCause $cause): array
    {
        return array_map(static fn (Trouble $trouble): Message => $trouble->message, $troubles->pauses($cause));
    }

    private function cron(Services $shop): Check
    {
        $schedule = $this->facts->schedule;
        $lastRun  = $schedule?->lastRun;

        [$state, $message] = match (true) {
            $schedule === null => [CheckState::Green, new Message(MessageCode::CheckTasksElsewhere)],
            $schedule->enabled === [] => [CheckState::Yellow, new Message(MessageCode::CheckTasksOff)],
            $lastRun === null => [CheckState::Yellow, new Message(MessageCode::CheckTasksNever)],
            ScheduledTasks::isLate($lastRun, $shop->settings, $shop->clock) => [
                CheckState::Yellow,
                new Message(MessageCode::CheckTasksLate, ['at' => new Time($lastRun)]),
            ],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckTasks, ['tasks' => $schedule->enabled, 'at' => new Time($lastRun)]),
            ],
        };

        return new Check(CheckSubject::Cron, $state, $message);
    }

    /** Null while mails have no address, or where Joomla sends none for us. */
    private function mails(Services $shop): ?Check
    {
        return match (true) {
            $shop->settings->alertEmail === [], $this->facts->sendsMails === null => null,
            $this->facts->sendsMails => new Check(
                CheckSubject::Mails,
                CheckState::Green,
                new Message(MessageCode::CheckMails),
            ),
            default => new Check(CheckSubject::Mails, CheckState::Yellow, new Message(MessageCode::MailOff)),
        };
    }

    private function webhook(Services $shop, DashboardStatus $now): Check
    {
        $seen    = $now->webhookSeen;
        $refused = (int) $shop->state->get(Endpoint::LAST_REFUSED);

        [$state, $message] = match (true) {
            $now->isWithoutEvents() => [CheckState::Green, new Message(MessageCode::CheckWebhookApiToken)],
            !$shop->settings->webhooks => [CheckState::Green, new Message(MessageCode::CheckWebhookOff)],
            $this->facts->hasAuthCode === false => [
                CheckState::Yellow,
                new Message(MessageCode::CheckWebhookSecret),
            ],
            $refused > (int) $seen => [
                CheckState::Yellow,
                new Message(MessageCode::CheckWebhookRefused, ['at' => new Time($refused)]),
            ],
            $seen === null && $now->webhookCodes !== [] => [
                CheckState::Yellow,
                new Message(MessageCode::CheckWebhookCode),
            ],
            $seen === null => [CheckState::Yellow, new Message(MessageCode::CheckWebhookNever)],
            Endpoint::isSilent($seen, $shop->clock) => [
                CheckState::Yellow,
                new Message(MessageCode::CheckWebhookSilent, ['at' => new Time($seen)]),
            ],
            default => [
                CheckState::Green,
                new Message(MessageCode::CheckWebhookHeard, ['at' => new Time($seen)]),
            ],
        };

        return new Check(CheckSubject::Webhook, $state, $message);
    }

    private function clock(Services $shop): Check
    {
        $seconds = abs(intdiv((new DatabaseClock($shop->sql))->now(), 1000) - $shop->clock->now());

        return (
            $seconds > self::CLOCKS
                ? new Check(CheckSubject::Clock, CheckState::Yellow, new Message(MessageCode::CheckClocksDiffer, [
                    'count' => $seconds,
                ]))
                : new Check(CheckSubject::Clock, CheckState::Green, new Message(MessageCode::CheckClocks))
        );
    }

    private function versions(): Check
    {
        $versions = [
            'CloverSync' => Engine::VERSION,
            'PHP'        => PHP_VERSION,
            ...$this->facts->versions,
        ];
        $names = array_map(
            static fn (string $name, string $version): string => "$name $version",
            array_keys($versions),
            array_values($versions),
        );

        return new Check(CheckSubject::Versions, CheckState::Green, new Message(MessageCode::CheckVersions, [
            'programs' => $names,
            'tables'   => (string) AppSchema::VERSION,
        ]));
    }
}
