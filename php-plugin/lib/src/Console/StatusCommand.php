<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\Shop\Catalog\OnlineUnknown;
use CloverSync\Shop\Catalog\WithheldFields;
use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Shop\Support\UtcTime;

/** `status` shows the connection and what is linked. */
final readonly class StatusCommand implements Command
{
    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Show the connection and what is linked.');
    }

    public function run(Options $options): ExitCode
    {
        $now = $this->host->shop()->dashboard()->read();
        $this->print($now);
        $this->warn($now);
        $this->console->done(StatusData::of($now, $this->console->words));

        return ExitCode::Done;
    }

    private function print(DashboardStatus $now): void
    {
        $reason = StatusData::reconnectReason($now, $this->console->words);
        $this->console->line(match (true) {
            $now->connected => "Connected to merchant {$now->merchantId} ({$now->environment}).",
            $reason !== null => "Not connected. $reason To connect, use {$this->console->command('connect')}.",
            default => "Not connected ({$now->environment}). To connect, use {$this->console->command('connect')}.",
        });
        $this->console->line(
            $now->credential === Credential::Merchant
                ? 'API token of the merchant: it does not expire, and Clover sends no webhook events to it.'
                : 'Access token until: ' . (StatusData::time($now->accessExpiresAt) ?? '-'),
        );
        $this->console->line('Last sync:          ' . (UtcTime::iso($now->lastSync) ?? 'never'));
        $this->console->line(\sprintf(
            'Products: %d   errors: %d   pending: %d   conflicts: %d   deleted: %d   left out: %d',
            $now->products,
            $now->errors,
            $now->pending,
            $now->conflicts,
            $now->deleted,
            $now->leftOut,
        ));
        $this->console->line(\sprintf(
            'Rate limit: %d requests a second, %d at once (%s)',
            $now->rateLimit['per_second'],
            $now->rateLimit['concurrent'],
            $now->rateLimit['learned'] ? 'named by Clover' : 'as Clover documents',
        ));

        if ($now->sales !== null) {
            $this->console->line(\sprintf(
                'Web sales: %d on their way to Clover, %d uncertain, %d dead',
                $now->sales['later'],
                $now->sales['uncertain'],
                $now->sales['dead'],
            ));
        }
    }

    private function warn(DashboardStatus $now): void
    {
        PauseLines::warn($this->console, $now->paused);

        if ($now->refusedAt !== null) {
            $this->console->warning(CommandRunner::refused($this->console, $now->refusedAt, (int) $now->nextTryAt));
        } elseif ($now->tokenEndsSoon) {
            $this->console->warning(
                'The access token is about to expire, or has expired; the next call to Clover refreshes it. A '
                . 'scheduled refresh every 15 to 25 minutes keeps it fresh.',
            );
        }

        if ($now->withheld !== []) {
            $this->console->warning($this->console->words->text(WithheldFields::message($now->withheld)));
        }

        if (($online = OnlineUnknown::message($now->onlineUnknown)) !== null) {
            $this->console->warning($this->console->words->text($online));
        }

        foreach ($now->orderNotices as $notice) {
            $this->console->warning($this->console->words->text($notice));
        }

        if ($now->sandboxProducts['count'] > 0) {
            $this->console->warning(\sprintf(
                '%d products from the sandbox are still published (%s …): sync, link those with an SKU that Clover '
                . 'has here with %s, and unpublish the others.',
                $now->sandboxProducts['count'],
                implode(', ', $now->sandboxProducts['titles']),
                $this->console->command('conflicts --relink-all'),
            ));
        }

        if ($now->siteMoved) {
            $this->console->warning(
                'The connection belongs to another shop than this one: move it here, or disconnect this copy (use '
                . "{$this->console->command('connect --move', 'disconnect')}).",
            );
        }
    }
}
