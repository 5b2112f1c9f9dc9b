<?php

declare(strict_types=1);

namespace CloverSync;

/** One shop product as Clover wants it, and what of it differs from the shop. */
final readonly class ProductChange
{
    /** The item's id, or the group's. */
    public string $cloverId;

    /** "item" or "group". */
    public string $kind;

    /** "create", "update", or "restore" for a product that was deleted in Clover and is back. */
    public string $action;

    /**
     * What differs, of: title, category, tags, sale, options, variants, sku, upc, price, count, availability. All of
     * them on create.
     *
     * @var list<string>
     */
    public array $fields;

    /** "simple" or "variable". */
    public string $type;

    public string $title;

    /** Lower-case ASCII for the article's URL; not unique. */
    public string $alias;

    /** Whether a created product may be shown at once. Never changes a product that exists. */
    public bool $publish;

    /** Whether something in Clover keeps it from being shown unseen, whatever the owner's Import Status. */
    public bool $withheld;

    /**
     * Category names in order of preference; the default category when none fits.
     *
     * @var list<string>
     */
    public array $categories;

    /** Whether the first of the categories is to be made when the shop lacks it. */
    public bool $createCategory;

    /** Clover id of the category that is to be made; else empty. */
    public string $categoryId;

    /** @var list<string> */
    public array $tags;

    /** @var list<string> */
    public array $warnings;

    /** Store it with the mapping. */
    public string $fingerprint;

    /** Lowest and highest price of the variants, decimal text with five places. */
    public string $minPrice;

    public string $maxPrice;

    /**
     * Options of a variable product with the values that occur, in order.
     *
     * @var list<array{name: string, values: list<string>}>
     */
    public array $options;

    /**
     * Every variant that Clover has now; a simple product has exactly one. `action` is create, update, restore, keep,
     * or move for one that stands in another product of the shop; `fields` names what differs in this variant (all on
     * create); `availability` is null when it must stay as it is; `quantity` is null when the item is untracked;
     * `option_values` has one value for each of `options`, in their order; `fingerprint` is to be stored with the
     * mapping of a variant of a group.
     *
     * @var list<array{clover_id: string, action: string, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, availability: ?int, option_values:
     *   list<string>, name: string}>
     */
    public array $variants;

    private function __construct()
    {
    }
}
