<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** An object that a call has made in the helper. */
final readonly class Made
{
    /**
     * @param int   $generation Of the helper that has it
     * @param array $properties Their values, in their order
     */
    public function __construct(
        public int $generation,
        public int $number,
        public array $properties,
    ) {
    }
}
