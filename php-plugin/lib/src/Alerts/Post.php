<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\MailException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;

/**
 * Sends what is due, once to each address, however many processes work and wherever one is killed.
 *
 * A process first claims the records. Before it hands a mail over, it stores that it does; what happened to the mail of
 * a process that ended in between is not known, so it is not repeated.
 */
final readonly class Post
{
    /** How often the outcome of a mail is stored again when another process has changed the record. */
    private const STORES = 3;

    public function __construct(
        private Mailer $mailer,
        private MailRecords $records,
        private SyncLog $log,
        private Clock $clock,
    ) {
    }

    /**
     * @param array<string, MailRecord>           $records   By name, those with something due
     * @param list<string>                        $addresses
     * @param \Closure(non-empty-list<string>): Mail $mail   Of the records with these names
     */
    public function send(array $records, array $addresses, \Closure $mail, MailReport $report): void
    {
        $claimed = array_filter(
            $records,
            fn (MailRecord $record, string $name): bool => $this->claim($name, $record),
            ARRAY_FILTER_USE_BOTH,
        );

        foreach (self::inTurn($claimed, $addresses) as $address) {
            $names = $this->begin($claimed, $address);

            if ($names === []) {
                continue;
            }

            $letter = $mail($names);

            try {
                $this->mailer->send($address, $letter);
            } catch (MailException $e) {
                $report->failure = $e->description();
                $this->settle($claimed, $names, $address, Delivery::Due);

                // The next address would wait for the same mail server.
                break;
            }

            $report->sent++;
            $this->settle($claimed, $names, $address, Delivery::Sent);
            $this->log->add('mail', 'mail', '', 'success', new Message(MessageCode::MailSent, [
                'subjects' => $letter->subjects(),
            ]));
        }

        $this->end($claimed, $report->failure);
    }

    /**
     * The addresses, from another one on after each attempt that failed: one that is always refused holds up none.
     *
     * @param array<string, MailRecord> $claimed
     * @param list<string>              $addresses
     *
     * @return list<string>
     */
    private static function inTurn(array $claimed, array $addresses): array
    {
        if ($claimed === [] || $addresses === []) {
            return [];
        }

        $attempts = array_map(static fn (MailRecord $record): int => $record->attempts(), array_values($claimed));
        $first    = max($attempts) % \count($addresses);

        return [...\array_slice($addresses, $first), ...\array_slice($addresses, 0, $first)];
    }

    private function claim(string $name, MailRecord $record): bool
    {
        $now = $this->clock->now();

        if ($record->isClaimed($now)) {
            return false;
        }

        $interrupted = $record->claim($now);

        if (!$this->records->save($name, $record)) {
            return false;
        }

        if ($interrupted !== []) {
            $this->log->add('mail', 'mail', '', 'error', new Message(MessageCode::MailInterrupted));
        }

        return true;
    }

    /**
     * @param array<string, MailRecord> $claimed
     *
     * @return list<string> Names of the records whose mail to this address is now being handed over
     */
    private function begin(array $claimed, string $address): array
    {
        $names = [];

        foreach ($claimed as $name => $record) {
            if ($record->deliveryTo($address) !== Delivery::Due) {
                continue;
            }

            $record->deliver($address, Delivery::Sending);

            // The trouble may be over, or the claim: then another process has changed the record.
            if ($this->records->save($name, $record)) {
                $names[] = $name;
            }
        }

        return $names;
    }

    /**
     * @param array<string, MailRecord> $claimed
     * @param list<string>              $names
     */
    private function settle(array $claimed, array $names, string $address, Delivery $delivery): void
    {
        foreach ($names as $name) {
            $this->store($name, $claimed[$name], static function (MailRecord $record) use ($address, $delivery): void {
                if ($record->deliveryTo($address) === Delivery::Sending) {
                    $record->deliver($address, $delivery);
                }
            });
        }
    }

    /** @param array<string, MailRecord> $claimed */
    private function end(array $claimed, ?Message $failure): void
    {
        $isGivenUp = false;

        foreach ($claimed as $name => $record) {
            $this->store($name, $record, function (MailRecord $record) use ($failure, &$isGivenUp): void {
                $record->release();

                if ($failure !== null) {
                    $record->failed($this->clock->now());
                    $isGivenUp = $isGivenUp || $record->isGivenUp();
                }
            });
        }

        if ($failure !== null) {
            $this->log->add(
                'mail',
                'mail',
                '',
                'error',
                $isGivenUp
                    ? new Message(MessageCode::MailGivenUp, ['reason' => $failure])
                    : new Message(MessageCode::MailLater, ['reason' => $failure]),
            );
        }
    }

    /**
     * Changes a record that this process has claimed, even when another one has stored meanwhile that the trouble is
     * over.
     *
     * @param \Closure(MailRecord): void $change
     */
    private function store(string $name, MailRecord $record, \Closure $change): void
    {
        $mine = clone $record;
        $change($record);

        for ($i = 0; $i < self::STORES && !$this->records->save($name, $record); $i++) {
            $newer = $this->records->get($name);

            if ($newer === null || !$newer->hasClaimOf($mine)) {
                return;
            }

            $record = $newer;
            $change($record);
        }
    }
}
