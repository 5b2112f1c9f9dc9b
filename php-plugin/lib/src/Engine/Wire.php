<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/**
 * PHP values as JSON for the helper. Text that is not UTF-8 becomes `{"$b": base64}`, an array with such keys
 * `{"$k": [[base64, value], …]}`, and what JSON cannot express `{"$t": type}`.
 */
final class Wire
{
    /** Deeper arrays are not sent: no argument has so many levels, and one may contain itself. */
    private const DEPTH = 32;

    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

    /** @param array<string, scalar|object|array|null> $frame */
    public static function encode(#[\SensitiveParameter] array $frame): string
    {
        $json = json_encode($frame, self::FLAGS);

        // Nearly every frame is plain; what is not is walked through.
        return $json === false ? json_encode(self::plain($frame), self::FLAGS | JSON_THROW_ON_ERROR) : $json;
    }

    /** @return array<string, scalar|object|array|null> */
    public static function decode(#[\SensitiveParameter] string $json): array
    {
        return json_decode($json, true, 512, JSON_THROW_ON_ERROR);
    }

    /** @return string|array<string, string>|null Any bytes, as {@see bytes()} reads them */
    public static function text(#[\SensitiveParameter] ?string $bytes): string|array|null
    {
        return $bytes === null || preg_match('//u', $bytes) === 1 ? $bytes : ['$b' => base64_encode($bytes)];
    }

    /** @param string|array<string, string> $value */
    public static function bytes(#[\SensitiveParameter] string|array $value): string
    {
        return \is_array($value) ? (string) base64_decode($value['$b'] ?? '', true) : $value;
    }

    private static function plain(#[\SensitiveParameter] mixed $value, int $depth = 0): mixed
    {
        return match (true) {
            \is_string($value) => self::text($value),
            \is_array($value) && $depth < self::DEPTH => self::plainArray($value, $depth),
            \is_float($value) && !is_finite($value) => null,
            $value === null, \is_scalar($value), $value instanceof \BackedEnum, $value instanceof \stdClass => $value,
            default => ['$t' => get_debug_type($value)],
        };
    }

    /**
     * @param array<array-key, scalar|object|array|null> $values
     *
     * @return array<array-key, scalar|object|array|null>
     */
    private static function plainArray(#[\SensitiveParameter] array $values, int $depth): array
    {
        foreach (array_keys($values) as $key) {
            if (\is_string($key) && preg_match('//u', $key) !== 1) {
                return ['$k' => array_map(
                    static fn (int|string $key, mixed $value): array => [
                        base64_encode((string) $key),
                        self::plain($value, $depth + 1),
                    ],
                    array_keys($values),
                    $values,
                )];
            }
        }

        return array_map(static fn (mixed $value): mixed => self::plain($value, $depth + 1), $values);
    }
}
