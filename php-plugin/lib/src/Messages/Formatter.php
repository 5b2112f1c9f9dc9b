<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

use CloverSync\ProblemCode;

/** Puts messages into words of the reader's language. */
final readonly class Formatter
{
    /** Before the code in capitals, in the keys of the library's language file. */
    public const PREFIX = 'LIB_CLOVERSYNC_';

    /** The number of this name decides between the forms of a text, as Joomla's keys of plurals have them. */
    private const COUNT = 'count';

    public function __construct(
        private Locale $locale,
    ) {
    }

    /** Plain text: a page escapes it. */
    public function text(Message $message): string
    {
        $values = [];

        foreach ($message->data as $name => $value) {
            $values['{' . $name . '}'] = $this->value($value);
        }

        return strtr($this->pattern($message), $values);
    }

    /** The technical details of the message and of those in it, one a line; empty when there are none. */
    public function details(Message $message): string
    {
        return implode("\n", array_unique(self::allDetails($message)));
    }

    /** The text, and the details in a line of their own after it. */
    public function withDetails(Message $message, string $label = 'details'): string
    {
        $details = $this->details($message);

        return $this->text($message) . ($details === '' ? '' : "\n$label: " . str_replace("\n", "\n  ", $details));
    }

    /**
     * Codes whose text contains the words that a reader searches for.
     *
     * @return list<string>
     */
    public function codesWith(string $search): array
    {
        $found = [];

        foreach ([...MessageCode::cases(), ...ProblemCode::cases()] as $code) {
            if (str_contains(mb_strtolower((string) $this->locale->text(self::key($code))), mb_strtolower($search))) {
                $found[] = $code->value;
            }
        }

        return $found;
    }

    public static function key(MessageCode|ProblemCode $code): string
    {
        return self::PREFIX . strtoupper($code->value);
    }

    private function pattern(Message $message): string
    {
        $key   = self::key($message->code);
        $count = $message->data[self::COUNT] ?? null;

        foreach (\is_int($count) ? $this->locale->pluralSuffixes($count) : [] as $suffix) {
            $text = $this->locale->text("{$key}_$suffix");

            if ($text !== null) {
                return $text;
            }
        }

        return $this->locale->text($key) ?? $message->code->value;
    }

    /**
     * A value as the text of a message shows it.
     *
     * @param int|string|Time|Number|Message|list<string>|list<Message> $value
     */
    public function value(int|string|Time|Number|Message|array $value): string
    {
        return match (true) {
            \is_string($value) => $value,
            \is_int($value) => $this->locale->number((string) $value),
            $value instanceof Time => $this->locale->time($value->unix),
            $value instanceof Number => $this->locale->number($value->digits),
            $value instanceof Message => $this->text($value),
            default => self::list(array_map($this->value(...), $value)),
        };
    }

    /** @param list<string> $texts */
    private static function list(array $texts): string
    {
        return implode(preg_grep('/[,;:.]/', $texts) === [] ? ', ' : '; ', $texts);
    }

    /** @return list<string> */
    private static function allDetails(Message $message): array
    {
        $found = $message->details === '' ? [] : [$message->details];

        foreach ($message->data as $value) {
            foreach (\is_array($value) ? $value : [$value] as $part) {
                $found = $part instanceof Message ? [...$found, ...self::allDetails($part)] : $found;
            }
        }

        return $found;
    }
}
