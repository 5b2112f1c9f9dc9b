<?php

declare(strict_types=1);

namespace CloverSync;

/** One page of mapped items. */
final class Page
{
    private function __construct()
    {
    }

    /** Pass it to {@see Catalog::pages()} to continue after this page. */
    public function cursor(): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Milliseconds since the request for this page, rounded up. The page may lack changes made in Clover since then.
     */
    public function age(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Ids of all items on the page, including faulty items, members of groups and items that are left out.
     *
     * @return list<string>
     */
    public function itemIds(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Changes that the shop must write to match this page. Items of groups are left out.
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
     * Items of groups, to be staged until all pages are read.
     *
     * @return list<array{item_id: string, group_id: string, payload: string}>
     */
    public function members(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * How Clover taxes the items without a group: `tax` is JSON to be stored, `profile` the tax profile by the
     * settings, null when they name none. Empty without tax profiles in the settings, and where Clover does not show
     * its rates.
     *
     * @return list<array{clover_id: string, tax: string, profile: ?int}>
     */
    public function taxes(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Items that could not be read or mapped, each with its cause.
     *
     * @return list<array{item_id: ?string, path: string, problem: Problem}>
     */
    public function errors(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** Number of items that are imported because Clover does not say whether they are sold online. */
    public function onlineUnknown(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Items that the settings leave out, each with the reason.
     *
     * @return list<array{item_id: string, name: string, reason: Problem}>
     */
    public function leftOut(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
