<?php

declare(strict_types=1);

namespace CloverSync;

/** The result of {@see Catalog::groups()}. */
final readonly class GroupChanges
{
    /** @var list<ProductChange> */
    public array $changes;

    /** @var list<array{item_id: ?string, path: string, problem: Problem}> */
    public array $errors;

    /** Number of groups without changes. */
    public int $unchanged;

    private function __construct()
    {
    }
}
