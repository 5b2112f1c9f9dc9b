<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;

/** Who has got the mail about one trouble or one day. {@see MailRecords} stores it. */
final class MailRecord
{
    /** How often a mail is tried. */
    public const ATTEMPTS = 4;

    /** Seconds after each attempt that failed. */
    private const WAITS = [300, 1_800, 7_200];

    /** Seconds after which the process of a claim counts as ended. A mail takes a minute at most. */
    private const CLAIM = 900;

    /** As it is stored; empty before that. */
    public string $stored = '';

    /** Unix seconds since when the trouble is over; null while it lasts. */
    public ?int $ended = null;

    private int $attempts = 0;

    private int $nextTry = 0;

    private string $claim = '';

    private int $claimedAt = 0;

    /**
     * @param int                     $since Unix seconds: when the trouble was first seen, or the start of the day
     * @param array<string, Delivery> $to    By address
     */
    private function __construct(
        public readonly int $since,
        private array $to,
    ) {
    }

    /** @param list<string> $addresses */
    public static function begin(int $since, array $addresses): self
    {
        return new self($since, array_fill_keys($addresses, Delivery::Due));
    }

    /** A new record in place of this one. */
    public function replacedBy(self $other): self
    {
        $other->stored = $this->stored;

        return $other;
    }

    public static function read(string $stored): ?self
    {
        $value = KeyValueStore::decode($stored);
        $since = $value['since'] ?? null;
        $to    = [];

        foreach (\is_array($value['to'] ?? null) ? $value['to'] : [] as $address => $delivery) {
            $to[(string) $address] = Delivery::tryFrom((string) $delivery) ?? Delivery::Unknown;
        }

        if (!\is_int($since)) {
            return null;
        }

        $int               = static fn (string $name): ?int => \is_int($value[$name] ?? null) ? $value[$name] : null;
        $record            = new self($since, $to);
        $record->stored    = $stored;
        $record->ended     = $int('ended');
        $record->attempts  = $int('attempts') ?? 0;
        $record->nextTry   = $int('next_try') ?? 0;
        $record->claim     = \is_string($value['claim'] ?? null) ? $value['claim'] : '';
        $record->claimedAt = $int('claimed') ?? 0;

        return $record;
    }

    /** @return array<string, int|string|array<string, string>|null> */
    public function toArray(): array
    {
        return [
            'since'    => $this->since,
            'ended'    => $this->ended,
            'to'       => array_map(static fn (Delivery $delivery): string => $delivery->value, $this->to),
            'attempts' => $this->attempts,
            'next_try' => $this->nextTry,
            'claim'    => $this->claim,
            'claimed'  => $this->claimedAt,
        ];
    }

    public function deliveryTo(string $address): ?Delivery
    {
        return $this->to[$address] ?? null;
    }

    public function deliver(string $address, Delivery $delivery): void
    {
        $this->to[$address] = $delivery;
    }

    /** @param list<string> $addresses Those of the settings, which may have changed */
    public function hasDue(array $addresses, int $now): bool
    {
        // A longer wait comes from a clock that was ahead.
        $isTime = $this->nextTry <= $now || $this->nextTry > ($now + max(self::WAITS));

        return (
            $isTime
            && $this->ended === null
            && array_intersect($this->addressesOf(Delivery::Due), $addresses) !== []
        );
    }

    /** Whether another process may be sending it now. */
    public function isClaimed(int $now): bool
    {
        return $this->claim !== '' && abs($now - $this->claimedAt) < self::CLAIM;
    }

    /** @return list<string> Addresses whose mail was being handed over when the process of the last claim ended */
    public function claim(int $now): array
    {
        $interrupted     = $this->addressesOf(Delivery::Sending);
        $this->claim     = bin2hex(random_bytes(8));
        $this->claimedAt = $now;

        foreach ($interrupted as $address) {
            $this->to[$address] = Delivery::Unknown;
        }

        return $interrupted;
    }

    public function hasClaimOf(self $other): bool
    {
        return $this->claim !== '' && $this->claim === $other->claim;
    }

    /** Ends the claim. */
    public function release(): void
    {
        $this->claim     = '';
        $this->claimedAt = 0;
    }

    /** Counts an attempt that failed. */
    public function failed(int $now): void
    {
        $this->nextTry = $now + (self::WAITS[$this->attempts] ?? max(self::WAITS));

        if (++$this->attempts >= self::ATTEMPTS) {
            foreach ($this->addressesOf(Delivery::Due) as $address) {
                $this->to[$address] = Delivery::GivenUp;
            }
        }
    }

    /** Attempts that failed. */
    public function attempts(): int
    {
        return $this->attempts;
    }

    public function isGivenUp(): bool
    {
        return $this->attempts >= self::ATTEMPTS;
    }

    /** @return list<string> */
    private function addressesOf(Delivery $delivery): array
    {
        return array_map(strval(...), array_keys($this->to, $delivery, true));
    }
}
