<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** The helper's answer to a call. */
final readonly class Answer
{
    /**
     * @param int               $call   Its number
     * @param scalar|array|null $result Decoded JSON
     */
    public function __construct(
        public int $call,
        public bool|int|float|string|array|null $result,
        public ?Failure $failure,
    ) {
    }
}
