<?php

declare(strict_types=1);

namespace CloverSync;

/** Whether new products are shown. */
enum ImportStatus: string
{
    /** The owner publishes them. */
    case Unpublished = 'unpublished';

    /** At once. */
    case Published = 'published';
}
