<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Exception\HelperLostException;

/** What a call ended with in the helper. */
final readonly class Failure
{
    /** @param array $data Values of the exception's properties, by name */
    public function __construct(
        private string $class,
        private string $message,
        private array $data = [],
    ) {
    }

    /** The helper is not there, or has ended. */
    public static function unavailable(string $message): UnavailableException
    {
        return self::temporary(new UnavailableException($message), ProblemCode::HelperGone);
    }

    /** The helper has ended in the middle of a call. */
    public static function lost(): HelperLostException
    {
        return self::temporary(
            new HelperLostException(
                'The helper program ended before it answered. What it was doing may or may not be done.',
            ),
            ProblemCode::HelperLost,
        );
    }

    /**
     * @template T of UnavailableException
     *
     * @param T $exception
     *
     * @return T
     */
    private static function temporary(UnavailableException $exception, ProblemCode $code): UnavailableException
    {
        self::describe($exception, $code);
        self::set($exception, UnavailableException::class, 'retryAfter', 60);

        return self::placed($exception);
    }

    public static function bug(string $message): BugException
    {
        $exception = new BugException($message);
        self::describe($exception, ProblemCode::Fault, $message);

        return self::placed($exception);
    }

    public function exception(): CloverException
    {
        $class = "CloverSync\\Exception\\$this->class";

        if (!is_a($class, CloverException::class, true)) {
            return self::placed(new BugException("The helper ended a call with an unknown $this->class."));
        }

        $exception = (new \ReflectionClass($class))->newInstance($this->message);

        foreach ($this->data as $name => $value) {
            if (\is_bool($value) || \is_int($value) || \is_string($value) || \is_array($value) || $value === null) {
                self::set($exception, $class, (string) $name, $value);
            }
        }

        return self::placed($exception);
    }

    /**
     * @template T of CloverException
     *
     * @param T $exception
     *
     * @return T From the line of the caller: none of the engine's is of use
     */
    private static function placed(CloverException $exception): CloverException
    {
        foreach ($exception->getTrace() as $frame) {
            $file = $frame['file'] ?? null;
            $line = $frame['line'] ?? null;

            if (\is_string($file) && \is_int($line) && !str_starts_with($file, __DIR__)) {
                self::set($exception, \Exception::class, 'file', $file);
                self::set($exception, \Exception::class, 'line', $line);

                break;
            }
        }

        return $exception;
    }

    /** Where a helper is only tried, the class is the extension's, which makes its problems itself. */
    private static function describe(CloverException $exception, ProblemCode $code, string $details = ''): void
    {
        if (!(new \ReflectionClass(CloverException::class))->isInternal()) {
            self::set($exception, CloverException::class, 'problem', [$code->value, [], $details]);
        }
    }

    /**
     * Only the class itself writes them.
     *
     * @param class-string $class
     */
    private static function set(
        CloverException $exception,
        string $class,
        string $name,
        bool|int|string|array|null $value,
    ): void {
        if (property_exists($class, $name)) {
            (new \ReflectionProperty($class, $name))->setValue($exception, $value);
        }
    }
}
