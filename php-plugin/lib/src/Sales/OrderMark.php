<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\OrderStanding;

/** What title and note of an order in Clover say, or are to say. */
final readonly class OrderMark
{
    /** Between the parts of the stored text. */
    private const SEPARATOR = ':';

    private function __construct(
        public OrderStanding $standing,
        /** Fingerprint of the edited order; empty for an order that is as it was sent. */
        public string $edited,
    ) {
    }

    /**
     * @param ?string $sent Fingerprint of the order as it was sent; null when it is not known
     * @param ?string $now  Fingerprint of the order as it is; null when it is not known
     */
    public static function of(OrderStanding $standing, ?string $sent = null, ?string $now = null): self
    {
        $mark = new self($standing, '');

        // Nothing of an order that is called off is handed over. The number before the dash is that of the rules:
        // fingerprints of other rules differ without an edit.
        return $mark->isSold()
        && $sent !== null
        && $now !== null
        && $sent !== $now
        && explode('-', $sent)[0] === explode('-', $now)[0]
            ? new self($standing, $now)
            : $mark;
    }

    public static function fromText(string $text): self
    {
        [$standing, $edited] = [...explode(self::SEPARATOR, $text, 2), ''];

        return new self(OrderStanding::from($standing), $edited);
    }

    public function text(): string
    {
        return $this->standing->value . ($this->edited === '' ? '' : self::SEPARATOR . $this->edited);
    }

    /** The start of the title in Clover, as clover-core writes it. */
    public function words(): string
    {
        return (
            ($this->isChanged() ? 'CHANGED ONLINE - ' : '') . match ($this->standing) {
                OrderStanding::Paid      => 'PAID ONLINE',
                OrderStanding::ToPay     => 'WEB ORDER - TO PAY',
                OrderStanding::Cancelled => 'CANCELLED ONLINE',
                OrderStanding::Refunded  => 'REFUNDED ONLINE',
            }
        );
    }

    /** What the owner has to do in Clover if title and note cannot be written there: a word for a text. */
    public function correction(): string
    {
        return $this->isChanged() ? 'changed' : $this->standing->value;
    }

    public function isSold(): bool
    {
        return $this->standing === OrderStanding::Paid || $this->standing === OrderStanding::ToPay;
    }

    public function isChanged(): bool
    {
        return $this->edited !== '';
    }
}
