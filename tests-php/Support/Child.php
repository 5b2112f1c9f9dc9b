<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * Runs work in a forked process and returns its result; it can pause until the parent resumes it.
 *
 * The process always ends by SIGKILL: no destructor and no shutdown function of the parent may run there.
 *
 * @template-covariant T The result of its work
 */
final class Child
{
    private const GO = "\1";

    /** @var ?array{value: ?list{T}, error: ?array{string, string}, pause: ?list{mixed}} */
    private ?array $result = null;

    private int $status = 0;

    private bool $ended = false;

    /** @param resource $line */
    private function __construct(
        public readonly int $pid,
        private $line,
    ) {
    }

    /**
     * @template R
     *
     * @param callable(self<mixed>): R $work Receives the child, for {@see pause()}; its result must be serializable
     * @param int                     $patience Seconds without a message from it
     *
     * @return self<R>
     */
    public static function fork(callable $work, int $patience = 120): self
    {
        [$here, $there] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0)
        ?: throw new \RuntimeException('No sockets can be made.');
        stream_set_timeout($here, $patience);
        $pid = pcntl_fork();

        if ($pid === -1) {
            throw new \RuntimeException('No process can be forked.');
        }

        if ($pid > 0) {
            fclose($there);

            return new self($pid, $here);
        }

        fclose($here);
        $self = new self((int) getmypid(), $there);

        try {
            $result = $work($self);
            $self->send(value: [$result]);
        } catch (\Throwable $e) {
            $self->send(error: [$e::class, $e->getMessage() . "\n" . $e->getTraceAsString()]);
        }

        self::killMyself();
    }

    /**
     * Runs the same work in several processes, which all start before the first one may continue after {@see pause()}.
     *
     * @template R
     *
     * @param callable(self<mixed>, int): R $work
     *
     * @return list<self<R>>
     */
    public static function together(int $count, callable $work): array
    {
        $children = [];

        for ($i = 0; $i < $count; $i++) {
            $children[] = self::fork(static fn (self $self): mixed => $work($self, $i));
        }

        foreach ($children as $child) {
            $child->awaitPause();
        }

        foreach ($children as $child) {
            $child->resume();
        }

        return $children;
    }

    /**
     * @template R
     *
     * @param list<self<R>> $children
     *
     * @return list<R> Their results, in the same order
     */
    public static function values(array $children): array
    {
        $values = [];

        foreach ($children as $child) {
            $values[] = $child->value();
        }

        return $values;
    }

    public static function killMyself(): never
    {
        posix_kill((int) getmypid(), SIGKILL);

        throw new \LogicException('A killed process goes on.');
    }

    /** @return int The status of a forked process, when it has ended */
    public static function reap(int $pid): int
    {
        $status = 0;
        pcntl_waitpid($pid, $status);

        return (int) $status;
    }

    /** In the child: waits for {@see resume()} of the parent. */
    public function pause(mixed $word = null): void
    {
        $this->send(pause: [$word]);

        if (fread($this->line, 1) !== self::GO) {
            self::killMyself();
        }
    }

    /** @return mixed The value with which the child paused */
    public function awaitPause(): mixed
    {
        $frame = $this->receive();

        if ($frame === null || $frame['pause'] === null) {
            $this->result = $frame;

            throw new \RuntimeException(
                'The child ended before its pause: ' . json_encode($frame['error'] ?? $frame, JSON_THROW_ON_ERROR),
            );
        }

        return $frame['pause'][0];
    }

    public function resume(): void
    {
        fwrite($this->line, self::GO);
    }

    public function kill(): void
    {
        posix_kill($this->pid, SIGKILL);
    }

    /** Waits for its end. */
    public function end(): self
    {
        while (!$this->ended) {
            $frame = $this->receive();

            if ($frame === null) {
                $this->status = self::reap($this->pid);
                $this->ended  = true;
            } elseif ($frame['pause'] === null) {
                $this->result = $frame;
            } else {
                $this->resume();
            }
        }

        return $this;
    }

    /** Whether it was killed before its work was done. */
    public function wasKilled(): bool
    {
        return (
            $this->end()->result === null
            && pcntl_wifsignaled($this->status)
            && pcntl_wtermsig($this->status) === SIGKILL
        );
    }

    /** @return ?array{string, string} Class and message of the exception of its work */
    public function error(): ?array
    {
        return $this->end()->result['error'] ?? null;
    }

    /**
     * mixed: the type is T, that of the result.
     *
     * @return T
     */
    public function value(): mixed
    {
        $this->end();

        if ($this->result === null) {
            throw new \RuntimeException(
                'The child was ended by signal '
                . (pcntl_wifsignaled($this->status) ? (string) pcntl_wtermsig($this->status) : 'none')
                . '.',
            );
        }

        if ($this->result['value'] === null) {
            throw new \RuntimeException('The child threw ' . implode(': ', $this->result['error'] ?? []));
        }

        return $this->result['value'][0];
    }

    /**
     * mixed: what the child hands on.
     *
     * @param ?list{T}               $value
     * @param ?array{string, string} $error
     * @param ?list{mixed}           $pause
     */
    private function send(?array $value = null, ?array $error = null, ?array $pause = null): void
    {
        $text = serialize(['value' => $value, 'error' => $error, 'pause' => $pause]);
        $text = pack('N', \strlen($text)) . $text;

        while ($text !== '') {
            $written = (int) fwrite($this->line, $text);

            if ($written === 0) {
                self::killMyself();
            }

            $text = substr($text, $written);
        }
    }

    /** @return ?array{value: ?list{T}, error: ?array{string, string}, pause: ?list{mixed}} Null at the end */
    private function receive(): ?array
    {
        $head = $this->read(4);

        if ($head === null) {
            return null;
        }

        $text = $this->read((int) hexdec(bin2hex($head)));

        /** @var ?array{value: ?list{T}, error: ?array{string, string}, pause: ?list{mixed}} $frame */
        $frame = $text === null ? null : unserialize($text);

        return $frame;
    }

    private function read(int $length): ?string
    {
        $text = '';

        while (\strlen($text) < $length) {
            $more = fread($this->line, $length - \strlen($text));

            if (stream_get_meta_data($this->line)['timed_out']) {
                $this->kill();

                throw new \RuntimeException('The child said nothing for too long.');
            }

            if ($more === false || $more === '') {
                return null;
            }

            $text .= $more;
        }

        return $text;
    }
}
