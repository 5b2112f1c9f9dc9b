<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\ProblemCode;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\VerdictKind;
use CloverSync\Webhook;
use CloverSync\WebhookVerdict;

/** Answers Clover's webhook: judges the request and stores its events. Sends no request and reads no product. */
final readonly class Endpoint
{
    public const LAST_SEEN = 'webhook_seen';

    /** Time of the last request that was refused, or not used. */
    public const LAST_REFUSED = 'webhook_refused';

    private const UNKNOWN = 'webhook_unknown';

    /** Seconds without an event after which something may be wrong. */
    private const SILENCE = 604_800;

    private const A_DAY = 86_400;

    /** Seconds between two log entries, or two stored times, of frequent events. */
    private const QUIET = 60;

    public function __construct(
        private Webhook $webhook,
        /** Null before the first connection: events are then dropped. */
        private ?Inbox $inbox,
        private ?string $merchant,
        private VerificationCodes $codes,
        private KeyValueStore $state,
        private SyncLog $log,
        private Clock $clock,
    ) {
    }

    /**
     * @param array<string, scalar|list<string>> $headers As `$_SERVER` has them, or by name
     *
     * @return array{status: int, body: string, work: bool} work: whether events wait to be processed after the response
     */
    public function answer(#[\SensitiveParameter] string $body, #[\SensitiveParameter] array $headers): array
    {
        $verdict = $this->webhook->judge($body, $headers, $this->merchant);

        switch ($verdict->kind) {
            case VerdictKind::Verification:
                if ($this->codes->take((string) $verdict->code)) {
                    $this->log->add('webhook', 'item', '', 'success', new Message(MessageCode::WebhookCode));
                }

                return ['status' => $verdict->status, 'body' => (string) $verdict->code, 'work' => false];

            case VerdictKind::Events:
                $this->inbox?->take($verdict->events);
                $this->seen();
                $this->countUnknown($verdict->ignored);

                return ['status' => $verdict->status, 'body' => '', 'work' => $verdict->events !== []];

            case VerdictKind::Disabled:
                $this->once('skipped', new Message(MessageCode::WebhookUnused, ['reason' => self::reason($verdict)]));

                return ['status' => $verdict->status, 'body' => '', 'work' => false];

            default:
                $this->once('error', new Message(MessageCode::WebhookRefused, [
                    'status' => (string) $verdict->status,
                    'reason' => self::reason($verdict),
                ]));

                // The sender learns only the status.
                return ['status' => $verdict->status, 'body' => '', 'work' => false];
        }
    }

    /** @param int $seen Unix seconds of the last event */
    public static function isSilent(int $seen, Clock $clock): bool
    {
        return $seen <= ($clock->now() - self::SILENCE);
    }

    private static function reason(WebhookVerdict $verdict): Message
    {
        return $verdict->problem === null ? new Message(ProblemCode::Fault) : Message::ofProblem($verdict->problem);
    }

    /** Stores the time once a minute: a write for each delivery would double the cost. */
    private function seen(): void
    {
        $now = $this->clock->now();

        // A time in the future comes from a clock that was ahead.
        if (abs($now - (int) $this->state->get(self::LAST_SEEN)) >= self::QUIET) {
            $this->state->set(self::LAST_SEEN, (string) $now);
        }
    }

    /**
     * Counts entries that this version does not know, and logs them once a day: the owner must see when Clover changes
     * its format.
     *
     * @param array{unknown: int, malformed: int, example: ?string, ...} $ignored
     */
    private function countUnknown(array $ignored): void
    {
        $new = $ignored['unknown'] + $ignored['malformed'];

        if ($new === 0) {
            return;
        }

        $now   = $this->clock->now();
        $known = $this->state->getArray(self::UNKNOWN);
        $count = (int) ($known['count'] ?? 0) + $new;
        $said  = (int) ($known['said'] ?? 0);

        // A time in the future comes from a clock that was ahead.
        if ($said <= $now && ($now - $said) < self::A_DAY) {
            $this->state->setArray(self::UNKNOWN, ['count' => $count, 'said' => $said]);

            return;
        }

        $this->state->setArray(self::UNKNOWN, ['count' => 0, 'said' => $now]);
        $this->log->add('webhook', 'item', '', 'skipped', new Message(MessageCode::WebhookUnknown, [
            'count'   => $count,
            'example' => $ignored['example'] ?? '?',
        ]));
    }

    private function once(string $status, Message $message): void
    {
        $last = (int) $this->state->get(self::LAST_REFUSED);

        if (abs($this->clock->now() - $last) >= self::QUIET) {
            $this->state->set(self::LAST_REFUSED, (string) $this->clock->now());
            $this->log->add('webhook', 'item', '', $status, $message);
        }
    }
}
