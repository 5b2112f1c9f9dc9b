<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Health\Check;
use CloverSync\Shop\Health\Checks;
use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Support\UtcTime;

/** `doctor` checks what the exchange with Clover depends on. */
final readonly class DoctorCommand implements Command
{
    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage(
            'Check engine, settings, connection, permissions, schedule, webhook and versions, and say what to do.',
        );
    }

    public function run(Options $options): ExitCode
    {
        $shop    = null;
        $problem = null;

        try {
            $shop = $this->host->shop();
        } catch (\Throwable $e) {
            // A shop that cannot be opened is a result.
            $problem = $e;
        }

        $counts = ['green' => 0, 'yellow' => 0, 'red' => 0];

        foreach ((new Checks($this->host->facts(), $shop, $problem))->all() as $check) {
            $counts[$check->state->value]++;
            $this->show($check);
        }

        $this->console->line(\sprintf(
            '%d fine, %d to look at, %d to repair.',
            $counts['green'],
            $counts['yellow'],
            $counts['red'],
        ));
        $this->console->done($counts);

        return $counts['red'] > 0 ? ExitCode::Partly : ExitCode::Done;
    }

    private function show(Check $check): void
    {
        $words = $this->console->words;
        $this->console->event([
            'event'   => 'check',
            'check'   => $check->subject->value,
            'state'   => $check->state->value,
            'code'    => $check->message->code->value,
            'data'    => (object) array_map($this->value(...), $check->message->data),
            'message' => $words->text($check->message),
            'details' => $words->details($check->message),
        ]);
        $this->console->line(\sprintf(
            '%-7s %-12s %s',
            match ($check->state) {
                CheckState::Green  => 'fine',
                CheckState::Yellow => 'look',
                CheckState::Red    => 'repair',
            },
            $check->subject->value,
            str_replace("\n", "\n" . str_repeat(' ', 21), $words->withDetails($check->message)),
        ));
    }

    /**
     * @param int|string|Time|Number|Message|list<string>|list<Message> $value
     *
     * @return int|string|list<string> For programs
     */
    private function value(int|string|Time|Number|Message|array $value): int|string|array
    {
        return match (true) {
            $value instanceof Time => (string) UtcTime::iso(UtcTime::sql($value->unix)),
            $value instanceof Number => $value->digits,
            $value instanceof Message => $this->console->words->text($value),
            \is_array($value) => array_map(fn (string|Message $part): string => \is_string($part)
                ? $part
                : $this->console->words->text($part), $value),
            default => $value,
        };
    }
}
