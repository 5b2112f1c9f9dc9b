<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The state of a stock change or an order that is sent to Clover. */
enum SendState: string
{
    /** To be sent. */
    case Intended = 'intended';

    /** Sent; the response is missing. */
    case Sent = 'sent';

    /** Clover has carried it out. */
    case Confirmed = 'confirmed';

    /** It may or may not have reached Clover: the owner decides. */
    case Uncertain = 'uncertain';

    /** Intentionally not sent. */
    case Skipped = 'skipped';

    /** No further attempts: the owner decides. */
    case Dead = 'dead';
}
