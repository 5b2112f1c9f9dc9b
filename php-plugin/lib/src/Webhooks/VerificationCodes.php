<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Support\Clock;

/**
 * The webhook's verification codes. Clover does not sign them, so anyone can post one: they are accepted only while the
 * owner waits for one, only the first few different ones are stored, and a rejected one costs no write.
 */
final readonly class VerificationCodes
{
    private const CODES = 'webhook_code';
    private const SEEN  = 'dashboard_seen';

    /** Codes that are stored; one that is older than the window makes room. */
    private const KEPT = 5;

    /** Seconds after the dashboard's last request in which codes are accepted. */
    private const WINDOW = 600;

    /** Seconds between two writes of that request's time. */
    private const EVERY = 60;

    /** @param bool $alwaysOpen Whether codes are accepted without a dashboard too: the command line has none */
    public function __construct(
        private KeyValueStore $state,
        private Clock $clock,
        private bool $alwaysOpen = false,
    ) {
    }

    /** Call it whenever the owner's dashboard asks for codes. */
    public function expect(): void
    {
        $now = $this->clock->now();

        // A time in the future comes from a clock that was ahead.
        if (abs($now - (int) $this->state->get(self::SEEN)) >= self::EVERY) {
            $this->state->set(self::SEEN, (string) $now);
        }
    }

    /** @return bool Whether the code was new, and is stored */
    public function take(string $code): bool
    {
        if (!$this->isOpen()) {
            return false;
        }

        $now  = $this->clock->now();
        $kept = array_values(array_filter(
            $this->all(),
            static fn (array $c): bool => abs($now - $c['at']) < self::WINDOW,
        ));

        if (\count($kept) >= self::KEPT || \in_array($code, array_column($kept, 'code'), true)) {
            return false;
        }

        $this->state->set(self::CODES, json_encode([...$kept, ['code' => $code, 'at' => $now]], JSON_THROW_ON_ERROR));

        return true;
    }

    /** @return list<array{code: string, at: int}> Oldest first; at: Unix seconds */
    public function all(): array
    {
        $stored = $this->state->getArray(self::CODES);
        // 0.1.0 stored one code without a list.
        $list = isset($stored['code']) ? [$stored] : array_values($stored);

        return array_values(array_filter(
            array_map(self::read(...), $list),
            static fn (?array $code): bool => $code !== null,
        ));
    }

    /**
     * @param mixed $entry mixed: decoded JSON
     *
     * @return ?array{code: string, at: int}
     */
    private static function read(mixed $entry): ?array
    {
        return (
            \is_array($entry) && \is_string($entry['code'] ?? null) && \is_int($entry['at'] ?? null)
                ? ['code' => $entry['code'], 'at' => $entry['at']]
                : null
        );
    }

    private function isOpen(): bool
    {
        return $this->alwaysOpen || abs($this->clock->now() - (int) $this->state->get(self::SEEN)) <= self::WINDOW;
    }
}
