<?php

declare(strict_types=1);

namespace CloverSync;

/** How far a stock change or an order has come on its way to Clover. */
enum SendState: string
{
    /** To be sent. */
    case Intended = 'intended';

    /** Sent, without an answer yet. */
    case Sent = 'sent';

    /** In Clover. */
    case Confirmed = 'confirmed';

    /** It may or may not have reached Clover: the owner decides. */
    case Uncertain = 'uncertain';

    /** Not sent, on purpose. */
    case Skipped = 'skipped';

    /** Given up: the owner decides. */
    case Dead = 'dead';
}
