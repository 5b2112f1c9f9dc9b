<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\SettingsException;
use CloverSync\Ledger;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\CatalogWriter;
use CloverSync\Shop\Catalog\J2Commerce\ProductPictures;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\Joomla\SearchQueue;
use CloverSync\Shop\Catalog\MediaFolder;
use CloverSync\Shop\Catalog\PictureImport;
use CloverSync\Shop\Catalog\Preview;
use CloverSync\Shop\Catalog\SandboxProducts;
use CloverSync\Shop\Catalog\StockOnlySync;
use CloverSync\Shop\Catalog\SyncRunner;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Connection\CloverClock;
use CloverSync\Shop\Connection\ConnectionService;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\Conflicts;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\Pauses;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\Sales\Committed;
use CloverSync\Shop\Sales\FirstConnections;
use CloverSync\Shop\Sales\OrderEvents;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Status\Backlog;
use CloverSync\Shop\Status\CautiousProducts;
use CloverSync\Shop\Status\DailyFigures;
use CloverSync\Shop\Status\DashboardReader;
use CloverSync\Shop\Status\Differences;
use CloverSync\Shop\Status\LinkList;
use CloverSync\Shop\Status\TaxMismatches;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Webhooks\Endpoint;
use CloverSync\Shop\Webhooks\Inbox;
use CloverSync\Shop\Webhooks\InboxWorker;
use CloverSync\Shop\Webhooks\VerificationCodes;
use CloverSync\Stock;
use CloverSync\Vault;
use CloverSync\Webhook;

/** Builds the shop library's services for one environment. */
final class Services
{
    public readonly Connection $connection;

    public readonly KeyValueStore $state;

    public readonly SiteGuard $guard;

    public readonly MerchantProfile $merchant;

    public readonly SyncLog $log;

    /** The rules for what a sale changes in Clover. */
    public readonly Ledger $rules;

    /**
     * @param string $site Distinguishes this site from a copy: its URL
     * @param ?callable(string, string): void $log Receives the extension's log records
     */
    public function __construct(
        public readonly Sql $sql,
        public Settings $settings,
        Vault $vault,
        string $site,
        ?callable $log = null,
        public readonly Clock $clock = new SystemClock(),
        /** For pictures of new products; null: they get none. */
        private readonly ?MediaFolder $media = null,
    ) {
        $this->rules      = new Ledger($settings);
        $environment      = $settings->environment->value;
        $this->state      = new KeyValueStore($sql, $environment, $clock);
        $this->connection = new Connection(
            $settings,
            $vault,
            new DatabaseTokenStore($sql, $environment, $clock),
            $log,
            $this->rateLimiter($sql, $environment),
        );
        $this->guard    = new SiteGuard($this->state, $site);
        $this->merchant = new MerchantProfile($this->state, $this->connection);
        $this->log      = new SyncLog($sql, $environment, $clock);
    }

    /** A share of more than 100 percent is for a simulator without limits, which needs no limiter. */
    private function rateLimiter(Sql $sql, string $environment): ?DatabaseRateLimiter
    {
        $share = $this->settings->paceShare;

        return $share > 100 ? null : new DatabaseRateLimiter($sql, $environment, $share);
    }

    /** The same services with another default category than in the settings. */
    public function withDefaultCategory(int $category): self
    {
        $other           = clone $this;
        $other->settings = $this->settings->withDefaultCategory($category);

        return $other;
    }

    /** @param ?\Closure(SyncRunRow): void $progress */
    public function runner(?\Closure $progress = null): SyncRunner
    {
        return new SyncRunner(
            $this->sql,
            $this->connection,
            $this->committed(...),
            $this->settings,
            $this->connectionService(),
            $this->state,
            $this->merchant,
            $this->log,
            $this->clock,
            $progress,
            $this->media === null
                ? null
                : new PictureImport(
                    $this->connection,
                    new ProductPictures($this->sql),
                    $this->media,
                    $this->log,
                    $this->clock,
                ),
        );
    }

    public function preview(): Preview
    {
        return new Preview(
            $this->sql,
            $this->connection,
            $this->settings,
            $this->guard,
            $this->merchant,
            $this->committed(...),
        );
    }

    /** @throws NotConnectedException before the first connection, when there cannot be a conflict */
    public function conflicts(): Conflicts
    {
        return new Conflicts($this->sql, $this->links(), $this->log, $this->syncLock());
    }

    /** @throws NotConnectedException before the first connection */
    public function links(): Links
    {
        return new Links(
            $this->sql,
            $this->settings->environment->value,
            $this->merchantId() ?? throw new NotConnectedException(),
        );
    }

    /** @param ?\Closure(\Throwable): void $failed Called when an event could not be stored */
    public function orderEvents(?\Closure $failed = null): OrderEvents
    {
        return new OrderEvents($this->sql, $this->settings->environment->value, $this->clock, $failed);
    }

    /** @throws NotConnectedException before the first connection */
    public function sales(): Sales
    {
        return new Sales(
            $this->sql,
            $this->links(),
            $this->connection,
            $this->connectionService(),
            $this->merchant,
            $this->rules,
            $this->settings,
            $this->state,
            $this->pauses(),
            $this->log,
            fn (): string => ShopConfig::read($this->sql)->currency,
            $this->clock,
        );
    }

    private function committed(Links $links): CommittedUnits
    {
        return Committed::create($this->sql, $links, $this->state, $this->rules, $this->settings, $this->clock);
    }

    /** @throws NotConnectedException before the first connection */
    public function stockOnlySync(): StockOnlySync
    {
        $links = $this->links();

        return new StockOnlySync(
            $this->sql,
            $links,
            new Stock($this->connection),
            $this->committed($links),
            $this->log,
            $this->pauses()->of(WorkKind::Catalog),
            $this->merchant->tracksStock(),
            $this->clock,
        );
    }

    /** The lock for writing the counts of the catalog. */
    public function syncLock(): Lock
    {
        return new Lock($this->sql, 'sync:' . $this->settings->environment->value, $this->clock);
    }

    /** @param bool $takesCodes Whether verification codes are accepted without a dashboard that waits for one */
    public function webhookEndpoint(bool $takesCodes = false): Endpoint
    {
        $merchant = $this->merchantId();
        $codes    = new VerificationCodes($this->state, $this->clock, $takesCodes);

        return new Endpoint(
            new Webhook($this->settings),
            $merchant === null ? null : $this->inbox(),
            $merchant,
            $codes,
            $this->state,
            $this->log,
            $this->clock,
        );
    }

    /** @throws NotConnectedException before the first connection */
    public function inbox(): Inbox
    {
        return new Inbox($this->sql, $this->links());
    }

    /**
     * @throws NotConnectedException while there is no connection
     * @throws CurrencyException     unless Clover and the shop count in the same money
     */
    public function inboxWorker(): InboxWorker
    {
        $this->guard->check();
        $links    = $this->links();
        $currency = MerchantProfile::requireCurrency(
            $this->merchant->currency(),
            ShopConfig::read($this->sql)->currency,
        );

        return new InboxWorker(
            $this->sql,
            $this->inbox(),
            $links,
            fn (): Catalog => new Catalog(
                $this->connection,
                $currency,
                $this->merchant->tracksStock(),
                $links->offline($this->settings),
            ),
            fn (): CatalogWriter => new CatalogWriter(
                $this->sql,
                $links,
                $this->committed($links),
                $this->settings,
                $this->clock,
            ),
            new SyncRuns($this->sql, $links->environment, $links->merchant, $this->clock),
            $this->log,
            $this->pauses()->of(WorkKind::Catalog),
            new Lock($this->sql, "inbox:{$links->environment}", $this->clock),
            $this->clock,
        );
    }

    /**
     * Fetches items from Clover again and writes the differences to the shop, with or without a webhook event.
     *
     * @param list<string> $cloverIds Items and groups with a link, or with a failed attempt to link them
     *
     * @return int Number of items fetched; the others wait, as after a webhook
     *
     * @throws NotConnectedException while there is no connection
     * @throws CurrencyException     unless Clover and the shop count in the same money
     */
    public function refetch(array $cloverIds, TimeBudget $budget): int
    {
        $worker = $this->inboxWorker();
        $items  = $this->links()->itemsOf($cloverIds);
        $this->inbox()->ask($items);
        // The owner asks for it.
        $worker->drain($budget, true);

        return \count($items) - $this->inbox()->countOf($items);
    }

    /**
     * Deletes the link between a product and its item or group in Clover. Product, stock ledger and log stay.
     *
     * @throws ShopException when there is no such link
     * @throws AlreadyRunningException
     */
    public function unlink(string $cloverId): void
    {
        $lock = $this->syncLock();
        $lock->requireWithin(Conflicts::PATIENCE, new Message(MessageCode::SyncRunning));

        try {
            $this->sql->transaction(function () use ($cloverId): void {
                $links = $this->links();
                $link  = $links->byCloverId([$cloverId])[$cloverId] ?? null;

                if ($link === null || !$links->unlink($cloverId)) {
                    throw new Exception\ShopException(new Message(MessageCode::LinkGone, ['item' => $cloverId]));
                }

                $this->log->add(
                    'update',
                    $link->kind,
                    $cloverId,
                    'success',
                    $link->productId === null
                        ? new Message(MessageCode::LinkDeleted, ['name' => $link->name])
                        : new Message(MessageCode::Unlinked, [
                            'name'    => $link->name,
                            'product' => $link->article->title ?? (string) $link->productId,
                        ]),
                );
            });
        } finally {
            $lock->release();
        }
    }

    /**
     * Stores how many units of a product are kept for the till. The next read of its count applies it.
     *
     * @param ?int $units Of each variant; null: those of the settings
     *
     * @throws ShopException when there is no such product, or the number is out of range
     */
    public function reserve(string $cloverId, ?int $units): void
    {
        try {
            Settings::fromArray(['stock_reserve' => $units]);
        } catch (SettingsException $e) {
            throw new ShopException(new Message(MessageCode::ReserveWrong, [
                'problem' => Message::ofProblem($e->getFields()['stock_reserve']),
            ]));
        }

        $this->sql->transaction(function () use ($cloverId, $units): void {
            $links = $this->links();

            if (!$links->reserve($cloverId, $units)) {
                throw new ShopException(new Message(MessageCode::LinkGone, ['item' => $cloverId]));
            }

            $link = $links->byCloverId([$cloverId])[$cloverId];
            $name = $link->article->title ?? $link->name;
            $this->log->add(
                'update',
                $link->kind,
                $cloverId,
                'success',
                $units === null
                    ? new Message(MessageCode::ReserveOfSettings, ['name' => $name])
                    : new Message(MessageCode::ReserveOwn, ['name' => $name, 'count' => $units]),
            );
        });
    }

    public function searchQueue(): SearchQueue
    {
        return new SearchQueue($this->sql);
    }

    /** @throws NotConnectedException before the first connection */
    public function sandboxProducts(): SandboxProducts
    {
        return new SandboxProducts($this->sql, $this->links());
    }

    public function linkList(): LinkList
    {
        return new LinkList(
            $this->sql,
            $this->links(),
            $this->differences(),
            $this->cautiousProducts(),
            $this->taxMismatches(),
        );
    }

    /** @throws NotConnectedException before the first connection */
    public function differences(): Differences
    {
        $links = $this->links();

        return new Differences($this->sql, $links, $this->committed($links), $this->rules);
    }

    /** @throws NotConnectedException before the first connection */
    public function cautiousProducts(): CautiousProducts
    {
        return new CautiousProducts($this->sql, $this->links());
    }

    /** @throws NotConnectedException before the first connection */
    public function backlog(): Backlog
    {
        return Backlog::read($this->sql, $this->links());
    }

    /** @throws NotConnectedException before the first connection */
    public function dailyFigures(): DailyFigures
    {
        return new DailyFigures($this->sql, $this->links(), $this->clock, $this->settings->logRetention);
    }

    public function taxMismatches(): TaxMismatches
    {
        return new TaxMismatches($this->sql, $this->links(), $this->settings);
    }

    public function pauses(): Pauses
    {
        return new Pauses($this->state, $this->log, $this->clock);
    }

    public function connectionService(): ConnectionService
    {
        return new ConnectionService(
            $this->connection,
            $this->guard,
            $this->merchant,
            new FirstConnections($this->sql, $this->state, $this->clock),
            function (string $merchant): void {
                $this->pauses()->end();
                (new SyncRuns(
                    $this->sql,
                    $this->settings->environment->value,
                    $merchant,
                    $this->clock,
                ))->forgetFailure();
            },
        );
    }

    /** Whether App ID and App Secret are set, which connecting needs. */
    public function hasCredentials(): bool
    {
        return $this->settings->hasCredentials();
    }

    public function cloverClock(): CloverClock
    {
        return new CloverClock($this->state, $this->clock);
    }

    public function verificationCodes(): VerificationCodes
    {
        return new VerificationCodes($this->state, $this->clock);
    }

    public function dashboard(): DashboardReader
    {
        $isKnown = $this->merchantId() !== null;

        return new DashboardReader(
            $this->sql,
            $this->connection,
            $this->guard,
            $this->merchant,
            $this->state,
            $this->settings,
            $this->pauses(),
            $this->verificationCodes(),
            $this->syncLock(),
            $isKnown ? $this->links() : null,
            $isKnown ? $this->sales() : null,
            $this->clock,
        );
    }

    /** The merchant of the connection, or of the last one; links remain after a disconnect. */
    public function merchantId(): ?string
    {
        return $this->connectionService()->merchantId();
    }
}
