<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\TokenStore;

/** Tokens of one process. */
final class MemoryTokenStore implements TokenStore
{
    public ?string $record = null;

    public int $writes = 0;

    public function read(): ?string
    {
        return $this->record;
    }

    public function write(string $record): void
    {
        $this->record = $record;
        $this->writes++;
    }

    public function delete(): void
    {
        $this->record = null;
    }

    public function lock(): bool
    {
        return true;
    }

    public function unlock(): void
    {
    }
}
