<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Links\VanishedItem;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\WorkKind;

/**
 * State of the connection, the catalog and the sales, from the shop's database only. It causes no request to Clover.
 */
final readonly class DashboardStatus
{
    public function __construct(
        public string $environment,
        public bool $connected,
        public ?string $merchantId,
        /** Null while Clover has not shown it. */
        public ?string $merchantName,
        /** Why the owner must connect again; null while the connection works. */
        public ?Message $reconnectReason,
        /**
         * Unix seconds of Clover's first refusal to renew the connection, while a second one would end it; else null.
         */
        public ?int $refusedAt,
        /** Unix seconds from when the refresh is tried again after that; else null. */
        public ?int $nextTryAt,
        public bool $tokenEndsSoon,
        /** What the connection is made with; null without one. */
        public ?Credential $credential,
        /** Unix seconds; null for an API token, which does not expire. */
        public ?int $accessExpiresAt,
        /** Unix seconds. */
        public ?int $refreshExpiresAt,
        public bool $siteMoved,
        /** Linked products without an error. */
        public int $products,
        public int $errors,
        public int $pending,
        public int $conflicts,
        public int $deleted,
        /** Items that were imported before. */
        public int $leftOut,
        /** UTC as text of a column; null before the first. */
        public ?string $lastSync,
        /**
         * @var ?array{now: SyncRunRow, expected: ?int, heartbeat_age: int, active: bool, vanished: list<VanishedItem>,
         *   gone: int} The run that is open; active: a process is working on it; vanished: the first of the items that
         *   it asks about; gone: how many they are
         */
        public ?array $run,
        /** Why the newest run failed; null when it did not. */
        public ?Message $lastFailure,
        /**
         * @var ?array{later: int, uncertain: int, dead: int, corrections: int} Web sales on their way to Clover; null
         *   before the first connection
         */
        public ?array $sales,
        /** Whether web sales could be sent now. */
        public bool $hasDue,
        /** @var list<Pause> Kinds of work that are paused */
        public array $paused,
        /**
         * @var array{count: int, titles: list<string>} Published products that are linked in the sandbox and not in
         *   this environment, and the first titles
         */
        public array $sandboxProducts,
        /**
         * @var list<array{code: string, at: int}> Verification codes for the webhook, oldest first; not each need be
         *   Clover's
         */
        public array $webhookCodes,
        /** Unix seconds of the last webhook event. */
        public ?int $webhookSeen,
        /** How Clover's prices and the shop's differ in tax; null when they do not. */
        public ?Message $taxWarning,
        /** The merchant's currency, as far as it is known. */
        public ?string $currency,
        public bool $hasDefaultCategory,
        /**
         * @var array{per_second: int, concurrent: int, learned: bool} Clover's limits for the token; learned: it
         *   named smaller ones than it documents
         */
        public array $rateLimit,
        /** @var list<CautiousProduct> Published products that should not be sold on the web as they are */
        public array $cautious,
        /** @var list<string> Fields of items that Clover does not show to this app, for lack of a permission */
        public array $withheld,
        /** Items that are in the shop because Clover does not say whether they are sold online. */
        public int $onlineUnknown,
        /** @var list<Message> What Clover does not do with orders that are sent */
        public array $orderNotices,
        /** Products that Clover and the shop tax differently. */
        public int $taxMismatches,
    ) {
    }

    /** Whether Clover sends no events: it sends them to apps, and an API token belongs to none. */
    public function isWithoutEvents(): bool
    {
        return $this->credential === Credential::Merchant;
    }

    public function isPaused(WorkKind $kind): bool
    {
        return array_filter($this->paused, static fn (Pause $pause): bool => $pause->kind === $kind) !== [];
    }
}
