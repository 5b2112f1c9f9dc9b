<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Engine\Engine;
use PHPUnit\Framework\Assert;

/** What runs the core in the PHP of this run, and in the PHPs that it starts: the extension or the helper. */
final class PhpEngine
{
    private const MISSING =
        'Neither the extension is loaded (-d extension=…/libcloversync.so) nor is there a helper '
            . '(CLOVERSYNC_ENGINE=helper, CLOVERSYNC_HELPER=…/clover-helper).';

    /** Skips the test where neither is there. */
    public static function require(): void
    {
        if (!self::isThere()) {
            Assert::markTestSkipped(self::MISSING);
        }
    }

    public static function isThere(): bool
    {
        return self::isHelper() ? Engine::programs() !== [] : \extension_loaded('cloversync');
    }

    public static function isHelper(): bool
    {
        return Engine::current() === Engine::Helper;
    }

    /** @return list<string> Options for another PHP. The helper is named in the environment */
    public static function options(): array
    {
        if (self::isHelper()) {
            return [];
        }

        $named = getenv('CLOVERSYNC_EXTENSION');

        if ($named === false || $named === '') {
            Assert::markTestSkipped('CLOVERSYNC_EXTENSION does not name the extension, so no second PHP can load it.');
        }

        return ['-d', "extension=$named"];
    }

    /** @return array<string, string> What a program needs that does not get the whole environment */
    public static function environment(): array
    {
        $names = ['CLOVERSYNC_EXTENSION', 'CLOVERSYNC_ENGINE', 'CLOVERSYNC_HELPER'];

        return array_filter(
            array_combine($names, array_map(static fn (string $name): string => (string) getenv($name), $names)),
            static fn (string $value): bool => $value !== '',
        );
    }
}
