<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Caution;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Links\LinkProblem;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\UtcTime;

/** A product as {@see LinkList} shows it: an item of Clover, or a group with its members. */
final readonly class ListedLink
{
    /**
     * @param list<LinkProblem> $problems
     * @param list<Difference>  $differences
     * @param list<Caution>     $cautions    Why it should not be published as it is
     */
    private function __construct(
        public string $cloverId,
        public bool $isGroup,
        /** The article's, else Clover's name. */
        public string $title,
        /** Empty for a group. */
        public string $sku,
        public LinkState $state,
        /** Items of a group that Clover still has; 0 for an item. */
        public int $members,
        /** UTC, ISO 8601; null without a product, which was seen but never synced. */
        public ?string $lastSynced,
        public ?int $productId,
        public ?int $articleId,
        /** Units that it keeps for the till; null: those of the settings. */
        public ?int $reserve,
        public array $problems,
        public array $differences,
        public array $cautions,
        /** How Clover and the shop tax it differently, and what to do; null when they do not. */
        public ?Message $tax,
    ) {
    }

    /** The state, or {@see LinkList::DIFFERS} where the shop is up to date and has other values. */
    public function shownState(): string
    {
        return $this->state === LinkState::Synced && $this->differences !== []
            ? LinkList::DIFFERS
            : $this->state->value;
    }

    /**
     * @param array<string, int|float|string|null> $row
     * @param list<LinkProblem>                    $problems
     * @param list<Difference>                     $differences
     * @param list<Caution>                        $cautions
     */
    public static function fromRow(
        array $row,
        LinkState $state,
        array $problems,
        array $differences,
        array $cautions,
        ?Message $tax,
    ): self {
        $isGroup = Row::bool($row, 'is_group');

        return new self(
            Row::string($row, 'head'),
            $isGroup,
            Row::nullableString($row, 'title') ?? Row::string($row, 'name'),
            Row::string($row, 'sku'),
            $state,
            $isGroup ? Row::int($row, 'members') : 0,
            $row['product_id'] === null ? null : UtcTime::iso(Row::nullableString($row, 'last_synced')),
            Row::nullableInt($row, 'product_id'),
            Row::nullableInt($row, 'article_id'),
            Row::nullableInt($row, 'reserve'),
            $problems,
            $differences,
            $cautions,
            $tax,
        );
    }
}
