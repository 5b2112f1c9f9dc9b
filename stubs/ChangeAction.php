<?php

declare(strict_types=1);

namespace CloverSync;

/** What is to be done with a product or a variant. */
enum ChangeAction: string
{
    /** The shop does not have it. */
    case Create = 'create';

    /** The shop has it, and something differs. */
    case Update = 'update';

    /** It was deleted in Clover and is back. */
    case Restore = 'restore';

    /** A variant stands in another product of the shop. */
    case Move = 'move';

    /** Nothing. */
    case Keep = 'keep';
}
