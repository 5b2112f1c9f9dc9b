<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;

/** One check and its result. */
final readonly class Check
{
    public function __construct(
        public CheckSubject $subject,
        public CheckState $state,
        /** What was found, and what to do about it. */
        public Message $message,
    ) {
    }
}
