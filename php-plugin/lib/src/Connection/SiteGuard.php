<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Exception\SiteMovedException;

/**
 * A copy of a site carries the connection with it, but must not act on it: two shops would take the same units out of
 * Clover.
 */
final readonly class SiteGuard
{
    private const NAME = 'site';

    /** @param string $identity What tells this site from a copy: its URL */
    public function __construct(
        private KeyValueStore $state,
        private string $identity,
    ) {
    }

    /** Makes this site the one that the connection belongs to: at connecting, or when the owner has moved the site. */
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
     * To be called before anything is sent to Clover.
     *
     * @throws SiteMovedException
     */
    public function check(): void
    {
        if ($this->isMoved()) {
            throw new SiteMovedException(\sprintf(
                'The connection to Clover belongs to %s and this is %s: move the connection here if the shop '
                . 'has moved, or disconnect this copy.',
                $this->state->get(self::NAME),
                $this->identity,
            ));
        }
    }

    public function forget(): void
    {
        $this->state->delete(self::NAME);
    }
}
