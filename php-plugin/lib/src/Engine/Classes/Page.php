<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Shop\Engine\Wire;

/** One page of mapped items. */
final readonly class Page
{
    private function __construct()
    {
    }

    /** Pass it to {@see Catalog::pages()} to continue after this page. */
    public function cursor(): string
    {
        return Wire::bytes(Handle::call($this, 'cursor', []));
    }

    /**
     * Milliseconds since the request for this page, rounded up. The page may lack changes made in Clover since then.
     */
    public function age(): int
    {
        return Handle::call($this, 'age', []);
    }

    /**
     * Ids of all items on the page, including faulty items, members of groups and items that are left out.
     *
     * @return list<string>
     */
    public function itemIds(): array
    {
        return Handle::call($this, 'itemIds', []);
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
        return (static fn (array $list): array => array_map(ProductChange::fromRow(...), $list))(Handle::call($this, 'changes', [$known]));
    }

    /**
     * Items of groups, to be staged until all pages are read.
     *
     * @return list<array{item_id: string, group_id: string, payload: string}>
     */
    public function members(): array
    {
        return Handle::call($this, 'members', []);
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
        return Handle::call($this, 'taxes', []);
    }

    /**
     * Items that could not be read or mapped, each with its cause.
     *
     * @return list<array{item_id: ?string, path: string, problem: Problem}>
     */
    public function errors(): array
    {
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['problem' => (Problem::fromRow(...))($row['problem'])]), $list))(Handle::call($this, 'errors', []));
    }

    /** Number of items that are imported because Clover does not say whether they are sold online. */
    public function onlineUnknown(): int
    {
        return Handle::call($this, 'onlineUnknown', []);
    }

    /**
     * Items that the settings leave out, each with the reason.
     *
     * @return list<array{item_id: string, name: string, reason: Problem}>
     */
    public function leftOut(): array
    {
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['reason' => (Problem::fromRow(...))($row['reason'])]), $list))(Handle::call($this, 'leftOut', []));
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
