<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\Program;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

#[Group('module')]
final class StubsTest extends TestCase
{
    #[TestDox('the stubs agree with the loaded extension about every class')]
    public function testStubsMatchTheExtension(): void
    {
        $describe = \dirname(__DIR__) . '/Support/describe-classes.php';
        $stubs    = self::describe([PHP_BINARY, '-n', $describe, \dirname(__DIR__, 2) . '/stubs']);
        $loaded   = self::describe([PHP_BINARY, '-n', '-d', 'extension=' . self::extension(), $describe]);

        self::assertGreaterThan(20, \count($loaded));
        self::assertSame(array_keys($stubs), array_keys($loaded));

        // Each by itself: the difference of two long lists hides what differs.
        foreach ($stubs as $name => $stub) {
            self::assertSame($stub, $loaded[$name] ?? null, $name);
        }
    }

    #[TestDox('a stub cannot be used in place of the extension: every body throws')]
    public function testStubBodiesThrow(): void
    {
        foreach (Files::matching(\dirname(__DIR__, 2) . '/stubs/*.php') as $file) {
            $found   = [];
            $code    = (string) file_get_contents($file);
            $methods = preg_match_all('/function (?!__construct\(\)\n)\w+\([^;{]*\{/', $code, $found);
            $bodies  = substr_count($code, "throw new \\LogicException('provided by the extension');");

            self::assertSame($methods, $bodies, $file);
        }
    }

    /**
     * @param non-empty-list<string> $command
     *
     * @return array<string, mixed>
     */
    private static function describe(array $command): array
    {
        $program = Program::start($command);
        $output  = $program->rest();

        self::assertSame(0, $program->end(), $program->errors());

        return Json::decode($output);
    }

    private static function extension(): string
    {
        $path = getenv('CLOVERSYNC_EXTENSION');

        self::assertNotFalse($path, 'CLOVERSYNC_EXTENSION must name the extension under test');

        return $path;
    }
}
