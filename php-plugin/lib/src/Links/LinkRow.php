<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** A link between an item or group of Clover and a product of the shop, with the product's article. */
final readonly class LinkRow
{
    /** @param list<int> $tagsWritten Tag ids */
    private function __construct(
        public string $cloverId,
        /** "item" or "group". */
        public string $kind,
        /** The group of a variant. */
        public ?string $parentId,
        public string $name,
        /** Null while the item is not linked to a product. */
        public ?int $articleId,
        public ?int $productId,
        /** Null for a group. */
        public ?int $variantId,
        public string $fingerprint,
        /** The values that the sync last wrote; a different value in the article is the owner's. */
        public string $titleWritten,
        public int $categoryWritten,
        public array $tagsWritten,
        /** Null before the first. */
        public ?int $taxWritten,
        public LinkState $state,
        /** @var array<string, string> The shop's option by the key of Clover's, where the owner has paired them */
        public array $optionNames,
        public ModifierRows $modifiers,
        /** The article's state that the delete action replaced. */
        public ?int $stateBeforeDelete,
        /** Units that the product keeps for the till; null: those of the settings. */
        public ?int $reserve,
        /** Null when the article does not exist. */
        public ?LinkedArticle $article,
    ) {
    }

    /** @param array<string, int|float|string|null> $row Of the link, with the article's columns as c_… */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::string($row, 'clover_id'),
            Row::string($row, 'clover_type'),
            Row::nullableString($row, 'parent_id'),
            Row::string($row, 'name'),
            Row::nullableInt($row, 'article_id'),
            Row::nullableInt($row, 'product_id'),
            Row::nullableInt($row, 'variant_id'),
            Row::string($row, 'fingerprint'),
            Row::string($row, 'title_written'),
            Row::int($row, 'category_written'),
            self::ints(json_decode(Row::string($row, 'tags_written'), true)),
            Row::nullableInt($row, 'tax_written'),
            LinkState::from(Row::string($row, 'state')),
            self::texts(json_decode(Row::string($row, 'option_names'), true)),
            ModifierRows::fromJson(Row::nullableString($row, 'modifiers')),
            Row::nullableInt($row, 'state_before_delete'),
            Row::nullableInt($row, 'stock_reserve'),
            $row['c_id'] === null
                ? null
                : new LinkedArticle(
                    Row::string($row, 'c_title'),
                    Row::int($row, 'c_catid'),
                    Row::string($row, 'c_alias'),
                    Row::int($row, 'c_state'),
                    Row::bool($row, 'c_checked_out'),
                ),
        );
    }

    /**
     * @param mixed $texts mixed: decoded JSON
     *
     * @return array<string, string>
     */
    private static function texts(mixed $texts): array
    {
        $read = [];

        foreach (\is_array($texts) ? $texts : [] as $key => $text) {
            if (\is_string($text)) {
                $read[(string) $key] = $text;
            }
        }

        return $read;
    }

    /**
     * @param mixed $list mixed: decoded JSON
     *
     * @return list<int>
     */
    private static function ints(mixed $list): array
    {
        return \is_array($list) ? array_map(intval(...), array_values(array_filter($list, is_numeric(...)))) : [];
    }

    /**
     * For links that are known to have a product.
     *
     * @throws \UnexpectedValueException when it has none
     */
    public function product(): int
    {
        return $this->productId ?? throw new \UnexpectedValueException("$this->cloverId is linked to no product.");
    }

    /**
     * For links that are known to have a variant.
     *
     * @throws \UnexpectedValueException when it has none
     */
    public function variant(): int
    {
        return $this->variantId ?? throw new \UnexpectedValueException("$this->cloverId is linked to no variant.");
    }
}
