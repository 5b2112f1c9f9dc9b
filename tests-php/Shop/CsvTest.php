<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Support\Csv;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Lines for spreadsheets. */
#[Group('once')]
final class CsvTest extends TestCase
{
    /** @return iterable<string, array{string, string}> A cell and what the file has */
    public static function cells(): iterable
    {
        yield 'a text' => ['Mug', 'Mug'];
        yield 'nothing' => ['', ''];
        yield 'a separator' => ['Mug, blue', '"Mug, blue"'];
        yield 'quotes' => ['12" plate', '"12"" plate"'];
        yield 'several lines' => ["one\ntwo", "\"one\ntwo\""];
        yield 'spaces at the ends' => [' Mug ', '" Mug "'];
        yield 'a formula' => ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'];
        yield 'a plus' => ['+1+cmd', "'+1+cmd"];
        yield 'a minus' => ['-2+3', "'-2+3"];
        yield 'an at sign' => ['@SUM(A1)', "'@SUM(A1)"];
        yield 'a tab' => ["\t=1", "\"'\t=1\""];
        yield 'a formula after spaces' => ['  =1', "'  =1"];
        yield 'a wide equals sign' => ['＝1', "'＝1"];
        yield 'a negative number' => ['-3', '-3'];
        yield 'a decimal number' => ['-3.5', '-3.5'];
        yield 'a number and a line break' => ["-3\n", "\"'-3\n\""];
        yield 'a dash between words' => ['a-b', 'a-b'];
        yield 'broken UTF-8' => ["M\xFFg", 'M?g'];
    }

    #[DataProvider('cells')]
    #[TestDox('No cell is a formula, and each is one cell: $_dataName')]
    public function test_cells(string $cell, string $written): void
    {
        self::assertSame("$written\r\n", (new Csv())->line([$cell]));
    }

    #[TestDox('The separator is quoted, whichever it is')]
    public function test_separator(): void
    {
        self::assertSame("a,b;\"c;d\"\r\n", str_replace("'", '', (new Csv(';'))->line(['a,b', 'c;d'])));
        self::assertSame("\"a,b\",c;d\r\n", (new Csv())->line(['a,b', 'c;d']));
    }

    #[TestDox('PHP’s own reader finds the cells again')]
    public function test_reader(): void
    {
        $cells = ['Mug, blue', "12\" plate\nof clay", '', 'Ü'];
        self::assertSame($cells, str_getcsv(rtrim((new Csv())->line($cells), "\r\n"), ',', '"', ''));
    }
}
