<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/**
 * Frames to and from the helper, see {@see HelperProcess}. Text that is not UTF-8 becomes `{"$b": base64}`, an array
 * with such keys `{"$k": [[base64, value], …]}`, and what JSON cannot express `{"$t": type}`.
 */
final class Wire
{
    /** Deeper arrays are not sent: no argument has so many levels, and one may contain itself. */
    private const DEPTH = 32;

    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

    /** @param array<string, scalar|object|array|null> $frame */
    public static function encode(#[\SensitiveParameter] array $frame): string
    {
        // Nearly every frame is plain; what is not is walked through. An exception of json_encode() would name the
        // frame in its trace.
        $json = json_encode($frame, self::FLAGS);
        $json = $json === false ? json_encode(self::plain($frame), self::FLAGS) : $json;

        if ($json === false) {
            throw new \LogicException('The helper cannot be sent this: ' . json_last_error_msg());
        }

        return pack('N', \strlen($json)) . $json;
    }

    /** Null when the helper would not send it. */
    public static function decode(#[\SensitiveParameter] string $json): Answer|Callback|null
    {
        $frame = json_decode($json, true);

        return match (true) {
            !\is_array($frame) => null,
            isset($frame['k']) => self::callback($frame),
            default => self::answer($frame),
        };
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

    private static function callback(#[\SensitiveParameter] array $frame): ?Callback
    {
        $number     = $frame['k'] ?? null;
        $call       = $frame['c'] ?? null;
        $connection = $frame['o'] ?? null;
        $name       = $frame['cb'] ?? null;
        $arguments  = $frame['a'] ?? null;

        return \is_int($number) && \is_int($call) && \is_int($connection) && \is_string($name) && \is_array($arguments)
            ? new Callback($number, $call, $connection, $name, $arguments)
            : null;
    }

    private static function answer(#[\SensitiveParameter] array $frame): ?Answer
    {
        $call  = $frame['i'] ?? null;
        $error = $frame['e'] ?? null;

        if (!\is_int($call)) {
            return null;
        }

        if (!\is_array($error)) {
            $result = $frame['r'] ?? null;

            return new Answer(
                $call,
                \is_bool($result) || \is_int($result) || \is_string($result) || \is_array($result) ? $result : null,
                null,
            );
        }

        $class   = $error['class'] ?? null;
        $message = $error['message'] ?? null;
        $data    = $error['data'] ?? null;

        return new Answer(
            $call,
            null,
            new Failure(
                \is_string($class) ? $class : '',
                \is_string($message) ? $message : '',
                \is_array($data) ? $data : [],
            ),
        );
    }

    private static function plain(#[\SensitiveParameter] array $values, int $depth = 0): array
    {
        $plain = $pairs = [];
        $named = true;

        foreach ($values as $key => $value) {
            $plain[$key] = match (true) {
                \is_string($value) => self::text($value),
                \is_array($value) && $depth < self::DEPTH => self::plain($value, $depth + 1),
                \is_float($value) && !is_finite($value) => null,
                $value === null,
                \is_scalar($value),
                $value instanceof \BackedEnum,
                $value instanceof \stdClass,
                    => $value,
                default => ['$t' => get_debug_type($value)],
            };
            $pairs[] = [base64_encode((string) $key), $plain[$key]];
            $named   = $named && (\is_int($key) || preg_match('//u', $key) === 1);
        }

        return $named ? $plain : ['$k' => $pairs];
    }
}
