<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** {@see \CloverSync\GroupChanges} with the same properties. */
final readonly class GroupChanges
{
    /**
     * @param list<ProductChange>                                          $changes
     * @param list<array{item_id: ?string, path: string, message: string}> $errors
     * @param list<never>                                                  $taxes   The default settings name none
     */
    public function __construct(
        public array $changes,
        public array $errors,
        public int $unchanged,
        public array $taxes = [],
    ) {
    }
}
