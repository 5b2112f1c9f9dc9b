<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;

/** Ctrl-C ends the sync after the page that is being written; a second one ends it at once. */
final class Interrupt
{
    private bool $stop = false;

    public static function listen(): self
    {
        $interrupt = new self();

        if (!Platform::has('pcntl_async_signals') || !Platform::has('pcntl_signal')) {
            return $interrupt;
        }

        pcntl_async_signals(true);

        foreach ([SIGINT, SIGTERM] as $signal) {
            pcntl_signal($signal, static function (int $signal) use ($interrupt): void {
                $interrupt->stop = true;
                pcntl_signal($signal, SIG_DFL);
            });
        }

        return $interrupt;
    }

    public function isAsked(): bool
    {
        return $this->stop;
    }
}
