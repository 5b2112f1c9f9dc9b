<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Shop\Support\UtcTime;

/** The state of the connection and of the links for programs: `status --json` and Joomla's web services. */
final class StatusData
{
    /** @return array<string, scalar|array|null> */
    public static function of(DashboardStatus $now, Formatter $words): array
    {
        return [
            'connected'        => $now->connected,
            'environment'      => $now->environment,
            'merchant_id'      => $now->merchantId,
            'token_expires_at' => self::time($now->accessExpiresAt),
            'last_sync'        => UtcTime::iso($now->lastSync),
            'products'         => $now->products,
            'errors'           => $now->errors,
            'pending'          => $now->pending,
            'conflicts'        => $now->conflicts,
            'deleted'          => $now->deleted,
            'left_out'         => $now->leftOut,
            'sales'            => $now->sales,
            'paused'           => PauseLines::data($words, $now->paused),
            'site_moved'       => $now->siteMoved,
            'reconnect_reason' => self::reconnectReason($now, $words),
            'refused_at'       => self::time($now->refusedAt),
            'next_try_at'      => self::time($now->nextTryAt),
            'token_ends_soon'  => $now->tokenEndsSoon,
            'credential'       => $now->credential?->value,
            'engine'           => Engine::current()->value,
            'rate_limit'       => $now->rateLimit,
            'withheld'         => $now->withheld,
            'online_unknown'   => $now->onlineUnknown,
            'order_notices'    => array_map($words->text(...), $now->orderNotices),
            'sandbox_products' => $now->sandboxProducts['count'],
        ];
    }

    /** Why the owner has to connect again; null when nothing asks for it. */
    public static function reconnectReason(DashboardStatus $now, Formatter $words): ?string
    {
        return $now->reconnectReason === null ? null : $words->text($now->reconnectReason);
    }

    /** @return ?string UTC, ISO 8601 */
    public static function time(?int $unix): ?string
    {
        return $unix === null ? null : UtcTime::iso(UtcTime::sql($unix));
    }
}
