<?php

declare(strict_types=1);

namespace CloverSync\Shop\RateLimit;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\JsonObject;

/** A limit that Clover named below the documented one. All times are milliseconds. */
final readonly class LearnedLimit
{
    public function __construct(
        public int $limit,
        /** When the documented limit is in force again. */
        public int $until,
        /** Before that, the limit is lower by one for each of these. */
        public int $step,
    ) {
    }

    /** @param int $ahead How far the clock that wrote it ran ahead */
    public static function read(JsonObject $stored, int $ahead): ?self
    {
        $step = $stored->int('step');

        return $step > 0 ? new self($stored->int('limit'), $stored->int('until') - $ahead, $step) : null;
    }

    public function at(int $now, int $documented): int
    {
        $steps = intdiv(max(0, $this->until - $now) + $this->step - 1, $this->step);

        return max(1, $this->limit, $documented - $steps);
    }
}
