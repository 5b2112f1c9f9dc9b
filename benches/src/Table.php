<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** The table, printed row by row while the bench goes on, and whole at its end. */
final class Table
{
    private const WIDTHS = [66, 52, 18];

    /** @var list<Row> */
    public array $rows = [];

    public function add(Row $row): void
    {
        $this->rows[] = $row;
        fwrite(STDERR, self::line($row) . "\n");
    }

    public function text(): string
    {
        $head = self::columns(['what', 'figure', 'target']) . 'met';
        $rule = str_repeat('-', mb_strlen($head) + 3);

        return implode("\n", [$head, $rule, ...array_map(self::line(...), $this->rows), $rule]) . "\n";
    }

    private static function line(Row $row): string
    {
        return (
            self::columns([$row->what, $row->figure, $row->target]) . match ($row->met) {
                true  => 'yes',
                false => 'NO',
                null  => '-',
            }
        );
    }

    /** @param list<string> $texts */
    private static function columns(array $texts): string
    {
        $line = '';

        foreach ($texts as $i => $text) {
            $line .= $text . str_repeat(' ', max(2, self::WIDTHS[$i] - mb_strlen($text)));
        }

        return $line;
    }
}
