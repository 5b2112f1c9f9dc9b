<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\Caution;
use CloverSync\ProblemCode;
use CloverSync\ChangeAction;
use CloverSync\ProductKind;

/** {@see \CloverSync\ProductChange} with the same properties. */
final readonly class ProductChange
{
    /**
     * @param list<string>                                         $fields
     * @param list<string>                                         $categories
     * @param list<string>                                         $tags
     * @param list<array{ProblemCode, ?string}>                    $warnings
     * @param list<Caution>                                        $cautions
     * @param list<array{name: string, values: list<string>}>      $options
     * @param list<array<string, mixed>>                           $variants
     * @param list<array<string, mixed>>                           $modifiers
     */
    public function __construct(
        public string $cloverId,
        public ProductKind $kind,
        public ChangeAction $action,
        public array $fields,
        public string $title,
        public string $alias,
        public bool $publish,
        public bool $withheld,
        public array $categories,
        public bool $createCategory,
        public string $categoryId,
        public array $tags,
        public array $warnings,
        public array $cautions,
        public string $fingerprint,
        public string $minPrice,
        public string $maxPrice,
        public array $options,
        public array $variants,
        public array $modifiers,
        public ?int $taxProfile = null,
        public string $text = '',
        public string $picture = '',
    ) {
    }
}
