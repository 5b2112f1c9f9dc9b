<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** One shop product by Clover's data, and the fields in which the shop differs. */
final readonly class ProductChange
{
    /** The item's id, or the group's. */
    public string $cloverId;

    public ProductKind $kind;

    /** Create, Update or Restore. */
    public ChangeAction $action;

    /**
     * The fields that differ: title, category, tags, tax, sale, options, modifiers, variants, sku, upc, price, count,
     * low_stock, availability. On create, all that the product has, but tax only with a tax profile.
     *
     * @var list<string>
     */
    public array $fields;

    public string $title;

    /** Lower-case ASCII for the article's URL; not unique. */
    public string $alias;

    /** Whether a new product may be published at once. Does not apply to an existing product. */
    public bool $publish;

    /** Whether Clover's data requires the owner's review before publication, whatever the Import Status setting. */
    public bool $withheld;

    /**
     * Category names in order of preference. The default category applies when none of them exists.
     *
     * @var list<string>
     */
    public array $categories;

    /** Whether the first of the categories should be created when the shop lacks it. */
    public bool $createCategory;

    /** Clover id of the category that should be created; otherwise empty. */
    public string $categoryId;

    /** @var list<string> */
    public array $tags;

    /**
     * What the owner should look at.
     *
     * @var list<Problem>
     */
    public array $warnings;

    /** @var list<Caution> Why the product is withheld */
    public array $cautions;

    /** Store the fingerprint with the mapping. */
    public string $fingerprint;

    /** The lowest price of the variants; {@see $maxPrice} is the highest. Decimal text with five places. */
    public string $minPrice;

    public string $maxPrice;

    /**
     * Options of a variable product with the values that occur, in order.
     *
     * @var list<array{name: string, values: list<string>}>
     */
    public array $options;

    /**
     * All variants that exist in Clover; a simple product has exactly one. `fields` names the fields that differ
     * in this variant (on create, all). `availability` is null when it must not change. `quantity` is null when the
     * item is untracked, `count` is Clover's own count, and `threshold` the count at which it warns (five places), null
     * when it is the owner's. `option_values` has one value for each of `options`, in their order. Store `fingerprint`
     * with the mapping of a variant of a group.
     *
     * @var list<array{clover_id: string, action: ChangeAction, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, count: ?string, threshold: ?string,
     *   availability: ?int, option_values: list<string>, name: string}>
     */
    public array $variants;

    /**
     * Clover's modifier groups as options of a simple product, in order. `kind` is the shop's type of the option
     * (radio, select, checkbox), `price` decimal text with five places: what a choice adds to one piece.
     *
     * @var list<array{group: string, name: string, kind: string, required: bool, choices: list<array{modifier: string,
     *   name: string, price: string}>}>
     */
    public array $modifiers;

    /** The tax profile to write; null leaves the shop's, and for a new product means that of the settings. */
    public ?int $taxProfile;

    /** Clover's description as HTML, for a new product only: the article's text is the owner's later. May be empty. */
    public string $text;

    /** Address of Clover's picture, for a new product only. Empty where there is none. It is not checked. */
    public string $picture;

    private function __construct()
    {
    }

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->cloverId = $row[0];
        $self->kind = ProductKind::from($row[1]);
        $self->action = ChangeAction::from($row[2]);
        $self->fields = $row[3];
        $self->title = $row[4];
        $self->alias = $row[5];
        $self->publish = $row[6];
        $self->withheld = $row[7];
        $self->categories = $row[8];
        $self->createCategory = $row[9];
        $self->categoryId = $row[10];
        $self->tags = $row[11];
        $self->warnings = (static fn (array $list): array => array_map(Problem::fromRow(...), $list))($row[12]);
        $self->cautions = (static fn (array $list): array => array_map(Caution::from(...), $list))($row[13]);
        $self->fingerprint = $row[14];
        $self->minPrice = $row[15];
        $self->maxPrice = $row[16];
        $self->options = $row[17];
        $self->variants = (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['action' => (ChangeAction::from(...))($row['action'])]), $list))($row[18]);
        $self->modifiers = $row[19];
        $self->taxProfile = $row[20];
        $self->text = $row[21];
        $self->picture = $row[22];

        return $self;
    }
}
