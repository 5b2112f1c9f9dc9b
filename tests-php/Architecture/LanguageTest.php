<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use CloverSync\Tests\Support\Files;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/**
 * The plugins' language keys: used keys are defined, defined keys are used, and placeholders get their values. Each
 * language has what en-GB has.
 */
final class LanguageTest extends TestCase
{
    private const PLUGIN    = __DIR__ . '/../../php-plugin';
    private const SOURCE    = 'en-GB';
    private const LANGUAGES = ['de-DE', self::SOURCE, 'en-US', 'es-ES', 'fr-CA', 'fr-FR', 'nl-NL', 'pt-BR'];
    private const MESSAGES  = 'lib/language/en-GB/lib_cloversync.ini';
    private const STUBS     = __DIR__ . '/../../stubs';

    /** @return iterable<string, array{string}> */
    public static function languages(): iterable
    {
        foreach (self::LANGUAGES as $language) {
            yield $language => [$language];
        }
    }

    #[DataProvider('languages')]
    #[TestDox('In $_dataName, a key is defined once a file, with the same text in both files of a plugin')]
    public function test_files(string $language): void
    {
        $found = [];
        $texts = [];

        foreach (self::files('ini') as $path => $text) {
            if (!str_contains($path, "/$language/")) {
                continue;
            }

            $lines = [];
            $odd   = [];
            preg_match_all('/^([A-Z0-9_]+)="(.*)"$/m', $text, $lines, PREG_SET_ORDER);
            $keys  = array_column($lines, 1);
            $found = [...$found, ...array_unique(array_diff_assoc($keys, array_unique($keys)))];

            foreach ($lines as [, $key, $value]) {
                if (($texts[$key] ??= $value) !== $value) {
                    $found[] = "$key in $path";
                }
            }

            preg_match_all('/^(?!;|[A-Z0-9_]+=".*"$).+$/m', $text, $odd);
            $found = [...$found, ...$odd[0]];
        }

        self::assertGreaterThan(400, \count($texts));
        self::assertSame([], $found);
    }

    #[DataProvider('languages')]
    #[TestDox('$_dataName has the files, keys, placeholders and tags of en-GB, in the same order')]
    public function test_translations(string $language): void
    {
        $shapes = [];

        foreach (self::files('ini') as $path => $text) {
            foreach ([self::SOURCE, $language] as $one) {
                if (str_contains($path, "/$one/")) {
                    $shapes[$one][str_replace("/$one/", '/', $path)] = self::shapes($text);
                }
            }
        }

        self::assertSame($shapes[self::SOURCE] ?? [], $shapes[$language] ?? []);
    }

    #[TestDox('The package installs its own texts in every language')]
    public function test_package(): void
    {
        preg_match_all(
            '#<language tag="([^"]+)">\1/pkg_cloverpos\.sys\.ini<#',
            self::files('xml')['pkg_cloverpos.xml'],
            $tags,
        );
        self::assertSame(self::LANGUAGES, $tags[1]);
        $folders = array_map(basename(...), Files::matching(self::PLUGIN . '/lib/language/*'));
        self::assertSame(self::LANGUAGES, $folders);
    }

    #[TestDox('Every key that PHP, XML and scripts use is defined in en-GB')]
    public function test_used_keys_are_defined(): void
    {
        self::assertSame([], self::words()->undefined());
    }

    #[TestDox('Every key that is defined in en-GB is used')]
    public function test_defined_keys_are_used(): void
    {
        self::assertSame([], self::words()->unused());
    }

    #[TestDox('A text has as many placeholders as it gets values')]
    public function test_placeholders(): void
    {
        $words = self::words();
        self::assertSame([], $words->misfits());
        self::assertGreaterThan(50, $words->calls(), 'Calls whose values can be counted');
    }

    #[TestDox('The page sends the texts that its scripts use')]
    public function test_scripts(): void
    {
        self::assertSame([], self::words()->unsent());
    }

    /** @return iterable<string, array{string, string, string, list<string>}> Question, file, code, answer */
    public static function planted(): iterable
    {
        $word  = 'PLG_J2COMMERCE_APP_CLOVERPOS_';
        $const = "private const PREFIX = '{$word}MAPPING_';";
        yield 'a key in full' => ['undefined', 'a.php', "Text::_('{$word}GONE');", ["a.php: {$word}GONE"]];
        yield 'a key in full that is there' => ['undefined', 'a.php', "Text::_('{$word}MAPPING_ONE');", []];
        yield 'a key after a prefix' => [
            'undefined',
            'a.php',
            "$const Text::_(self::PREFIX . 'GONE');",
            ["a.php: {$word}MAPPING_GONE"],
        ];
        yield 'one of two keys' => [
            'undefined',
            'a.php',
            "\$prefix = '$word'; Text::_(\$prefix . (\$a === [] ? 'MAPPING_ONE' : 'GONE'));",
            ["a.php: {$word}GONE"],
        ];
        yield 'a family without a key' => [
            'undefined',
            'a.php',
            "$const Text::_(self::PREFIX . 'GONE_' . strtoupper(\$a));",
            ["a.php: {$word}MAPPING_GONE_*"],
        ];
        yield 'a family' => ['undefined', 'a.php', "$const Text::_(self::PREFIX . 'STATE_' . strtoupper(\$a));", []];
        yield 'a word of a template' => [
            'undefined',
            'a.php',
            "\$word(\$a ? 'GONE' : 'MAPPING_ONE');",
            ["a.php: {$word}GONE"],
        ];
        yield 'a plural' => ['undefined', 'a.php', "$const Text::plural(self::PREFIX . 'N_THINGS', 2);", []];
        yield 'a key of a form' => ['undefined', 'a.xml', "<field label=\"{$word}GONE\"/>", ["a.xml: {$word}GONE"]];
        yield 'a key of a script' => ['undefined', 'a.js', "say(text('GONE'));", ["a.js: {$word}GONE"]];
        yield 'a key that is not sent' => ['unsent', 'a.js', "say(text('MAPPING_ONE'));", ["a.js: {$word}MAPPING_ONE"]];
        yield 'too few values' => [
            'misfits',
            'a.php',
            "$const Text::sprintf(self::PREFIX . 'TWO', f(\$a, 1));",
            ["a.php: {$word}MAPPING_TWO has 2, gets 1"],
        ];
        yield 'too many values' => [
            'misfits',
            'a.php',
            "$const Text::sprintf(self::PREFIX . 'TWO', 1, 2, [3, 4],);",
            ["a.php: {$word}MAPPING_TWO has 2, gets 3"],
        ];
        yield 'as many values' => [
            'misfits',
            'a.php',
            "$const Text::sprintf(self::PREFIX . 'TWO', f(1, 2), [3, 4]);",
            [],
        ];
        yield 'values that are not seen' => [
            'misfits',
            'a.php',
            "$const Text::sprintf(self::PREFIX . 'TWO', ...\$a);",
            [],
        ];
        yield 'no values' => [
            'misfits',
            'a.php',
            "Text::_('{$word}MAPPING_TWO');",
            ["a.php: {$word}MAPPING_TWO has 2, gets 0"],
        ];
    }

    /** @param list<string> $answer */
    #[DataProvider('planted')]
    #[TestDox('A planted violation is found: $_dataName')]
    public function test_planted(string $question, string $path, string $code, array $answer): void
    {
        $defined = [
            'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_ONE'        => 'One',
            'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_STATE_OK'   => 'Fine',
            'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_N_THINGS'   => '%d things',
            'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_N_THINGS_1' => 'One thing',
            'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_TWO'        => '%1$s of %2$d (100 %)',
        ];
        $code  = str_ends_with($path, '.php') ? "<?php $code" : $code;
        $words = new Words($defined, [$path => $code]);
        self::assertSame($answer, match ($question) {
            'undefined' => $words->undefined(),
            'misfits'   => $words->misfits(),
            'unsent'    => $words->unsent(),
            default     => self::fail("There is no question $question."),
        });
    }

    #[TestDox('An unused key is found')]
    public function test_unused_is_found(): void
    {
        $words = new Words([
            'PKG_CLOVERPOS_A'         => 'A',
            'PKG_CLOVERPOS_B_1'       => 'B',
            'PKG_CLOVERPOS_B'         => 'Bs',
            'PKG_CLOVERPOS_STATE_OK'  => 'Fine',
            'PKG_CLOVERPOS_STATE_BAD' => 'Bad',
            'PKG_CLOVERPOS_GONE'      => 'Gone',
        ], [
            'a.php' =>
                "<?php Text::_('PKG_CLOVERPOS_A'); Text::plural('PKG_CLOVERPOS_B', 1); \$prefix = 'PKG_CLOVERPOS_';"
                    . " Text::_(\$prefix . 'STATE_' . strtoupper('ok'));",
        ]);
        self::assertSame(['PKG_CLOVERPOS_STATE_BAD', 'PKG_CLOVERPOS_GONE'], $words->unused());
    }

    private static function words(): Words
    {
        $defined = [];

        // MessagesTest compares the texts of messages with their codes.
        foreach (array_diff_key(self::files('ini'), [self::MESSAGES => '']) as $path => $text) {
            if (!str_contains($path, '/' . self::SOURCE . '/')) {
                continue;
            }

            $lines = [];
            preg_match_all('/^([A-Z0-9_]+)="(.*)"$/m', $text, $lines);
            $defined += array_combine($lines[1], $lines[2]);
        }

        return new Words(
            $defined,
            [...self::files('php'), ...self::files('xml'), ...self::files('js')],
            array_values(self::files('php', self::STUBS)),
        );
    }

    /** @return array<string, list<string>> By key, the sorted placeholders and tags of its text */
    private static function shapes(string $text): array
    {
        preg_match_all('/^([A-Z0-9_]+)="(.*)"$/m', $text, $lines);

        return array_map(
            static function (string $value): array {
                preg_match_all('/%(?:\d+\$)?[sd]|\{\w+\}|<[^>]*>/', $value, $found);
                $shape = $found[0];
                sort($shape);

                return $shape;
            },
            array_combine($lines[1], $lines[2]),
        );
    }

    /** @return array<string, string> Path => text */
    private static function files(string $extension, string $folder = self::PLUGIN): array
    {
        return SourceFile::texts($folder, $extension);
    }
}
