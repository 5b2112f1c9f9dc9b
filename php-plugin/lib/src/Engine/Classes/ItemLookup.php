<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;

/** The result of {@see Catalog::lookUp()}. */
final readonly class ItemLookup
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
        return Handle::call($this, 'deleted', []);
    }

    /** The items that still exist. */
    public function page(): Page
    {
        return Handle::wrap(Page::class, Handle::call($this, 'page', []), $this);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
