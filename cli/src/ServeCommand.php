<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\ExitCode;
use CloverSync\Shop\Console\Options;
use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Support\Platform;

/** `serve`: PHP's built-in web server with {@see WebhookServer}. */
final readonly class ServeCommand
{
    private const DEFAULT_LISTEN = '127.0.0.1:8903';

    /** More than one: a process that is draining the inbox must not keep the others from responding. */
    private const WORKERS = '4';

    public function __construct(
        private Console $console,
    ) {
    }

    /** @throws UsageException */
    public function run(Options $options): ExitCode
    {
        $listen = (string) ($options->get('listen') ?? self::DEFAULT_LISTEN);

        if (preg_match('/^(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i', $listen, $m) !== 1 || (int) $m[2] > 65_535) {
            throw new UsageException('--listen takes HOST:PORT, such as ' . self::DEFAULT_LISTEN . '.');
        }

        $extension = Engine::current() === Engine::Extension ? Platform::variable('CLOVERSYNC_EXTENSION') : null;
        $command   = [
            PHP_BINARY,
            '-d',
            'display_errors=0',
            '-d',
            'log_errors=1',
            '-d',
            'error_log=/dev/stderr',
            '-d',
            'memory_limit=256M',
            ...($extension === null ? [] : ['-d', "extension=$extension"]),
            '-S',
            $listen,
            __DIR__ . '/../serve.php',
        ];
        $environment =
            [
                'PHP_CLI_SERVER_WORKERS' => self::WORKERS,
                'CLOVERSYNC_DRAIN'       => $options->has('no-drain') ? '0' : '1',
                'CLOVERSYNC_FOLDER'      => (string) getcwd(),
            ] + self::environment();
        $this->console->event(['event' => 'listening', 'url' => "http://$listen/webhook"]);
        $this->console->line("Webhooks are answered at http://$listen/webhook until this is stopped.");

        // The server replaces this process, so that a signal to this process ends the server.
        if (Platform::has('pcntl_exec')) {
            pcntl_exec($command[0], \array_slice($command, 1), $environment);

            throw new \RuntimeException('PHP\'s own web server cannot be started.');
        }

        if (!Platform::has('proc_open') || !Platform::has('proc_close')) {
            throw new \RuntimeException(
                'PHP\'s functions pcntl_exec and proc_open are disabled or missing on this server (disable_functions): '
                . 'let a web server run cli/serve.php, see docs/serve.md.',
            );
        }

        $pipes   = [];
        $process = proc_open($command, [['file', '/dev/null', 'r'], STDOUT, STDERR], $pipes, null, $environment);

        return $process === false
            ? throw new \RuntimeException('PHP\'s own web server cannot be started.')
            : ExitCode::tryFrom(proc_close($process)) ?? ExitCode::Failed;
    }

    /** @return array<string, string> Every variable of this process */
    private static function environment(): array
    {
        if (Platform::has('getenv')) {
            return getenv();
        }

        $variables = [];

        foreach ($_SERVER as $name => $value) {
            if (\is_string($value)) {
                $variables[$name] = $value;
            }
        }

        return $variables;
    }
}
