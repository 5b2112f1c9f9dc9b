<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** The two databases that every query supports. */
enum Dialect: string
{
    case MySql  = 'mysql';
    case Sqlite = 'sqlite';

    /**
     * The database server's clock in milliseconds since 1970: the one clock that all web nodes share. It does not use
     * the session's time zone, in which an hour occurs twice when daylight saving time ends.
     */
    public function milliseconds(): string
    {
        return $this === self::MySql
            ? "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000"
            : "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
    }

    /**
     * Ends a SELECT whose rows must not change before the transaction ends. SQLite needs nothing: its transactions
     * start as writers, and there is only one writer.
     */
    public function lockRows(): string
    {
        return $this === self::MySql ? ' FOR UPDATE' : '';
    }

    /**
     * Whether a column contains one of some words between two texts. MySQL would read it again for each LIKE, which
     * takes a minute for hundreds of words in tens of thousands of rows.
     *
     * @param non-empty-list<string> $words Of letters, digits and underscores
     * @param string                 $before Like the text after the word, without a character that means something in
     *   regular expressions
     *
     * @return array{string, list<string>} Condition and its values
     */
    public function containsOneOf(string $column, array $words, string $before, string $after): array
    {
        return (
            $this === self::MySql
                ? ["$column REGEXP ?", [$before . '(' . implode('|', $words) . ')' . $after]]
                : [
                    implode(' OR ', array_fill(0, \count($words), LikePattern::condition($column))),
                    array_map(static fn (string $word): string => LikePattern::containing(
                        $before . $word . $after,
                    ), $words),
                ]
        );
    }
}
