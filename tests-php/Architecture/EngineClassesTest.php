<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Program;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** The classes over the helper program are what scripts/engine-classes.php writes from stubs/. */
final class EngineClassesTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    #[TestDox('The classes over the helper are those of stubs/')]
    public function test_written(): void
    {
        $check = [PHP_BINARY, '-n', self::ROOT . '/scripts/engine-classes.php', '--check'];
        self::assertSame([0, ''], Program::run($check));
    }

    #[TestDox('There is no class without a stub')]
    public function test_no_others(): void
    {
        $names = static function (string $folder): array {
            $found = [];

            foreach (['', '/Exception'] as $under) {
                foreach (Files::matching(self::ROOT . "/$folder$under/*.php") as $path) {
                    $found[] = "$under/" . basename($path);
                }
            }

            return $found;
        };
        self::assertSame($names('stubs'), $names('php-plugin/lib/src/Engine/Classes'));
    }
}
