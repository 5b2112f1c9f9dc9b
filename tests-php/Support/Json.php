<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** Reads decoded JSON: a value of another type than the one that is asked for is an error of the test. */
final class Json
{
    /** @return array<string, mixed> mixed: decoded JSON */
    public static function decode(string $text): array
    {
        $decoded = json_decode($text, true);

        return \is_array($decoded)
            ? self::object($decoded)
            : throw new \UnexpectedValueException("Not a JSON object: $text");
    }

    /** @return array<string, mixed> mixed: decoded JSON */
    public static function object(mixed $value): array
    {
        $object = [];

        foreach (\is_array($value) ? $value : throw self::error('an object', $value) as $name => $member) {
            $object[(string) $name] = $member;
        }

        return $object;
    }

    /** @return list<mixed> mixed: decoded JSON */
    public static function list(mixed $value): array
    {
        return \is_array($value) && array_is_list($value) ? $value : throw self::error('a list', $value);
    }

    public static function string(mixed $value): string
    {
        return \is_string($value) ? $value : throw self::error('a text', $value);
    }

    public static function int(mixed $value): int
    {
        return \is_int($value) ? $value : throw self::error('a whole number', $value);
    }

    public static function bool(mixed $value): bool
    {
        return \is_bool($value) ? $value : throw self::error('true or false', $value);
    }

    private static function error(string $expected, mixed $value): \UnexpectedValueException
    {
        return new \UnexpectedValueException("Not $expected: " . json_encode($value, JSON_THROW_ON_ERROR));
    }
}
