<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** Why the product that has the SKU of something in Clover cannot be linked to it. */
enum AdoptProblem: string
{
    /** Several products have the SKU. */
    case Several = 'several';
    /** No product has it any more. */
    case Gone = 'gone';
    /** A group in Clover, and a product without variants. */
    case NoVariants = 'no_variants';
    /** A single item in Clover, and a variant in the shop. */
    case IsVariant = 'is_variant';
    /** A single item in Clover, and a product with variants that has the SKU itself. */
    case HasVariants = 'has_variants';
    /** The only product was just linked to something else in Clover with the same SKU. */
    case Taken = 'taken';
    /** The variants differ by other options: the shop would offer combinations that do not exist. */
    case Options = 'options';
    /** An earlier version found it, and did not store its options. */
    case Unknown = 'unknown';
}
