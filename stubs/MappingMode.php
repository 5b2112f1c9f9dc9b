<?php

declare(strict_types=1);

namespace CloverSync;

/** How Clover's categories and groups become the shop's categories and tags. */
enum MappingMode: string
{
    /** Item-group names and Clover tags become tags; no category is made. */
    case Tag = 'tag';

    /** The first Clover category is the article's, made when missing; the others become tags. */
    case Category = 'category';
}
