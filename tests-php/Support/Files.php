<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** Files that a test needs: what cannot be read or made is an error. */
final class Files
{
    public static function read(string $path): string
    {
        $text = file_get_contents($path);

        return \is_string($text) ? $text : throw new \RuntimeException("$path cannot be read.");
    }

    /** @return list<string> Paths that match a pattern, sorted */
    public static function matching(string $pattern): array
    {
        $paths = glob($pattern);

        return \is_array($paths) ? $paths : throw new \RuntimeException("$pattern cannot be read.");
    }

    /** @return non-empty-string The path of a new, empty file */
    public static function temporary(string $name, ?string $folder = null): string
    {
        $path = tempnam($folder ?? sys_get_temp_dir(), "cloversync-$name-");

        return \is_string($path) && $path !== '' ? $path : throw new \RuntimeException('No file can be made.');
    }
}
