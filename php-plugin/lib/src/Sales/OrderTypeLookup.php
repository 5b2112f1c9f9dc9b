<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\BugException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Orders;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;

/**
 * The order type that the owner has named. Its id is looked up once in a while and stored; where there is none, orders
 * are sent without it.
 */
final readonly class OrderTypeLookup
{
    private const NAME = 'order_type';

    /** Seconds for which an answer is used: an id, none, and an answer that could not be read. */
    private const KEPT   = 86_400;
    private const MISSED = 3_600;
    private const FAILED = 60;

    /** @param string $wanted Name of the order type; empty for none */
    public function __construct(
        private KeyValueStore $state,
        private string $merchant,
        private string $wanted,
        private SyncLog $log,
        private Clock $clock,
    ) {
    }

    /**
     * Clover's id of the order type, with one request at most.
     *
     * @throws HelperLostException when no call can be made now
     * @throws RefusedException
     * @throws ReconnectException
     */
    public function id(Orders $clover): ?string
    {
        if ($this->wanted === '') {
            return null;
        }

        $known = self::known($this->state, $this->merchant, $this->wanted);
        $id    = \is_string($known['id'] ?? null) ? $known['id'] : null;
        $age   = $this->clock->now() - (int) ($known['at'] ?? 0);

        if ($age >= 0 && $age < (int) ($known['for'] ?? 0)) {
            return $id;
        }

        $name    = $this->wanted;
        $problem = null;

        try {
            $id      = $clover->orderType($name);
            $problem = $id === null ? new Message(MessageCode::OrderTypeUnknown, ['name' => $name]) : null;
            $seconds = $id === null ? self::MISSED : self::KEPT;
        } catch (HelperLostException|RefusedException $e) {
            throw $e;
        } catch (PermissionException $e) {
            $id      = null;
            $problem = new Message(MessageCode::OrderTypeNotAllowed, ['name' => $name, 'reason' => Message::of($e)]);
            $seconds = self::MISSED;
        } catch (UnavailableException|BugException|ItemException $e) {
            // The order does not wait for it; an id that was known before is still the best one.
            $unread  = new Message(MessageCode::OrderTypeUnread, ['name' => $name, 'reason' => Message::of($e)]);
            $problem = $id === null ? $unread : null;
            $seconds = self::FAILED;
        }

        $this->keep($id, $seconds, $problem);

        return $id;
    }

    /** Clover took an order only without the order type. */
    public function refused(Message $reason): void
    {
        $this->keep(null, self::KEPT, new Message(MessageCode::OrderTypeNotTaken, [
            'name'   => $this->wanted,
            'reason' => $reason,
        ]));
    }

    /** Why orders are sent without the order type; null while they have it, or none is wanted. */
    public static function problem(KeyValueStore $state, string $merchant, string $wanted): ?Message
    {
        $problem = self::known($state, $merchant, $wanted)['problem'] ?? null;

        return \is_string($problem) ? Message::readNullable($problem) : null;
    }

    /** @return array<string, scalar|array<array-key, scalar|null>|null> Empty unless it is about this order type */
    private static function known(KeyValueStore $state, string $merchant, string $wanted): array
    {
        $known = $wanted === '' ? [] : $state->getArray(self::NAME);

        return ($known['merchant'] ?? null) === $merchant && ($known['name'] ?? null) === $wanted ? $known : [];
    }

    private function keep(?string $id, int $seconds, ?Message $problem): void
    {
        $before = self::problem($this->state, $this->merchant, $this->wanted);
        $this->state->setArray(self::NAME, [
            'merchant' => $this->merchant,
            'name'     => $this->wanted,
            'id'       => $id,
            'at'       => $this->clock->now(),
            'for'      => $seconds,
            'problem'  => $problem?->json(),
        ]);

        if ($problem !== null && $problem->code !== $before?->code) {
            $this->log->add('order_push', 'order', '', 'error', $problem);
        }
    }
}
