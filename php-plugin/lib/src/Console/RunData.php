<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Support\UtcTime;

/** Where a sync run stands, for programs: `sync --json` and Joomla's web services. */
final class RunData
{
    /** @return array<string, scalar> */
    public static function of(SyncRunRow $run): array
    {
        return (
            self::counts(
                $run->imported,
                $run->updated,
                $run->unchanged,
                $run->deleted,
                $run->failed,
                $run->conflicts,
                $run->productRows,
            ) + ['requests' => $run->requests, 'seconds' => round($run->seconds, 3)]
        );
    }

    /** @return array<string, scalar|null> Also where it stands, and why it has stopped or what the owner is asked */
    public static function state(SyncRunRow $run, Formatter $words): array
    {
        return (
            self::of($run)
            + [
                'status'    => $run->status->value,
                'phase'     => $run->phase->value,
                'items'     => $run->itemsRead,
                'started'   => UtcTime::iso(UtcTime::sql($run->started)),
                'heartbeat' => UtcTime::iso(UtcTime::sql($run->heartbeat)),
                'message'   => $run->message === null ? null : $words->text($run->message),
            ]
        );
    }

    /** @return array<string, int> */
    public static function counts(
        int $imported,
        int $updated,
        int $unchanged,
        int $deleted,
        int $failed,
        int $conflicts,
        int $rows,
    ): array {
        return [
            'imported'             => $imported,
            'updated'              => $updated,
            'unchanged'            => $unchanged,
            'deleted'              => $deleted,
            'failed'               => $failed,
            'conflicts'            => $conflicts,
            'product_rows_written' => $rows,
        ];
    }
}
