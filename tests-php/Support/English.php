<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Problem;
use CloverSync\Shop\Messages\EnglishLocale;
use CloverSync\Shop\Messages\Message;

/** What an English reader reads of a stored message. */
final class English
{
    public static function of(Message $message): string
    {
        return EnglishLocale::formatter()->text($message);
    }

    public static function problem(?Problem $problem): string
    {
        return $problem === null ? '' : self::of(Message::ofProblem($problem));
    }

    /** Text and details: all that is shown of it. */
    public static function whole(?Problem $problem): string
    {
        return $problem === null ? '' : EnglishLocale::formatter()->withDetails(Message::ofProblem($problem));
    }

    /** @param int|float|string|null $column A column with a message */
    public static function column(int|float|string|null $column): string
    {
        return self::of(Message::read((string) $column));
    }
}
