<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\TokenStore;

/** A token store that runs a callback before its calls. */
final readonly class InterruptedTokenStore implements TokenStore
{
    /** @param \Closure(string): void $before Receives the method's name */
    public function __construct(
        private TokenStore $inner,
        private \Closure $before,
    ) {
    }

    public function read(): ?string
    {
        ($this->before)('read');

        return $this->inner->read();
    }

    public function write(#[\SensitiveParameter] string $record): void
    {
        ($this->before)('write');
        $this->inner->write($record);
    }

    public function delete(): void
    {
        ($this->before)('delete');
        $this->inner->delete();
    }

    public function lock(): bool
    {
        ($this->before)('lock');

        return $this->inner->lock();
    }

    public function unlock(): void
    {
        ($this->before)('unlock');
        $this->inner->unlock();
    }
}
