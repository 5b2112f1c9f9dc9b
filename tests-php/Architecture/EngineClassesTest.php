<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** The classes over the helper program are what scripts/engine-classes.php writes from stubs/. */
final class EngineClassesTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    #[TestDox('The classes over the helper are those of stubs/')]
    public function test_written(): void
    {
        $pipes   = [];
        $process = proc_open(
            [PHP_BINARY, '-n', self::ROOT . '/scripts/engine-classes.php', '--check'],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes,
        );
        self::assertIsResource($process);
        self::assertArrayHasKey(1, $pipes);
        $said = stream_get_contents($pipes[1]);
        self::assertSame([0, ''], [proc_close($process), $said]);
    }

    #[TestDox('There is no class without a stub')]
    public function test_no_others(): void
    {
        $names = static function (string $folder): array {
            $found = [];

            foreach (['', '/Exception'] as $under) {
                foreach (glob(self::ROOT . "/$folder$under/*.php") ?: [] as $path) {
                    $found[] = "$under/" . basename($path);
                }
            }

            return $found;
        };
        self::assertSame($names('stubs'), $names('php-plugin/lib/src/Engine/Classes'));
    }
}
