<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** How long a line of PHP may be, and where the library may leave a type open. */
final class LayoutTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    /** Folders with PHP. */
    private const FOLDERS = ['benches', 'cli', 'dev', 'php-plugin', 'scripts', 'stubs', 'tests-php'];

    /** Characters. */
    private const COLUMNS = 120;

    /** Lines of the library with the type `mixed`. */
    private const MIXED = 20;

    #[TestDox('No line of PHP is longer than 120 characters')]
    public function test_lines(): void
    {
        $sources = self::sources(self::FOLDERS);
        self::assertGreaterThan(300, \count($sources));
        self::assertSame([], self::longLines($sources));
    }

    #[TestDox('The library names a type; the few lines with mixed say why')]
    public function test_mixed(): void
    {
        $sources = self::sources(['php-plugin/lib']);
        self::assertGreaterThan(100, \count($sources));
        self::assertSame([], self::mixedWithoutReason($sources));
        self::assertLessThanOrEqual(self::MIXED, \count(self::mixed($sources)), implode("\n", self::mixed($sources)));
    }

    /**
     * @return iterable<string, array{\Closure(array<string, string>): list<string>, string, list<string>}> Rule, code,
     *   what is found
     */
    public static function planted(): iterable
    {
        $long = str_repeat('é', self::COLUMNS);
        yield 'a line of 120 characters' => [self::longLines(...), "<?php\n\$a = 1;\n$long", []];
        yield 'a line of 121 characters' => [self::longLines(...), "<?php\n\$a = 1;\n{$long}e", ['A.php:3: 121']];
        yield 'mixed of a parameter' => [
            self::mixedWithoutReason(...),
            "<?php\nfunction f(mixed \$a): int {}",
            ['A.php:2'],
        ];
        yield 'mixed of a result' => [self::mixedWithoutReason(...), "<?php\n\nfunction f(): mixed {}", ['A.php:3']];
        yield 'mixed in a docblock' => [
            self::mixedWithoutReason(...),
            "<?php\n/** @return array<string, mixed> */\nfunction f(): array {}",
            ['A.php:2'],
        ];
        yield 'a reason on the line' => [
            self::mixedWithoutReason(...),
            "<?php\nfunction f(mixed \$a) {} // mixed: JSON",
            [],
        ];
        yield 'a reason above' => [
            self::mixedWithoutReason(...),
            "<?php\n// mixed: decoded JSON\nfunction f(mixed \$a) {}",
            [],
        ];
        yield 'a reason in the docblock' => [
            self::mixedWithoutReason(...),
            "<?php\n/**\n * mixed: decoded JSON\n *\n * @param list<mixed> \$a\n */\nfunction f(mixed \$a) {}",
            [],
        ];
        yield 'a reason of another function' => [
            self::mixedWithoutReason(...),
            "<?php\n// mixed: decoded JSON\nfunction f(mixed \$a) {}\nfunction g(mixed \$a) {}",
            ['A.php:4'],
        ];
        yield 'the word in a text' => [self::mixedWithoutReason(...), "<?php\n\$a = 'mixed'; // a mixed group", []];
    }

    /**
     * @param \Closure(array<string, string>): list<string> $rule
     * @param list<string>                                  $found
     */
    #[DataProvider('planted')]
    #[TestDox('What is planted is found: $_dataName')]
    public function test_planted(\Closure $rule, string $code, array $found): void
    {
        self::assertSame($found, $rule(['A.php' => $code]));
    }

    /**
     * @param list<string> $folders
     *
     * @return array<string, string> Text by path
     */
    private static function sources(array $folders): array
    {
        $sources = [];

        foreach ($folders as $folder) {
            foreach (SourceFile::texts(self::ROOT . "/$folder", 'php') as $path => $text) {
                // A program writes these.
                if (!str_contains("$folder/$path", '/Engine/Classes/')) {
                    $sources["$folder/$path"] = $text;
                }
            }
        }

        ksort($sources);

        return $sources;
    }

    /**
     * @param array<string, string> $sources
     *
     * @return list<string>
     */
    private static function longLines(array $sources): array
    {
        $found = [];

        foreach ($sources as $path => $text) {
            foreach (explode("\n", $text) as $i => $line) {
                if (mb_strlen($line) > self::COLUMNS) {
                    $found[] = \sprintf('%s:%d: %d', $path, $i + 1, mb_strlen($line));
                }
            }
        }

        return $found;
    }

    /**
     * @param array<string, string> $sources
     *
     * @return list<string> Places of the type `mixed`, in code or in a docblock
     */
    private static function mixed(array $sources): array
    {
        return array_merge(...array_map(self::places(...), array_keys($sources), $sources));
    }

    /**
     * @param array<string, string> $sources
     *
     * @return list<string> Those whose own line and the comment above do not say "mixed: why"
     */
    private static function mixedWithoutReason(array $sources): array
    {
        return array_values(array_filter(self::mixed($sources), static function (string $place) use ($sources): bool {
            [$path, $line] = explode(':', $place);
            $lines = explode("\n", $sources[$path]);
            $at    = (int) $line - 1;
            $said  = $lines[$at];

            // The docblock that the line is in or below, or the comment above it.
            for ($i = $at - 1; $i >= 0 && preg_match('#^\s*(/\*\*|\*|//)#', $lines[$i]) === 1; $i--) {
                $said .= "\n" . $lines[$i];
            }

            return preg_match('/\bmixed: \w+/', $said) !== 1;
        }));
    }

    /** @return list<string> */
    private static function places(string $path, string $text): array
    {
        $lines = [];

        foreach (\PhpToken::tokenize($text) as $token) {
            if ($token->is(T_STRING) && strtolower($token->text) === 'mixed') {
                $lines[$token->line] = true;
            } elseif ($token->is(T_DOC_COMMENT)) {
                foreach (explode("\n", $token->text) as $i => $line) {
                    if (preg_match('/@(param|return|var|template)\b[^$]*\bmixed\b(?!:)/', $line) === 1) {
                        $lines[$token->line + $i] = true;
                    }
                }
            }
        }

        return array_map(static fn (int $line): string => "$path:$line", array_keys($lines));
    }
}
