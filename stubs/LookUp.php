<?php

declare(strict_types=1);

namespace CloverSync;

/** Clover's own word on single items. */
final class LookUp
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
