<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Shop\Engine\Wire;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;

/**
 * The merchant's catalog, mapped to shop products.
 *
 * A `$known` row is one mapping as the shop's database holds it. Its keys: clover_id, parent_id (the group's id, for a
 * variant), fingerprint (the product's, or for a variant of a group the variant's), deleted (bool), sku, upc, price
 * (decimal text, five places), manage_stock (0|1), quantity (int), threshold (decimal text; null: that of the store),
 * availability (0|1), committed (units that the shop has taken for orders and that Clover still counts), reserve (units
 * that its product keeps for the till; null: those of the settings), tax_profile (the product's) and tax_written (the
 * one that the sync last gave it or found right; null before). Group rows hold null in the variant columns. Numbers may
 * be text.
 */
final readonly class Catalog
{
    /**
     * @param string $currency   The shop's currency, ISO 4217
     * @param bool   $trackStock False when the merchant does not track stock: every item is then untracked
     * @param ?list<string> $offline Items that are left out because Clover did not sell them online when it last said
     *   so: they stay left out while it says nothing
     *
     * @throws SettingsException when the currency is unknown
     */
    public function __construct(
        Connection $connection,
        string $currency,
        bool $trackStock = true,
        ?array $offline = null,
    ) {
        Handle::create($this, 'Catalog', [$connection, $currency, $trackStock, $offline]);
    }

    /**
     * A name as lower-case ASCII for a URL, by the rule of {@see ProductChange::$alias}: at most 190 characters, no
     * hyphen at the end. Empty when no character of the name is usable.
     */
    public static function alias(string $name): string
    {
        return Wire::bytes(Handle::callStatic('Catalog.alias', [$name]));
    }

    /**
     * A comparison key: two names are the same name exactly if their keys are equal. The key ignores letter case,
     * accents, width, white space and invisible characters, so the result does not depend on the database's
     * collation. Empty for a name without visible characters.
     */
    public static function nameKey(string $name): string
    {
        return Wire::bytes(Handle::callStatic('Catalog.nameKey', [$name]));
    }

    /**
     * Names as they are shown and stored, in the order given: without invisible characters, with single spaces between
     * words and composed letters (NFC), at most 255 characters. Empty when no character remains. All names in
     * {@see ProductChange} have this form.
     *
     * @param list<string> $names
     *
     * @return list<string>
     *
     * @throws CloverException
     */
    public static function cleanNames(array $names): array
    {
        return Handle::callStatic('Catalog.cleanNames', [$names]);
    }

    /**
     * All items of the merchant in pages, ordered by id. The next pages are fetched while PHP works.
     *
     * @param ?string $after The last page's cursor, to continue after it
     *
     * @return \Iterator<int, Page>
     *
     * @mago-expect analysis:docblock-type-mismatch
     * From PageIterator::current(), which is null after the last page, Mago concludes that a loop meets null.
     */
    public function pages(?string $after = null): PageIterator
    {
        return Handle::wrap(PageIterator::class, Handle::call($this, 'pages', [$after]), $this);
    }

    /**
     * A page from two responses of Clover that the caller already has, such as a recording or a benchmark: the items
     * with their categories, options and tags, and the same items with their stock. Requests are sent only for counts
     * that the second response lacks, and for lists of categories or tags that reached Clover's length limit.
     *
     * @throws CloverException when one of them is not a list of items
     */
    public function read(string $items, string $counts): Page
    {
        return Handle::wrap(Page::class, Handle::call($this, 'read', [$items, $counts]), $this);
    }

    /**
     * Products of complete item groups, from members that {@see Page::members()} returned.
     *
     * @param list<array{group_id: string, payload: string, ...}> $staged All members of each group in the list
     * @param list<array<string, scalar|null>>                           $known  Rows of these groups and their variants
     *
     * @throws CloverException
     */
    public function groups(array $staged, array $known): GroupChanges
    {
        return GroupChanges::fromRow(Handle::call($this, 'groups', [$staged, $known]));
    }

    /**
     * Fetches each of these items by id. An item that is missing from the response is requested once more before it
     * is reported as deleted.
     *
     * @param list<string> $ids
     *
     * @throws CloverException
     */
    public function lookUp(array $ids): ItemLookup
    {
        return Handle::wrap(ItemLookup::class, Handle::call($this, 'lookUp', [$ids]), $this);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
