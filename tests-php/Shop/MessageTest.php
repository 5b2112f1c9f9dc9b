<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Messages\Digits;
use CloverSync\Shop\Messages\EnglishLocale;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Locale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Time;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Messages: stored as a code with data, and read in a language. */
final class MessageTest extends TestCase
{
    #[TestDox('A message is the same after it was stored')]
    public function test_stored(): void
    {
        $message = new Message(
            MessageCode::ProductDeleted,
            [
                'name'    => "“Bücher” {outcome} \u{1F600}",
                'count'   => 3,
                'at'      => new Time(1_764_530_000),
                'before'  => new Number('-1.500'),
                'names'   => ['a', 'b'],
                'outcome' => new Message(MessageCode::DeleteLeft, details: 'inner'),
                'reasons' => [Message::said('one'), Message::said('two')],
                'none'    => [],
            ],
            'GET /v3/x, status 503',
        );

        self::assertEquals($message, Message::read($message->json()));
        self::assertEquals(
            new Message(MessageCode::DeleteLeft),
            Message::readNullable((new Message(MessageCode::DeleteLeft))->json()),
        );
    }

    #[TestDox('A text that an older version stored is shown as it is, and so is an unknown code')]
    public function test_old_rows(): void
    {
        foreach (['', 'Imported “Mug”', '{"code":', '{"code":"of_a_later_version"}', '{"a":1}', '[]', "\xff"] as $old) {
            self::assertEquals(Message::said($old), Message::read($old));
        }

        self::assertNull(Message::readNullable(null));
        self::assertNull(Message::readNullable(''));
    }

    #[TestDox('Whatever its data, a stored message is valid JSON that fits its column')]
    public function test_bounds(): void
    {
        $long    = str_repeat("\u{1F600}", 70_000);
        $message = new Message(
            MessageCode::Said,
            ['text' => $long, 'odd' => "\xff\xfe", 'many' => array_fill(0, 100, Message::said($long))],
            $long,
        );
        $json = $message->json();

        self::assertLessThan(65_535, \strlen($json));
        self::assertSame(MessageCode::Said, Message::read($json)->code);
        self::assertNotSame($json, Message::read($json)->data['text']);
    }

    #[TestDox('A text gets its values once: braces in a value stay')]
    public function test_values(): void
    {
        self::assertSame('“{outcome}” was deleted in Clover: moved to the trash', EnglishLocale::formatter()->text(
            new Message(MessageCode::ProductDeleted, [
                'name'    => '{outcome}',
                'outcome' => new Message(MessageCode::DeleteTrashed),
            ]),
        ));
    }

    #[TestDox('Numbers, times and lists are written as the reader\'s language does')]
    public function test_formats(): void
    {
        $words = new Formatter($this->german(['LIB_CLOVERSYNC_SAID' => '{text}']));
        $said  = $words->value(...);

        self::assertSame('1.234.567', $said(1_234_567));
        self::assertSame('-1.234,50', $said(new Number('-1234.50')));
        self::assertSame('Uhr 7', $said(new Time(7)));
        self::assertSame('1234567', $said('1234567'), 'An id is not a number.');
        self::assertSame('a, b', $said(['a', 'b']));
        self::assertSame('a, b', $said([Message::said('a'), Message::said('b')]));
        self::assertSame('a: 1; b', $said([Message::said('a: 1'), Message::said('b')]));
    }

    #[TestDox('The number named count decides between the forms of a text, and a language may lack forms')]
    public function test_plurals(): void
    {
        $words = new Formatter($this->german([
            'LIB_CLOVERSYNC_SAID'   => '{count} Artikel',
            'LIB_CLOVERSYNC_SAID_1' => 'Ein Artikel',
        ]));
        $say = static fn (Message $message): string => $words->text($message);

        self::assertSame('Ein Artikel', $say(new Message(MessageCode::Said, ['count' => 1])));
        self::assertSame('0 Artikel', $say(new Message(MessageCode::Said, ['count' => 0])));
        self::assertSame('1.000 Artikel', $say(new Message(MessageCode::Said, ['count' => 1_000])));
        self::assertSame('delete_left', $say(new Message(MessageCode::DeleteLeft)), 'A text is missing.');
    }

    #[TestDox('Details stand apart from the text, once each, with those of the messages inside')]
    public function test_details(): void
    {
        $inner   = new Message(MessageCode::DeleteTrashed, details: 'GET /v3/y');
        $message = new Message(
            MessageCode::ProductDeleted,
            ['name' => 'Mug', 'outcome' => $inner, 'again' => [$inner]],
            'GET /v3/x',
        );
        $words = EnglishLocale::formatter();

        self::assertSame('“Mug” was deleted in Clover: moved to the trash', $words->text($message));
        self::assertSame("GET /v3/x\nGET /v3/y", $words->details($message));
        self::assertSame(
            "“Mug” was deleted in Clover: moved to the trash\ndetails: GET /v3/x\n  GET /v3/y",
            $words->withDetails($message),
        );
        self::assertStringContainsString("\nDétails: GET /v3/x\n", $words->withDetails($message, 'Détails'));
        self::assertSame('Mug', $words->withDetails(Message::said('Mug')));
    }

    #[TestDox('A search in the reader\'s language finds the codes whose text contains it')]
    public function test_search(): void
    {
        self::assertSame(['delete_trashed'], EnglishLocale::formatter()->codesWith('THE TRASH'));
        self::assertSame([], EnglishLocale::formatter()->codesWith('in den Papierkorb'));
    }

    #[TestDox('What is not a number is not grouped')]
    public function test_digits(): void
    {
        foreach (['0' => '0', '999' => '999', '1000' => '1.000', '12.5' => '12,5', '1e5' => '1e5'] as $in => $out) {
            self::assertSame($out, Digits::grouped((string) $in, ',', '.'));
        }
    }

    /** @param array<string, string> $texts By key */
    private function german(array $texts): Locale
    {
        return new readonly class($texts) implements Locale {
            /** @param array<string, string> $texts */
            public function __construct(
                private array $texts,
            ) {
            }

            public function text(string $key): ?string
            {
                return $this->texts[$key] ?? null;
            }

            public function pluralSuffixes(int $count): array
            {
                return $count === 1 ? ['1', 'ONE'] : [(string) $count, 'OTHER'];
            }

            public function number(string $digits): string
            {
                return Digits::grouped($digits, ',', '.');
            }

            public function time(int $unix): string
            {
                return "Uhr $unix";
            }
        };
    }
}
