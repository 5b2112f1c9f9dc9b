<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** A program that a test starts: its output can be read while it runs, its errors are kept apart. */
final class Program
{
    /**
     * The output comes first: a program that still writes ends when it is closed, so that nothing waits for it forever.
     *
     * @param resource $output
     * @param resource $errors
     * @param resource $process
     */
    private function __construct(
        private $output,
        private $errors,
        private $process,
    ) {
    }

    /**
     * @param non-empty-list<string> $command
     * @param ?array<string, string> $environment Null = that of this process
     * @param ?non-empty-string      $folder      Null = that of this process
     * @param non-empty-string       $input       The file that it reads
     */
    public static function start(
        array $command,
        ?array $environment = null,
        ?string $folder = null,
        string $input = '/dev/null',
    ): self {
        $pipes   = [];
        $errors  = self::file();
        $process = proc_open($command, [['file', $input, 'r'], ['pipe', 'w'], $errors], $pipes, $folder, $environment);

        if ($process === false || !isset($pipes[1])) {
            throw new \RuntimeException("$command[0] cannot be started.");
        }

        return new self($pipes[1], $errors, $process);
    }

    /**
     * Waits for the end of a program.
     *
     * @param non-empty-list<string> $command
     * @param ?array<string, string> $environment Null = that of this process
     *
     * @return array{int, string} Exit code, and all that it printed, errors too
     */
    public static function run(array $command, ?array $environment = null): array
    {
        $pipes   = [];
        $said    = self::file();
        $process = proc_open($command, [['file', '/dev/null', 'r'], $said, $said], $pipes, null, $environment);

        if ($process === false) {
            throw new \RuntimeException("$command[0] cannot be started.");
        }

        return [proc_close($process), self::contents($said)];
    }

    /** The next line of its output; empty at the end. */
    public function line(): string
    {
        return (string) fgets($this->output);
    }

    /** Its output from here to the end. */
    public function rest(): string
    {
        return (string) stream_get_contents($this->output);
    }

    /** Its output from here on, as far as it is there. */
    public function available(): string
    {
        stream_set_blocking($this->output, false);
        $text = (string) stream_get_contents($this->output);
        stream_set_blocking($this->output, true);

        return $text;
    }

    public function isRunning(): bool
    {
        return proc_get_status($this->process)['running'];
    }

    public function signal(int $signal): void
    {
        proc_terminate($this->process, $signal);
    }

    /** @return int Its exit code, when it has ended */
    public function end(): int
    {
        return proc_close($this->process);
    }

    /** Its errors, when it has ended. */
    public function errors(): string
    {
        return self::contents($this->errors);
    }

    /** @return resource */
    private static function file()
    {
        $file = tmpfile();

        return $file === false ? throw new \RuntimeException('No temporary file can be made.') : $file;
    }

    /** @param resource $file */
    private static function contents($file): string
    {
        rewind($file);

        return (string) stream_get_contents($file);
    }
}
