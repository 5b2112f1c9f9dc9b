<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** What Clover does not do with orders that are sent: the owner reads it once, not with each order. */
final readonly class OrderNotices
{
    private const PRINTS = 'print_refused';

    public function __construct(
        private KeyValueStore $state,
        private string $merchant,
        private Settings $settings,
    ) {
    }

    /** @return list<Message> */
    public function all(): array
    {
        $prints = $this->settings->printOrders ? $this->state->getArray(self::PRINTS) : [];
        $reason = ($prints['merchant'] ?? null) === $this->merchant && \is_string($prints['reason'] ?? null)
            ? Message::read($prints['reason'])
            : null;

        return array_values(array_filter([
            $reason === null ? null : new Message(MessageCode::PrintsRefused, ['reason' => $reason]),
            OrderTypeLookup::problem($this->state, $this->merchant, $this->settings->orderType),
        ]));
    }

    public function printRefused(Message $reason): void
    {
        $this->state->setArray(self::PRINTS, ['merchant' => $this->merchant, 'reason' => $reason->json()]);
    }

    public function printAccepted(): void
    {
        if ($this->state->get(self::PRINTS) !== null) {
            $this->state->delete(self::PRINTS);
        }
    }
}
