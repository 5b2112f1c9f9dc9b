<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

/** When the shop was first connected to each merchant. A process can end at any point of connecting. */
interface ConnectionMoments
{
    /** Notes the present moment, before the tokens are stored. */
    public function begin(): void;

    /** Forgets the noted moment: no tokens were stored. */
    public function abandon(): void;

    /** Whether the first connection to a merchant is stored. */
    public function isKnown(string $merchant): bool;

    /** Stores the noted moment as that of a merchant; without one, the present. A later connection changes nothing. */
    public function store(string $merchant): void;
}
