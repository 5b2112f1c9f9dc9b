<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** The helper's answer to a call. */
final readonly class Answer
{
    /**
     * @param int               $call   Its number
     * @param bool|int|string|array|null $result Decoded JSON
     */
    public function __construct(
        public int $call,
        public bool|int|string|array|null $result,
        public ?Failure $failure,
    ) {
    }
}
