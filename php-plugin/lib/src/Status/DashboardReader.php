<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Credential;
use CloverSync\Environment;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\CatalogWriter;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\OnlineUnknown;
use CloverSync\Shop\Catalog\SandboxProducts;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Catalog\WithheldFields;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\VanishedItem;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\Pauses;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Webhooks\Endpoint;
use CloverSync\Shop\Webhooks\VerificationCodes;

/** Reads the dashboard's facts from the shop's database. Sends no request to Clover. */
final readonly class DashboardReader
{
    /** Seconds; an access token lasts thirty minutes. */
    private const TOKEN_WARNING = 300;

    /** Products of the sandbox that are named. */
    private const TITLES = 5;

    /** Vanished items that are named. */
    private const VANISHED = 25;

    public function __construct(
        private Sql $sql,
        private Connection $connection,
        private SiteGuard $guard,
        private MerchantProfile $merchant,
        private KeyValueStore $state,
        private Settings $settings,
        private Pauses $pauses,
        private VerificationCodes $codes,
        private Lock $syncLock,
        /** Null before the first connection. */
        private ?Links $links,
        /** Null before the first connection. */
        private ?Sales $sales,
        private Clock $clock,
    ) {
    }

    public function read(): DashboardStatus
    {
        $status = $this->connection->status();
        $facts  = $this->merchant->remembered();
        $counts = $this->links?->counts();
        $runs   = $this->runs();
        $latest = $runs?->latest();
        $seen   = $this->state->get(Endpoint::LAST_SEEN);
        $worker = $this->sales?->worker();

        return new DashboardStatus(
            $status->environment->value,
            $status->connected,
            $status->merchantId,
            $facts !== null && $facts->id === $status->merchantId ? $facts->name : null,
            $status->reconnectReason === null ? null : Message::ofProblem($status->reconnectReason),
            $status->refusedAt,
            $status->nextTryAt,
            // A scheduled refresh should have renewed it.
            $status->connected
            && $status->credential === Credential::App
            && (($status->accessExpiresAt ?? 0) - $this->clock->now()) < self::TOKEN_WARNING,
            $status->credential,
            $status->accessExpiresAt,
            $status->refreshExpiresAt,
            $this->guard->isMoved(),
            $counts['products'] ?? 0,
            $counts['errors'] ?? 0,
            $counts['pending'] ?? 0,
            $counts['conflicts'] ?? 0,
            $counts['deleted'] ?? 0,
            $counts['left_out'] ?? 0,
            $this->state->get('last_sync'),
            $this->run($runs?->open()),
            $latest !== null && $latest->status === RunStatus::Failed ? $latest->message : null,
            $worker === null ? null : self::sales($worker->waiting()),
            $status->connected && !$this->guard->isMoved() && $worker?->hasDue() === true,
            $this->pauses->all(),
            $this->sandboxProducts(),
            $this->codes->all(),
            $seen === null ? null : (int) $seen,
            Message::readNullable($this->state->get('tax_warning')),
            $this->merchant->currency(),
            $this->hasDefaultCategory(),
            DatabaseRateLimiter::limits($this->sql, $status->environment->value),
            $this->links === null ? [] : array_values((new CautiousProducts($this->sql, $this->links))->published()),
            $status->connected ? (new WithheldFields($this->state))->all() : [],
            $status->connected && $this->settings->importOnlineOnly ? (new OnlineUnknown($this->state))->count() : 0,
            $status->connected ? $this->sales?->notices->all() ?? [] : [],
            $this->links === null ? 0 : (new TaxMismatches($this->sql, $this->links, $this->settings))->count(),
        );
    }

    /** The newest run, finished or not; null before the first. */
    public function latestRun(): ?SyncRunRow
    {
        return $this->runs()?->latest();
    }

    /** Number of items that a sync will read, for its progress; null before the first sync has ended. */
    public function expectedItems(): ?int
    {
        return $this->state->get('last_sync') === null ? null : $this->links?->countLinked();
    }

    /** Whether there is a category for products without a category in Clover. */
    public function hasDefaultCategory(): bool
    {
        return CatalogWriter::isCategory($this->sql, $this->settings->defaultCategory);
    }

    private function runs(): ?SyncRuns
    {
        return $this->links === null
            ? null
            : new SyncRuns($this->sql, $this->links->environment, $this->links->merchant, $this->clock);
    }

    /**
     * @return ?array{now: SyncRunRow, expected: ?int, heartbeat_age: int, active: bool, vanished: list<VanishedItem>,
     *   gone: int}
     */
    private function run(?SyncRunRow $open): ?array
    {
        $asks    = $open?->status === RunStatus::NeedsConfirmation;
        $leftOut = $open?->message?->code === MessageCode::ManyLeftOut;

        return (
            $open === null
                ? null
                : [
                    'now'           => $open,
                    'expected'      => $this->expectedItems(),
                    'heartbeat_age' => max(0, $this->clock->now() - $open->heartbeat),
                    'active'        => $open->status === RunStatus::Running && $this->syncLock->isTaken(),
                    'vanished'      => $asks ? $this->links?->vanished($open->id, self::VANISHED, $leftOut) ?? [] : [],
                    'gone'          => $asks ? $this->links?->countUnseen($open->id, $leftOut) ?? 0 : 0,
                ]
        );
    }

    /** @return array{later: int, uncertain: int, dead: int, corrections: int} */
    private static function sales(WorkReport $waiting): array
    {
        return [
            'later'       => $waiting->later,
            'uncertain'   => $waiting->uncertain,
            'dead'        => $waiting->dead,
            'corrections' => $waiting->corrections,
        ];
    }

    /** @return array{count: int, titles: list<string>} */
    private function sandboxProducts(): array
    {
        return (
            $this->links === null || $this->links->environment === Environment::Sandbox->value
                ? ['count' => 0, 'titles' => []]
                : (new SandboxProducts($this->sql, $this->links))->published(self::TITLES)
        );
    }
}
