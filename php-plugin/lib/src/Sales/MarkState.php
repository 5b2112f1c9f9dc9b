<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** Whether title and note of an order in Clover say what became of it. */
enum MarkState: string
{
    /** They do. */
    case Shown = '';

    /** They are to be written. */
    case Due = 'due';

    /** The order is paid or locked in Clover: the owner corrects it there. */
    case Locked = 'locked';

    /** Clover refuses it, or did not respond for about a day: the owner corrects it there. */
    case Refused = 'refused';

    /** The order does not exist in Clover any more. */
    case Gone = 'gone';

    /** The owner has corrected it in Clover, or wants it to stay. */
    case Left = 'left';

    /** Whether the owner has to do something in Clover. */
    public function needsOwner(): bool
    {
        return $this === self::Locked || $this === self::Refused;
    }
}
