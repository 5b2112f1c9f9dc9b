<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;
use CloverSync\Problem;
use CloverSync\ProblemCode;

/** What happened, as a code with data. {@see Formatter} puts it into words in the reader's language when it is read. */
final readonly class Message
{
    /** Characters of one value, of the details, and number of values in a list: a stored message has a bound. */
    private const VALUE   = 500;
    private const DETAILS = 2_000;
    private const LIST    = 20;

    private const JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;

    /**
     * @param array<string, int|string|Time|Number|self|list<string>|list<self>> $data    By the placeholder of the
     *   text. An int is a number in words of the reader; an id is a string
     * @param string                                                              $details For technicians, such as
     *   the request and its status. In no language, and shown apart from the text
     */
    public function __construct(
        public MessageCode|ProblemCode $code,
        public array $data = [],
        public string $details = '',
    ) {
    }

    /** A text as it is: from an older version's row, or words of other people. */
    public static function said(string $text): self
    {
        return new self(MessageCode::Said, ['text' => $text]);
    }

    public static function ofProblem(Problem $problem): self
    {
        // The core's data are numbers, texts and lists of texts.
        return new self($problem->code, $problem->data, $problem->details);
    }

    /** The reason of an exception, without what this code does about it. */
    public static function of(\Throwable $e): self
    {
        return match (true) {
            $e instanceof Described => $e->description(),
            $e instanceof SettingsException => new self(MessageCode::SettingsWrong, ['problems' => array_map(
                static fn (string $field, Problem $problem): self => new self(MessageCode::SettingWrong, [
                    'setting' => $field,
                    'problem' => self::ofProblem($problem),
                ]),
                array_keys($e->getFields()),
                array_values($e->getFields()),
            )]),
            $e instanceof CloverException => self::ofCore($e),
            $e instanceof \PDOException => new self(MessageCode::DatabaseRefused, [], $e->getMessage()),
            default => new self(MessageCode::Unexpected, [], $e->getMessage()),
        };
    }

    /** PHP code can make such an exception too, without a problem. */
    private static function ofCore(CloverException $e): self
    {
        $problem = $e->getProblem();

        return $problem === null ? new self(ProblemCode::Fault, [], $e->getMessage()) : self::ofProblem($problem);
    }

    /** @param list<self> $messages */
    public static function together(array $messages): self
    {
        return \count($messages) === 1 ? $messages[0] : new self(MessageCode::Reasons, ['reasons' => $messages]);
    }

    /** Reads a column. What is not a message of {@see json()} is an older version's text. */
    public static function read(string $column): self
    {
        $row = str_starts_with($column, '{"code":') ? json_decode($column, true) : null;

        return (\is_array($row) ? self::fromRow($row) : null) ?? self::said($column);
    }

    public static function readNullable(?string $column): ?self
    {
        return $column === null || $column === '' ? null : self::read($column);
    }

    /** The form of a column. */
    public function json(): string
    {
        return (string) json_encode($this->row(), self::JSON);
    }

    /**
     * @param array $row Decoded JSON
     *
     * @return ?self Null for the code of another version
     */
    private static function fromRow(array $row): ?self
    {
        $known   = \is_string($row['code'] ?? null) ? self::code($row['code']) : null;
        $details = $row['details'] ?? null;
        $data    = [];

        foreach (\is_array($row['data'] ?? null) ? $row['data'] : [] as $name => $value) {
            if (\is_int($value) || \is_string($value)) {
                $data[(string) $name] = $value;
            } elseif (\is_array($value)) {
                $data[(string) $name] = self::value($value);
            }
        }

        return $known === null ? null : new self($known, $data, \is_string($details) ? $details : '');
    }

    private static function code(string $value): MessageCode|ProblemCode|null
    {
        return MessageCode::tryFrom($value) ?? ProblemCode::tryFrom($value);
    }

    /** @return string|Time|Number|self|list<string>|list<self> */
    private static function value(array $value): string|Time|Number|self|array
    {
        $time   = $value['time'] ?? null;
        $number = $value['number'] ?? null;

        return match (true) {
            \is_int($time) => new Time($time),
            \is_string($number) => new Number($number),
            array_is_list($value) => self::list($value),
            default               => self::fromRow($value) ?? '',
        };
    }

    /** @return list<string>|list<self> */
    private static function list(array $values): array
    {
        $texts    = [];
        $messages = [];

        foreach ($values as $value) {
            $message = \is_array($value) ? self::fromRow($value) : null;

            if ($message !== null) {
                $messages[] = $message;
            } elseif (\is_string($value)) {
                $texts[] = $value;
            }
        }

        return $messages === [] ? $texts : $messages;
    }

    private function row(): array
    {
        $row = ['code' => $this->code->value];

        if ($this->data !== []) {
            $row['data'] = array_map(self::stored(...), $this->data);
        }

        if ($this->details !== '') {
            $row['details'] = mb_substr(mb_scrub($this->details), 0, self::DETAILS);
        }

        return $row;
    }

    /**
     * @param int|string|Time|Number|self|list<string>|list<self> $value
     *
     * @return int|string|array A JSON value
     */
    private static function stored(int|string|Time|Number|self|array $value): int|string|array
    {
        return match (true) {
            \is_string($value) => mb_substr(mb_scrub($value), 0, self::VALUE),
            $value instanceof Time => ['time' => $value->unix],
            $value instanceof Number => ['number' => $value->digits],
            $value instanceof self => $value->row(),
            \is_array($value) => array_map(self::stored(...), \array_slice($value, 0, self::LIST)),
            default => $value,
        };
    }
}
