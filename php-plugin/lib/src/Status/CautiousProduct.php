<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Caution;
use CloverSync\Shop\Database\Row;

/** A product that the owner should look at before it is sold on the web. */
final readonly class CautiousProduct
{
    /** @param non-empty-list<Caution> $cautions */
    private function __construct(
        public int $productId,
        public int $articleId,
        public string $title,
        public bool $isPublished,
        /** Whether the shop would sell it, or one of its variants, at 0. */
        public bool $isFree,
        public array $cautions,
    ) {
    }

    /**
     * @param array<string, int|float|string|null> $row
     *
     * @return ?self Null when nothing is left: the owner has set a price where the till asks for one
     */
    public static function fromRow(array $row): ?self
    {
        $isFree   = Row::int($row, 'free') > 0;
        $cautions = [];

        foreach (explode(',', Row::string($row, 'cautions')) as $key) {
            $caution = Caution::tryFrom($key);

            if ($caution !== null && ($isFree || $caution !== Caution::OpenPrice && $caution !== Caution::ZeroPrice)) {
                $cautions[] = $caution;
            }
        }

        return $cautions === []
            ? null
            : new self(
                Row::int($row, 'product_id'),
                Row::int($row, 'article_id'),
                Row::string($row, 'title'),
                Row::int($row, 'state') === 1,
                $isFree,
                $cautions,
            );
    }
}
