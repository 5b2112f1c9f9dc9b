<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** Every single measurement, for target/bench/results.json. */
final class Measurements
{
    /** @var array<string, mixed> */
    public array $values = [];

    public function add(string $name, mixed $value): void
    {
        $this->values[$name] = $value;
    }
}
