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
 * and `{"x": number}` to end the call under way; number 0 ends the helper. The helper sends callbacks
 * `{"k", "c", "cb", "o", "a"}` (number, call, name, object, arguments) and answers `{"i", "r"}` or `{"i", "e"}`.
 * Numbers tell answers apart, because a callback or a signal handler may make calls of its own.
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

    /** Bytes of a frame. Another program may seem to send a longer one. */
    private const LONGEST = 1 << 30;

    /** Bytes that are written at once: what a pipe holds. */
    private const PART = 1 << 16;

    /** The callback that releases a lock. It runs whatever was thrown, and no signal handler can prevent it. */
    private const RELEASE = 'unlock';

    /** Processors by their number in the head of a program. On others every program is tried. */
    private const MACHINES = [62 => 'x86_64', 183 => 'aarch64'];

    /** What a shell and PHP say of a program that the operating system did not start. */
    private const NOT_STARTED = [126, 127];

    private static ?self $current = null;

    private static int $generations = 0;

    private string $received = '';

    private int $calls = 0;

    /** @var array<int, Answer> By call: those that came while a call within the call waited for its own */
    private array $answers = [];

    /** @var array<int, \Throwable> By call: what a callback or a signal handler threw, which ends the call */
    private array $thrown = [];

    /** @var list<int> Objects that PHP has dropped since the last call */
    private array $dropped = [];

    /** @var array<int, \WeakReference<Callbacks>> By the connection's number */
    private array $callbacks = [];

    private bool $ended = false;

    /** Of the helper, when it has ended. */
    private int $exitCode = -1;

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
            throw Failure::unavailable($e->getMessage());
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
            // With the permission for everyone, the file system lets nothing run (noexec).
            $permitted = ((new \SplFileInfo($program))->getPerms() & 0o001) !== 0;

            throw new HelperException($permitted ? HelperProblem::NotStarted : HelperProblem::NotExecutable, $program);
        }

        $machine = self::machineOf($program);

        if ($machine === null) {
            throw new HelperException(HelperProblem::NoAnswer, $program);
        }

        $here     = Platform::machine();
        $mayStart = $machine === '' || $machine === $here || !\in_array($here, self::MACHINES, true);
        $helper   = $mayStart ? self::open($program) : null;

        if ($helper === null) {
            throw new HelperException(HelperProblem::NotStarted, $program);
        }

        try {
            $said = $helper->call('hello', null, [self::PROTOCOL], self::FIRST);
        } catch (CloverException) {
            $said = null;
        }

        if ($said === [self::PROTOCOL, Engine::VERSION]) {
            return $helper;
        }

        $helper->end(true);

        $version = \is_array($said) && \is_int($said[0] ?? null) ? $said[1] ?? null : null;

        // One of this version that has another protocol is not the package's program.
        if (\is_string($version) && $version !== Engine::VERSION) {
            throw new HelperException(HelperProblem::OtherVersion, $version);
        }

        throw new HelperException(
            \in_array($helper->exitCode, self::NOT_STARTED, true) ? HelperProblem::NotStarted : HelperProblem::NoAnswer,
            $program,
        );
    }

    /**
     * @param string                         $maker     The method that makes an object
     * @param list<scalar|object|array|null> $arguments
     * @param ?Callbacks                     $callbacks Of a connection
     *
     * @return int The new object's number
     *
     * @throws CloverException
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

        $made = $this->call($maker, $parent, $arguments);

        if (!$made instanceof Made) {
            throw new \LogicException("The helper makes no object by $maker.");
        }

        if ($callbacks !== null) {
            $this->callbacks[$made->number] = \WeakReference::create($callbacks);
        }

        return $made->number;
    }

    /**
     * @param list<scalar|object|array|null> $arguments
     * @param float                          $silence   Seconds
     *
     * @return bool|int|string|array|Made|null
     *
     * @throws CloverException what the call ended with, or that the helper ended
     */
    public function call(
        string $method,
        ?int $object,
        #[\SensitiveParameter]
        array $arguments,
        float $silence = self::SILENCE,
    ): bool|int|string|array|Made|null {
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
        $async  = Platform::asyncSignals(false);
        $isSent = false;

        try {
            $this->send($frame);
            $isSent = true;
            $answer = $this->answer($number, $async, $silence);
            $thrown = $this->thrown[$number] ?? null;
        } catch (UnavailableException $e) {
            // What PHP itself threw says more. A call of which the helper got a part only has not begun.
            throw $this->thrown[$number] ?? ($isSent ? Failure::lost() : $e);
        } finally {
            unset($this->thrown[$number]);
            self::letSignalsRun($async);
        }

        if ($thrown !== null) {
            throw $thrown;
        }

        if ($answer->failure !== null) {
            throw $answer->failure->exception();
        }

        return $this->result($answer->result);
    }

    public function isUsable(): bool
    {
        return !$this->ended && $this->pid === Platform::processId();
    }

    /** @param bool $kill Whether it cannot be relied on to end by itself, as it does when its input ends */
    public function end(bool $kill = false): void
    {
        if ($this->ended) {
            return;
        }

        $isOwn       = $this->isUsable();
        $this->ended = true;

        // A forked process may keep its input open.
        if ($isOwn && !$kill) {
            @fwrite($this->in, Wire::encode(['x' => 0]));
        }

        fclose($this->in);
        fclose($this->out);

        // It is the parent's, after a fork.
        if ($isOwn) {
            $this->exitCode = Platform::closeProcess($this->process, $kill);
        }
    }

    /**
     * PHP may give what the operating system refuses to a shell, which takes each line of it for a command.
     *
     * @return ?string The processor that the program was built for; empty when its file does not tell; null when the
     *   file is not a program, such as one that was cut off
     */
    private static function machineOf(string $path): ?string
    {
        $head = (string) @file_get_contents($path, length: 20);

        // A script names its program. What PHP may execute but not read is tried.
        if ($head === '' || str_starts_with($head, '#!')) {
            return $head !== '' || !is_readable($path) ? '' : null;
        }

        if (!str_starts_with($head, "\x7fELF") || \strlen($head) < 20) {
            return null;
        }

        $machine = \ord($head[18]) | (\ord($head[19]) << 8);

        return self::MACHINES[$machine] ?? "machine $machine";
    }

    private static function open(string $program): ?self
    {
        $pipes   = [];
        $blocked = Platform::blockSignals();

        try {
            $process = @\proc_open([$program], [['pipe', 'r'], ['pipe', 'w']], $pipes);
        } finally {
            Platform::restoreSignals($blocked);
        }

        if ($process === false || !isset($pipes[0], $pipes[1])) {
            return null;
        }

        [$in, $out] = $pipes;
        \stream_set_blocking($in, false);
        \stream_set_blocking($out, false);
        stream_set_read_buffer($out, 0);
        stream_set_chunk_size($out, 1 << 20);

        return new self(++self::$generations, $program, Platform::processId(), $process, $in, $out);
    }

    /** Also runs the handlers of signals that came while none could run: PHP does so only at the next signal. */
    private static function letSignalsRun(bool $async): void
    {
        if ($async) {
            Platform::asyncSignals(true);
            Platform::dispatchSignals();
        }
    }

    /**
     * @param bool|int|string|array|null $json
     *
     * @return bool|int|string|array|Made|null
     */
    private function result(bool|int|string|array|null $json): bool|int|string|array|Made|null
    {
        $number     = \is_array($json) ? $json['$o'] ?? null : null;
        $properties = \is_array($json) ? $json['$p'] ?? [] : [];

        return \is_int($number) && \is_array($properties) ? new Made($this->generation, $number, $properties) : $json;
    }

    /** @throws UnavailableException when the helper ends or says nothing for too long */
    private function answer(int $number, bool $async, float $silence): Answer
    {
        $latest = Platform::monotonic() + $silence;

        while (true) {
            if (isset($this->answers[$number])) {
                $answer = $this->answers[$number];
                unset($this->answers[$number]);

                return $answer;
            }

            $frame = $this->next();

            if ($frame instanceof Answer) {
                $this->answers[$frame->call] = $frame;
            } elseif ($frame !== null) {
                $this->callBack($frame, $async);
                $latest = Platform::monotonic() + (isset($this->thrown[$number]) ? self::LEAVE : $silence);
            } else {
                $this->wait($latest);
                $latest = $async && !isset($this->thrown[$number]) ? $this->interrupt($number, $latest) : $latest;
            }
        }
    }

    /**
     * Runs signal handlers. What one throws ends the call.
     *
     * @return float Until when the helper may be silent now: the handlers' own time does not count
     */
    private function interrupt(int $number, float $latest): float
    {
        $from = Platform::monotonic();

        try {
            Platform::dispatchSignals();

            return $latest + Platform::monotonic() - $from;
        } catch (\Throwable $e) {
            $this->thrown[$number] = $e;
            $this->send(['x' => $number]);

            return Platform::monotonic() + self::LEAVE;
        }
    }

    /** Runs a callback. What it throws ends the call that it is for, which may be one around the present call. */
    private function callBack(#[\SensitiveParameter] Callback $callback, bool $async): void
    {
        if (isset($this->thrown[$callback->call]) && $callback->name !== self::RELEASE) {
            $this->send(['k' => $callback->number, 'x' => 1]);

            return;
        }

        try {
            try {
                self::letSignalsRun($async && $callback->name !== self::RELEASE);
                $callbacks = ($this->callbacks[$callback->connection] ?? null)?->get();
                $answer    = ['k' => $callback->number, 'r' => $callbacks?->call($callback)];
            } finally {
                $async && Platform::asyncSignals(false);
            }
        } catch (\Throwable $e) {
            $this->thrown[$callback->call] ??= $e;
            $answer                        = ['k' => $callback->number, 'x' => 1];
        }

        $this->send($answer);
    }

    /**
     * Reads meanwhile: the helper may be writing, and neither may wait for the other to read.
     *
     * @param array<string, scalar|object|array|null> $frame
     *
     * @throws UnavailableException
     */
    private function send(#[\SensitiveParameter] array $frame): void
    {
        $bytes  = Wire::encode($frame);
        $length = \strlen($bytes);
        $latest = Platform::monotonic() + self::SILENCE;

        for ($sent = 0; $sent < $length;) {
            if (!$this->isUsable()) {
                throw $this->gone();
            }

            $written = @fwrite($this->in, substr($bytes, $sent, self::PART));

            if ($written === false) {
                throw $this->gone();
            }

            $sent += $written;

            if ($sent < $length) {
                $this->wait($latest, true);
            }
        }
    }

    /**
     * @return Answer|Callback|null Null while no whole frame is here
     *
     * @throws UnavailableException when it is not a frame of a helper
     */
    private function next(): Answer|Callback|null
    {
        if (\strlen($this->received) < 4) {
            return null;
        }

        $length = (unpack('N', $this->received) ?: [])[1] ?? 0;

        if ($length > self::LONGEST) {
            throw $this->gone();
        }

        if (\strlen($this->received) < (4 + $length)) {
            return null;
        }

        $json           = substr($this->received, 4, $length);
        $this->received = substr($this->received, 4 + $length);

        return Wire::decode($json) ?? throw $this->gone();
    }

    /**
     * Waits for a tick, or until there is more to read, or to write.
     *
     * @throws UnavailableException
     */
    private function wait(float $latest, bool $toWrite = false): void
    {
        if (!$this->isUsable() || Platform::monotonic() > $latest) {
            throw $this->gone();
        }

        $read   = [$this->out];
        $write  = $toWrite ? [$this->in] : null;
        $except = null;

        // A signal ends the wait early.
        if ((int) @\stream_select($read, $write, $except, 0, self::TICK) === 0 || $read === []) {
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
        $this->end(true);

        // A forked process has no lock of its parent's.
        foreach ($this->pid === Platform::processId() ? $this->callbacks : [] as $callbacks) {
            $callbacks->get()?->release();
        }

        return Failure::unavailable('The helper program has ended.');
    }
}
