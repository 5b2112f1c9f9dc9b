<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;

/** Something that keeps the exchange with Clover from going on, or that waits for the owner. */
final readonly class Trouble
{
    public function __construct(
        public TroubleKind $kind,
        /** What was found, and mostly what to do about it. */
        public Message $message,
        /** What to do, where the message does not say it. */
        public ?Message $advice = null,
    ) {
    }
}
