<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Database\KeyValueStore;

/** Whether the owner has changed the choice of imported items since the last whole sync. */
final readonly class FilterChange
{
    private const NAME  = 'item_filter';
    private const BEGUN = 'item_filter_of_run';

    public function __construct(
        private KeyValueStore $state,
        private Settings $settings,
    ) {
    }

    public function isNew(): bool
    {
        return $this->state->get(self::NAME) !== $this->fingerprint();
    }

    /** Stores the choice with which a sync begins. */
    public function begin(): void
    {
        $this->set(self::BEGUN);
    }

    /** Stores the choice that a sync has applied to all items. It may have changed while the sync was interrupted. */
    public function finish(): void
    {
        if ($this->state->get(self::BEGUN) === $this->fingerprint()) {
            $this->set(self::NAME);
        }
    }

    private function set(string $name): void
    {
        $fingerprint = $this->fingerprint();

        if ($this->state->get($name) !== $fingerprint) {
            $this->state->set($name, $fingerprint);
        }
    }

    private function fingerprint(): string
    {
        return hash('sha256', json_encode(
            [
                $this->settings->importCategories,
                $this->settings->importTags,
                $this->settings->importHidden,
                $this->settings->importNonRevenue,
                $this->settings->importAgeRestricted,
                // A shop that does not use it has the fingerprint of a version that did not know it.
                ...($this->settings->importOnlineOnly ? ['online'] : []),
            ],
            JSON_THROW_ON_ERROR,
        ));
    }
}
