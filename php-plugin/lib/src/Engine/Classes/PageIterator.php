<?php

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;

/**
 * Pages of the merchant's items, by id. They go through once.
 *
 * @implements \Iterator<int, Page>
 */
final readonly class PageIterator implements \Iterator
{
    private function __construct()
    {
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }

    public function current(): ?Page
    {
        return $this->begin()['page'];
    }

    public function key(): int
    {
        return self::positions()[$this]['key'] ?? 0;
    }

    public function next(): void
    {
        $key = $this->begin()['key'] + 1;
        // A caller that catches what this throws and goes on gets the page that was not read.
        unset(self::positions()[$this]);
        $this->read($key);
    }

    public function rewind(): void
    {
        if ($this->key() > 0) {
            throw new \LogicException('pages go through once: ask the catalog for new ones');
        }

        $this->begin();
    }

    public function valid(): bool
    {
        return $this->begin()['page'] !== null;
    }

    /** @return \WeakMap<self, array{page: ?Page, key: int}> Without those that have not begun */
    private static function positions(): \WeakMap
    {
        static $positions = new \WeakMap();

        return $positions;
    }

    /** @return array{page: ?Page, key: int} */
    private function begin(): array
    {
        Handle::requireOwner($this);

        return self::positions()[$this] ?? $this->read(0);
    }

    /** @return array{page: ?Page, key: int} */
    private function read(int $key): array
    {
        $made = Handle::call($this, 'next', []);

        return self::positions()[$this] = [
            'page' => $made === null ? null : Handle::wrap(Page::class, $made, $this),
            'key'  => $key,
        ];
    }
}
