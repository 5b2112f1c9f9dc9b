<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** The site's folder for pictures from Clover. */
interface MediaFolder
{
    /** Whether a file is there that {@see store()} has returned. */
    public function has(string $path): bool;

    /**
     * Stores a picture under the hash of its content: the same content is one file.
     *
     * @param string $extension Lower-case letters
     *
     * @return ?string The path below the site; null when it cannot be written
     */
    public function store(string $content, string $extension): ?string;
}
