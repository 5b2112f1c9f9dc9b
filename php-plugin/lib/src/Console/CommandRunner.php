<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\ErrorCode;
use CloverSync\Shop\Support\ErrorReport;

/** Runs a command. Every exception becomes a sentence, a line for programs and an exit code. */
final readonly class CommandRunner
{
    public function __construct(
        private Console $console,
    ) {
    }

    /** @param \Closure(): ExitCode $command */
    public function run(\Closure $command): ExitCode
    {
        try {
            return $command();
        } catch (UsageException $e) {
            return $this->fail('usage', $e->getMessage(), ExitCode::Usage, $e->fields);
        } catch (\Throwable $e) {
            $error = ErrorReport::of($e);

            return (
                $error->code === ErrorCode::Settings
                    ? $this->fail(
                        'settings',
                        'These settings are wrong:',
                        ExitCode::Usage,
                        array_map($this->console->words->text(...), $error->fields),
                    )
                    : $this->fail(
                        self::kind($error->code),
                        $this->sentence($error, $e),
                        ExitCode::Failed,
                        details: $error->code === ErrorCode::Unexpected
                            ? ''
                            : $this->console->words->details($error->message),
                    )
            );
        }
    }

    /** @param array<string, string> $fields */
    private function fail(
        string $kind,
        string $message,
        ExitCode $code,
        array $fields = [],
        string $details = '',
    ): ExitCode {
        $this->console->note("error: $message");

        if ($details !== '') {
            $this->console->note('details: ' . str_replace("\n", "\n  ", $details));
        }

        foreach ($fields as $field => $problem) {
            $this->console->note("  $field: $problem");
        }

        if ($code === ExitCode::Usage && $fields === []) {
            $this->console->note("See {$this->console->command('help')}.");
        }

        $this->console->event(['event' => 'error', 'kind' => $kind, 'message' => $message]
        + ($fields === [] ? [] : ['fields' => $fields])
        + ($details === '' ? [] : ['details' => $details]));

        return $code;
    }

    private static function kind(ErrorCode $code): string
    {
        return match ($code) {
            ErrorCode::Reconnect       => ErrorCode::NotConnected->value,
            ErrorCode::Extension       => 'failed',
            ErrorCode::DefaultCategory => 'failed',
            ErrorCode::Clover          => 'failed',
            ErrorCode::Shop            => 'failed',
            ErrorCode::Unexpected      => 'failed',
            default                    => $code->value,
        };
    }

    private function sentence(ErrorReport $error, \Throwable $e): string
    {
        $message = $this->console->words->text($error->message);
        $command = $this->console->command(...);

        return match ($error->code) {
            ErrorCode::SiteMoved   => "$message (use {$command('connect --move', 'disconnect')})",
            ErrorCode::Currency    => "$message (to confirm it, use {$command('connect --currency XXX')})",
            ErrorCode::Refused     => self::refused($this->console, $error->refusedAt, $error->nextTryAt),
            ErrorCode::Unavailable => "$message Try again in a few minutes; a sync goes on from where it stopped.",
            // The command line's own sentences are plain runtime exceptions.
            ErrorCode::Unexpected => $e::class === \RuntimeException::class
                ? $e->getMessage()
                : "This should not happen, please report it: {$e->getMessage()}",
            default               => $message,
        };
    }

    /**
     * @param int $at        Unix seconds
     * @param int $nextTryAt Unix seconds
     */
    public static function refused(Console $console, int $at, int $nextTryAt): string
    {
        return \sprintf(
            'Clover refused the connection at %s UTC. It is asked again from %s UTC on, and nothing is asked before; '
            . 'a second refusal ends the connection. To connect again at once, use %s.',
            gmdate('H:i', $at),
            gmdate('H:i', $nextTryAt),
            $console->command('connect'),
        );
    }
}
