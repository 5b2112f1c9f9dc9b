<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Catalog\MediaFolder;

/** A folder for pictures in memory. */
final class TestMedia implements MediaFolder
{
    /** @var array<string, string> Contents by path */
    public array $files = [];

    public bool $isWritable = true;

    public function has(string $path): bool
    {
        return isset($this->files[$path]);
    }

    public function store(string $content, string $extension): ?string
    {
        if (!$this->isWritable) {
            return null;
        }

        $path               = 'images/clover/' . hash('sha256', $content) . ".$extension";
        $this->files[$path] = $content;

        return $path;
    }
}
