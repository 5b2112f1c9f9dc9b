<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** The account of the system that runs the tests: a server that it starts as root needs its name. */
final class Account
{
    public static function isRoot(): bool
    {
        return posix_geteuid() === 0;
    }

    public static function user(): string
    {
        return posix_getpwuid(posix_geteuid())['name'] ?? throw new \RuntimeException('This user has no name.');
    }

    public static function group(): string
    {
        $name = posix_getgrgid(posix_getegid())['name'] ?? null;

        return \is_string($name) ? $name : throw new \RuntimeException('This group has no name.');
    }
}
