<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use CloverSync\ProblemCode;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Tests\Support\Files;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Codes of messages, their data and their texts in every language. */
final class MessagesTest extends TestCase
{
    private const ROOT = __DIR__ . '/../..';

    private const LANGUAGES = self::ROOT . '/php-plugin/lib/language';

    private const SOURCES = ['php-plugin', 'cli', 'dev/shop'];

    /** Keys of the file that are not messages: the library's own name. */
    private const OTHERS = '/^LIB_CLOVERSYNC(_DESC)?$/';

    /** @return iterable<string, array{string}> */
    public static function languages(): iterable
    {
        foreach (Files::matching(self::LANGUAGES . '/*/lib_cloversync.ini') as $path) {
            yield basename(\dirname($path)) => [$path];
        }
    }

    #[DataProvider('languages')]
    #[TestDox('Every code has a text in $_dataName, and no text is without a code')]
    public function test_keys(string $path): void
    {
        $texts = self::texts($path);
        $keys  = array_map(Formatter::key(...), [...MessageCode::cases(), ...ProblemCode::cases()]);
        $ones  = array_map(static fn (string $key): string => "{$key}_1", $keys);

        self::assertGreaterThan(200, \count($texts));
        self::assertSame([], array_values(array_diff($keys, array_keys($texts))), 'Codes without a text');
        self::assertSame([], array_values(array_diff(array_keys($texts), $keys, $ones)), 'Texts without a code');
    }

    #[DataProvider('languages')]
    #[TestDox('The placeholders of each text in $_dataName are the data of its message')]
    public function test_placeholders(string $path): void
    {
        self::assertSame([], self::misfits(self::texts($path), self::uses()));
    }

    #[TestDox('Library and core have no code in common')]
    public function test_codes_differ(): void
    {
        self::assertSame(
            [],
            array_intersect(array_column(MessageCode::cases(), 'value'), array_column(ProblemCode::cases(), 'value')),
        );
    }

    #[TestDox('Every code of the library is used, with literal data')]
    public function test_uses(): void
    {
        $uses   = self::uses();
        $unused = array_filter(
            MessageCode::cases(),
            static fn (MessageCode $code): bool => !isset($uses->data["MessageCode::$code->name"]),
        );

        self::assertSame(
            [
                'php-plugin/lib/src/Messages/Message.php: $problem->code',
                'php-plugin/lib/src/Messages/Message.php: $known',
            ],
            $uses->unreadable,
            'Only a stored code',
        );
        self::assertSame([], array_column($unused, 'value'));
    }

    #[TestDox('Misfits are found')]
    public function test_planted(): void
    {
        $texts = [
            'LIB_CLOVERSYNC_SAID'            => '{text}, {more}',
            'LIB_CLOVERSYNC_VARIANT_LEFT'    => 'Left',
            'LIB_CLOVERSYNC_PRODUCT_DELETED' => '{name}: {outcome}',
        ];
        $uses = new MessageUses([
            'a.php' => '<?php new Message(MessageCode::Said, ["text" => f($a, [1, 2])]);
                new Message($a ? MessageCode::VariantLeft : MessageCode::ProductDeleted, ["outcome" => 2, "name" => 1],
                );
                new Message(MessageCode::VariantLeft, details: $x);',
            'b.php' => '<?php new Message($code); new Message(MessageCode::Said, $data);
                new Message(MessageCode::Said, ["text" => 1, ...$more]);',
        ]);

        self::assertSame(
            [
                'variant_left has  and gets name, outcome',
                'said has more, text and gets text',
            ],
            self::misfits($texts, $uses),
        );
        self::assertSame(['b.php: $code', 'b.php: MessageCode::Said', 'b.php: MessageCode::Said'], $uses->unreadable);
    }

    private static function uses(): MessageUses
    {
        $files = [];

        foreach (self::SOURCES as $folder) {
            foreach (SourceFile::texts(self::ROOT . "/$folder", 'php') as $path => $source) {
                $files["$folder/$path"] = $source;
            }
        }

        return new MessageUses($files);
    }

    /**
     * @param array<string, string> $texts By key
     *
     * @return list<string>
     */
    private static function misfits(array $texts, MessageUses $uses): array
    {
        $found = [];

        foreach ([...MessageCode::cases(), ...ProblemCode::cases()] as $code) {
            $name = substr((string) strrchr('\\' . $code::class, '\\'), 1) . "::$code->name";
            $key  = Formatter::key($code);
            $all  = self::placeholders($texts[$key] ?? '');
            $one  = self::placeholders($texts["{$key}_1"] ?? '');

            foreach ($uses->data[$name] ?? [] as $data) {
                if ($data !== $all) {
                    $found[] = "$code->value has " . implode(', ', $all) . ' and gets ' . implode(', ', $data);
                }
            }

            // The form for one may write the number as a word.
            if (
                isset($texts["{$key}_1"])
                && (!\in_array('count', $all, true) || array_diff($all, $one, ['count']) !== [])
            ) {
                $found[] = "$code->value differs for one";
            }
        }

        return array_values(array_unique($found));
    }

    /** @return list<string> */
    private static function placeholders(string $text): array
    {
        preg_match_all('/\{(\w+)\}/', $text, $names);
        $found = array_values(array_unique($names[1]));
        sort($found);

        return $found;
    }

    /** @return array<string, string> By key */
    private static function texts(string $path): array
    {
        preg_match_all('/^([A-Z0-9_]+)="(.*)"$/m', Files::read($path), $lines);

        return array_filter(
            array_combine($lines[1], $lines[2]),
            static fn (string $key): bool => preg_match(self::OTHERS, $key) !== 1,
            ARRAY_FILTER_USE_KEY,
        );
    }
}
