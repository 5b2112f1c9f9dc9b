<?php

declare(strict_types=1);

namespace CloverSync;

/** What Clover answers about single items. */
final class ItemLookup
{
    private function __construct()
    {
    }

    /**
     * Ids that Clover does not have any more.
     *
     * @return list<string>
     */
    public function deleted(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** The items that Clover still has. */
    public function page(): Page
    {
        throw new \LogicException('provided by the extension');
    }
}
