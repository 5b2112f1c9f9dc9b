<?php

declare(strict_types=1);

namespace CloverSync;

/** What {@see Catalog::groups()} found. */
final readonly class GroupChanges
{
    /** @var list<ProductChange> */
    public array $changes;

    /** @var list<array{item_id: ?string, path: string, message: string}> */
    public array $errors;

    /** Groups that need nothing written. */
    public int $unchanged;

    private function __construct()
    {
    }
}
