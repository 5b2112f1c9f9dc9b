<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncProgress;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Lanes;
use CloverSync\Shop\Services;
use CloverSync\Shop\Webhooks\Endpoint;

/**
 * How the connection, the catalogue and the sales stand, from what the shop's database holds; Clover is asked nothing.
 */
final readonly class DashboardStatus
{
    private function __construct(
        public string $environment,
        public bool $connected,
        public ?string $merchantId,
        /** As far as Clover has told. */
        public ?string $merchantName,
        /** Why the owner must connect again; null while the connection is sound. */
        public ?string $reconnectReason,
        /** Unix seconds of Clover's first refusal to renew the connection, while a second one may end it; else null. */
        public ?int $refusedAt,
        /** Unix seconds from when Clover is asked again after that; else null. */
        public ?int $nextTryAt,
        public bool $tokenEndsSoon,
        /** Unix seconds. */
        public ?int $accessExpiresAt,
        /** Unix seconds. */
        public ?int $refreshExpiresAt,
        public bool $siteMoved,
        /** Products linked and well. */
        public int $products,
        public int $errors,
        public int $pending,
        public int $conflicts,
        public int $deleted,
        /** Column text, UTC; null before the first. */
        public ?string $lastSync,
        /**
         * @var ?array{now: SyncProgress, expected: ?int, heartbeat_age: int, active: bool} The run that is open;
         *   active: somebody is at it
         */
        public ?array $run,
        /** Why the newest run stopped for good; null when it did not. */
        public ?string $lastFailure,
        /**
         * @var ?array{later: int, uncertain: int, dead: int} Web sales on their way to Clover; null before the first
         *   connection
         */
        public ?array $sales,
        /** @var ?array{since: int, reason: string} Why nothing is sent to Clover at present */
        public ?array $paused,
        /**
         * @var list<array{code: string, at: int}> Verification codes for the webhook, oldest first; not each need be
         *   Clover's
         */
        public array $webhookCodes,
        /** Unix seconds of the last webhook event. */
        public ?int $webhookSeen,
        /** In which way Clover's prices and the shop's disagree about tax; null when they do not. */
        public ?string $taxWarning,
        /** The merchant's, as far as it is known. */
        public ?string $currency,
        public bool $hasDefaultCategory,
        /**
         * @var array{per_second: int, concurrent: int, learned: bool} Clover's limits for the token; learned: it
         *   named smaller ones than it documents
         */
        public array $rateLimit,
    ) {
    }

    public static function of(Services $shop): self
    {
        $status   = $shop->connection->status();
        $merchant = $shop->merchantId();
        $known    = $merchant !== null;
        $facts    = $shop->merchant->remembered();
        $counts   = $known
            ? $shop->mappings()->counts()
            : ['products' => 0, 'errors' => 0, 'pending' => 0, 'conflicts' => 0, 'deleted' => 0];
        $runs   = $known ? new SyncRuns($shop->sql, $status->environment, $merchant, $shop->clock) : null;
        $latest = $shop->latestRun();

        return new self(
            $status->environment,
            $status->connected,
            $status->merchantId,
            $facts?->id === $status->merchantId ? $facts?->name : null,
            $status->reconnectReason,
            $status->refusedAt,
            $status->nextTryAt,
            $shop->tokenEndsSoon(),
            $status->accessExpiresAt,
            $status->refreshExpiresAt,
            $shop->guard->isMoved(),
            $counts['products'],
            $counts['errors'],
            $counts['pending'],
            $counts['conflicts'],
            $counts['deleted'],
            $shop->state->get('last_sync'),
            self::run($shop, $runs?->open()),
            $latest !== null && $latest->status === RunStatus::Failed ? (string) $latest->message : null,
            $known ? self::sales($shop) : null,
            $shop->circuitBreaker()->read(),
            $shop->verificationCodes()->all(),
            ($seen = $shop->state->get(Endpoint::LAST_SEEN)) === null ? null : (int) $seen,
            $shop->state->get('tax_warning') ?: null,
            $shop->merchant->currency(),
            $shop->hasDefaultCategory(),
            Lanes::limits($shop->sql, $status->environment),
        );
    }

    /** @return ?array{now: SyncProgress, expected: ?int, heartbeat_age: int, active: bool} */
    private static function run(Services $shop, ?SyncRunRow $open): ?array
    {
        return (
            $open === null
                ? null
                : [
                    'now'           => SyncProgress::of($open),
                    'expected'      => $shop->expectedItems(),
                    'heartbeat_age' => max(0, $shop->clock->now() - $open->heartbeat),
                    'active'        => $open->status === RunStatus::Running && $shop->syncLock()->isTaken(),
                ]
        );
    }

    /** @return array{later: int, uncertain: int, dead: int} */
    private static function sales(Services $shop): array
    {
        $waiting = $shop->sales()->worker()->waiting();

        return ['later' => $waiting->later, 'uncertain' => $waiting->uncertain, 'dead' => $waiting->dead];
    }
}
