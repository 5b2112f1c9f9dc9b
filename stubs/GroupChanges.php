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

    /** @var list<array{clover_id: string, tax: string, profile: ?int}> As {@see Page::taxes()}, of the groups */
    public array $taxes;

    private function __construct()
    {
    }
}
