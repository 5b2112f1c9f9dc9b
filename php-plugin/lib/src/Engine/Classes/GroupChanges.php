<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

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

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->changes = (static fn (array $list): array => array_map(ProductChange::fromRow(...), $list))($row[0]);
        $self->errors = (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['problem' => (Problem::fromRow(...))($row['problem'])]), $list))($row[1]);
        $self->unchanged = $row[2];
        $self->taxes = $row[3];

        return $self;
    }
}
