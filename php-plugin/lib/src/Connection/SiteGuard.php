<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\ConnectionStatus;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/**
 * Keeps a copy of a site from using the connection that was copied with it: two shops would take the same units out of
 * Clover.
 */
final readonly class SiteGuard
{
    private const NAME = 'site';

    /** @param string $identity Distinguishes this site from a copy: its URL */
    public function __construct(
        private KeyValueStore $state,
        private string $identity,
    ) {
    }

    /** Assigns the connection to this site: when connecting, or when the owner has moved the site. */
    public function move(): void
    {
        $this->state->set(self::NAME, $this->identity);
    }

    public function isMoved(): bool
    {
        $known = $this->state->get(self::NAME);

        return $known !== null && $known !== $this->identity;
    }

    /**
     * Call it before any request to Clover, also before a refresh of the tokens: each is good for one
     * refresh, and those of a copy are the other site's.
     *
     * @return string The merchant's id
     *
     * @throws NotConnectedException
     * @throws SiteMovedException
     */
    public function requireConnection(ConnectionStatus $status): string
    {
        if (!$status->connected || $status->merchantId === null) {
            throw new NotConnectedException($status->reconnectReason);
        }

        $this->check();

        return $status->merchantId;
    }

    /** @throws SiteMovedException */
    public function check(): void
    {
        if ($this->isMoved()) {
            throw new SiteMovedException(new Message(MessageCode::SiteMoved, [
                'there' => (string) $this->state->get(self::NAME),
                'here'  => $this->identity,
            ]));
        }
    }

    public function forget(): void
    {
        $this->state->delete(self::NAME);
    }
}
