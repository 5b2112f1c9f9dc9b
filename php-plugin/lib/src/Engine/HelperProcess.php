<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Support\Platform;

/**
 * The helper program of this PHP process: one call at a time, each of which may call PHP back.
 *
 * A frame is a length (four bytes, the highest first) and that much JSON. PHP sends calls `{"i", "m", "o", "a", "d"}`
 * (number, method, object, arguments, objects that PHP has dropped), answers to callbacks `{"k", "r"}` or `{"k", "x"}`,
 * and `{"x": number}` to end the call under way. The helper sends callbacks `{"k", "cb", "o", "a"}` and answers
 * `{"i", "r"}` or `{"i", "e"}`. Numbers tell answers apart, because a callback or a signal handler may make calls of its
 * own.
 */
final class HelperProcess
{
    /** Of the frames. A helper of another one is refused. */
    public const PROTOCOL = 1;

    /** How long a helper may be silent: longer than any of its waits. */
    private const SILENCE = 400.0;

    /** The same for the first answer. */
    private const FIRST = 10.0;

    /** How long an interrupted call may take to end. */
    private const LEAVE = 5.0;

    /** PHP runs signal handlers this often while it waits, in microseconds. */
    private const TICK = 50_000;

    private static ?self $current = null;

    private static int $generations = 0;

    private string $received = '';

    private int $calls = 0;

    /** @var array<int, array<string, scalar|object|array|null>> Answers that came while a call within the call waited for its own */
    private array $answers = [];

    /** @var list<int> Objects that PHP has dropped since the last call */
    private array $dropped = [];

    /** @var array<int, \WeakReference<Callbacks>> By the connection's number */
    private array $callbacks = [];

    private bool $ended = false;

    /**
     * @param resource $process
     * @param resource $in
     * @param resource $out
     */
    private function __construct(
        public readonly int $generation,
        public readonly string $program,
        private readonly int $pid,
        private $process,
        private $in,
        private $out,
    ) {
    }

    public function __destruct()
    {
        $this->end();
    }

    /**
     * The helper of this process, started at the first call; another one after a fork, or after the last one ended.
     *
     * @throws UnavailableException when it cannot be started
     */
    public static function get(): self
    {
        try {
            return self::use();
        } catch (HelperException $e) {
            throw CloverException::fromError([
                'class'   => 'UnavailableException',
                'message' => $e->getMessage(),
                'data'    => ['retryAfter' => 60],
            ]);
        }
    }

    /**
     * The same.
     *
     * @throws HelperException with what is wrong
     */
    public static function use(): self
    {
        return self::$current?->isUsable() === true ? self::$current : (self::$current = Engine::startHelper());
    }

    /** Whether one runs. */
    public static function isRunning(): bool
    {
        return self::$current?->isUsable() === true;
    }

    /** PHP has no use for the object any more; the next call says so. */
    public static function drop(int $number, int $generation): void
    {
        $helper = self::$current;

        if ($helper !== null && $helper->generation === $generation && $helper->isUsable()) {
            $helper->dropped[] = $number;
            unset($helper->callbacks[$number]);
        }
    }

    /**
     * Starts a program and asks who it is.
     *
     * @throws HelperException
     */
    public static function start(string $program): self
    {
        foreach (['proc_open', 'stream_select', 'stream_set_blocking'] as $function) {
            if (!Platform::has($function)) {
                throw new HelperException(HelperProblem::Disabled, $function);
            }
        }

        if (!is_file($program)) {
            throw new HelperException(HelperProblem::Missing, $program);
        }

        // Joomla unpacks files without the permission.
        if (!is_executable($program)) {
            Platform::makeExecutable($program);
            clearstatcache(true, $program);
        }

        if (!is_executable($program)) {
            throw new HelperException(HelperProblem::NotExecutable, $program);
        }

        $process = @\proc_open([$program], [['pipe', 'r'], ['pipe', 'w']], $pipes);

        if (!\is_resource($process)) {
            throw new HelperException(HelperProblem::NotStarted, $program);
        }

        \stream_set_blocking($pipes[1], false);
        stream_set_read_buffer($pipes[1], 0);
        stream_set_chunk_size($pipes[1], 1 << 20);
        $helper = new self(++self::$generations, $program, Platform::processId(), $process, $pipes[0], $pipes[1]);

        try {
            $said = $helper->call('hello', null, [self::PROTOCOL], self::FIRST);
        } catch (CloverException) {
            throw new HelperException(HelperProblem::NoAnswer, $program);
        }

        if ($said !== [self::PROTOCOL, Engine::VERSION]) {
            throw new HelperException(HelperProblem::OtherVersion, (string) ($said[1] ?? '?'));
        }

        return $helper;
    }

    /**
     * @param string      $maker     The method that makes an object
     * @param list<scalar|object|array|null> $arguments
     * @param ?Callbacks  $callbacks Of a connection
     *
     * @return int The new object's number
     */
    public function make(
        string $maker,
        ?int $parent,
        #[\SensitiveParameter]
        array $arguments,
        ?Callbacks $callbacks,
    ): int {
        if ($callbacks !== null) {
            $arguments = [...$arguments, ...$callbacks->optional()];
        }

        $number = $this->call($maker, $parent, $arguments)['$o'];

        if ($callbacks !== null) {
            $this->callbacks[$number] = \WeakReference::create($callbacks);
        }

        return $number;
    }

    /**
     * @param list<scalar|object|array|null> $arguments
     * @param float       $silence   Seconds
     *
     * @throws CloverException what the call ended with, or that the helper ended
     */
    public function call(
        string $method,
        ?int $object,
        #[\SensitiveParameter]
        array $arguments,
        float $silence = self::SILENCE,
        // mixed: the caller knows the type of the answer.
    ): mixed {
        $number = ++$this->calls;
        $frame  = ['i' => $number, 'm' => $method, 'a' => $arguments];

        if ($object !== null) {
            $frame['o'] = $object;
        }

        if ($this->dropped !== []) {
            $frame['d']    = $this->dropped;
            $this->dropped = [];
        }

        // A handler that ran between two halves of a frame could not make calls itself.
        $async = Platform::asyncSignals(false);

        try {
            $this->send($frame);
            $answer = $this->answer($number, $async, $silence);
        } finally {
            $async && Platform::asyncSignals(true);
        }

        if (isset($answer['e'])) {
            throw CloverException::fromError($answer['e']);
        }

        return $answer['r'] ?? null;
    }

    public function isUsable(): bool
    {
        return !$this->ended && $this->pid === Platform::processId();
    }

    /** Closes its input, which ends it. */
    public function end(): void
    {
        if ($this->ended) {
            return;
        }

        $this->ended = true;
        fclose($this->in);
        fclose($this->out);

        // It is the parent's, after a fork.
        if ($this->pid === Platform::processId()) {
            Platform::closeProcess($this->process);
        }
    }

    /**
     * @return array<string, scalar|object|array|null>
     *
     * @throws UnavailableException when the helper ends or says nothing for too long
     */
    private function answer(int $number, bool $async, float $silence): array
    {
        $thrown  = null;
        $latest  = Platform::monotonic() + $silence;
        $options = [];

        while (true) {
            if (isset($this->answers[$number])) {
                $answer = $this->answers[$number];
                unset($this->answers[$number]);

                return $thrown === null ? $answer : throw $thrown;
            }

            $frame = $this->next();

            if ($frame === null) {
                $this->wait($latest);

                try {
                    $async && $thrown === null && Platform::dispatchSignals();
                } catch (\Throwable $e) {
                    $thrown = $e;
                    $latest = Platform::monotonic() + self::LEAVE;
                    $this->send(['x' => $number]);
                }

                continue;
            }

            if (isset($frame['i'])) {
                $this->answers[$frame['i']] = $frame;

                continue;
            }

            if ($thrown !== null) {
                $this->send(['k' => $frame['k'], 'x' => 1]);

                continue;
            }

            $thrown = $this->callBack($frame, $async);
            $latest = Platform::monotonic() + ($thrown === null ? $silence : self::LEAVE);
        }
    }

    /** @param array<string, scalar|object|array|null> $frame */
    private function callBack(#[\SensitiveParameter] array $frame, bool $async): ?\Throwable
    {
        try {
            $callbacks = ($this->callbacks[$frame['o']] ?? null)?->get();
            $async && Platform::asyncSignals(true);

            try {
                $result = $callbacks?->call($frame['cb'], $frame['a']);
            } finally {
                $async && Platform::asyncSignals(false);
            }

            $this->send(['k' => $frame['k'], 'r' => $result]);

            return null;
        } catch (\Throwable $e) {
            $this->send(['k' => $frame['k'], 'x' => 1]);

            return $e;
        }
    }

    /** @param array<string, scalar|object|array|null> $frame */
    private function send(#[\SensitiveParameter] array $frame): void
    {
        $json  = Wire::encode($frame);
        $bytes = pack('N', \strlen($json)) . $json;

        while ($bytes !== '') {
            $written = @fwrite($this->in, $bytes);

            if ($written === false || $written === 0) {
                throw $this->gone();
            }

            $bytes = substr($bytes, $written);
        }
    }

    /** @return ?array<string, scalar|object|array|null> Null while no whole frame is here */
    private function next(): ?array
    {
        if (\strlen($this->received) < 4) {
            return null;
        }

        $length = unpack('N', $this->received)[1];

        if (\strlen($this->received) < (4 + $length)) {
            return null;
        }

        $json           = substr($this->received, 4, $length);
        $this->received = substr($this->received, 4 + $length);

        return Wire::decode($json);
    }

    private function wait(float $latest): void
    {
        if (Platform::monotonic() > $latest) {
            throw $this->gone();
        }

        [$read, $write, $except] = [[$this->out], null, null];

        // A signal ends the wait early.
        if (@\stream_select($read, $write, $except, 0, self::TICK) !== 1) {
            return;
        }

        $more = fread($this->out, 1 << 20);

        if ($more === false || $more === '' && feof($this->out)) {
            throw $this->gone();
        }

        $this->received .= $more;
    }

    private function gone(): UnavailableException
    {
        $this->end();

        return CloverException::fromError([
            'class'   => 'UnavailableException',
            'message' => 'The helper program ended before it answered. What it was doing may or may not be done.',
            'data'    => ['retryAfter' => 60],
        ]);
    }
}
