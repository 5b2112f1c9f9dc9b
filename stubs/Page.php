<?php

declare(strict_types=1);

namespace CloverSync;

/** One page of mapped items. */
final class Page
{
    private function __construct()
    {
    }

    /** Give it to {@see Catalog::pages()} to go on after this page. */
    public function cursor(): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Milliseconds since Clover was asked for this page, rounded up: what changed in Clover within them may not be in
     * it.
     */
    public function age(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Ids of every item on the page, faulty ones and members of groups too.
     *
     * @return list<string>
     */
    public function itemIds(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What must be written so that the shop has what this page says; items of groups are not in it.
     *
     * @param list<array<string, scalar|null>> $known See {@see Catalog}; rows of other items are ignored
     *
     * @return list<ProductChange>
     */
    public function changes(array $known): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Items of groups, to be staged until every page is read.
     *
     * @return list<array{item_id: string, group_id: string, payload: string}>
     */
    public function members(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Items that could not be read or mapped, each with its own cause.
     *
     * @return list<array{item_id: ?string, path: string, message: string}>
     */
    public function errors(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
