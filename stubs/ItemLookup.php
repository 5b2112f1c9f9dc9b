<?php

declare(strict_types=1);

namespace CloverSync;

/** The result of {@see Catalog::lookUp()}. */
final class ItemLookup
{
    private function __construct()
    {
    }

    /**
     * Ids that no longer exist in Clover.
     *
     * @return list<string>
     */
    public function deleted(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** The items that still exist. */
    public function page(): Page
    {
        throw new \LogicException('provided by the extension');
    }
}
