<?php

declare(strict_types=1);

namespace CloverSync\Shop\RateLimit;

\defined('_JEXEC') or die();

use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\JsonObject;

/** A process in a {@see PermitTable}. */
final readonly class PermitProcess
{
    private function __construct(
        public string $node,
        public int $pid,
        public int $started,
        /** Percentage of the limits that its node may use. */
        public int $share,
        /** Permits. */
        public int $held,
        /** Permits with a request in flight when it last asked. */
        public int $busy,
        /** When its permits or its wait end without another call. */
        public int $until,
        /** When it began to wait, or 0. */
        public int $since,
    ) {
    }

    public static function create(ProcessIdentity $process, int $share): self
    {
        return new self($process->node, $process->pid, $process->started, $share, 0, 0, 0, 0);
    }

    public static function read(JsonObject $stored): self
    {
        return new self(
            $stored->string('node'),
            $stored->int('pid'),
            $stored->int('started'),
            $stored->int('share'),
            $stored->int('held'),
            $stored->int('busy'),
            $stored->int('until'),
            $stored->int('since'),
        );
    }

    public function with(?int $held = null, ?int $busy = null, ?int $until = null, ?int $since = null): self
    {
        return new self(
            $this->node,
            $this->pid,
            $this->started,
            $this->share,
            $held ?? $this->held,
            $busy ?? $this->busy,
            $until ?? $this->until,
            $since ?? $this->since,
        );
    }

    public function isDead(ProcessIdentity $here): bool
    {
        return $here->isDead($this->node, $this->pid, $this->started);
    }
}
