<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Shop\Support\Platform;

/** What a command has used since it began. */
final readonly class RunCosts
{
    private function __construct(
        private Connection $connection,
        private int $requests,
        private float $began,
    ) {
    }

    public static function measure(Connection $connection): self
    {
        return new self($connection, $connection->requests(), Platform::monotonic());
    }

    /** @return array{requests: int, seconds: float, peak_memory_bytes: int} */
    public function data(): array
    {
        return [
            // A helper that follows one that was killed counts from zero.
            'requests'          => max(0, $this->connection->requests() - $this->requests),
            'seconds'           => round(Platform::monotonic() - $this->began, 3),
            'peak_memory_bytes' => self::peakMemory(),
        ];
    }

    /** Memory of the whole process: PHP's own counter does not include the extension's. */
    public static function peakMemory(): int
    {
        $usage = Platform::has('getrusage') ? getrusage() : [];

        return max(
            Platform::has('memory_get_peak_usage') ? memory_get_peak_usage(true) : 0,
            ($usage['ru_maxrss'] ?? 0) * (PHP_OS_FAMILY === 'Darwin' ? 1 : 1024),
        );
    }
}
