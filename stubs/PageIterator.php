<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CloverException;

/**
 * Pages that are fetched ahead. They can be iterated once.
 *
 * @implements \Iterator<int, Page>
 */
final class PageIterator implements \Iterator
{
    private function __construct()
    {
    }

    /**
     * @return Page Null only if {@see valid()} is false
     *
     * @throws CloverException
     */
    public function current(): ?Page
    {
        throw new \LogicException('provided by the extension');
    }

    public function key(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /** @throws CloverException */
    public function next(): void
    {
        throw new \LogicException('provided by the extension');
    }

    /** @throws \LogicException when the iteration has begun */
    public function rewind(): void
    {
        throw new \LogicException('provided by the extension');
    }

    /** @throws CloverException */
    public function valid(): bool
    {
        throw new \LogicException('provided by the extension');
    }
}
