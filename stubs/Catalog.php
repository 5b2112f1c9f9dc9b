<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\SettingsException;

/**
 * The merchant's catalogue, mapped to shop products.
 *
 * A `$known` row is one mapping as the shop's database holds it now, keys: clover_id, parent_id (the group's id, for a
 * variant), fingerprint (the product's, or for a variant of a group the variant's), deleted (bool), sku, upc, price
 * (decimal text, five places), manage_stock (0|1), quantity (int), availability (0|1), committed (units that the shop
 * has taken and Clover has not). Group rows carry null in the variant columns. Numbers may come as text.
 */
final class Catalog
{
    /**
     * @param string $currency   The shop's currency, ISO 4217
     * @param bool   $trackStock False when the merchant keeps no counts: every item is then untracked
     *
     * @throws SettingsException when the currency is unknown
     */
    public function __construct(Connection $connection, string $currency, bool $trackStock = true)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * A name as lower-case ASCII for a URL, by the rule of {@see ProductChange::$alias}: at most 190 characters, no
     * hyphen at the end; empty when nothing of it is left.
     */
    public static function alias(string $name): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What two names have in common when they are the same name: letter case, accents, width, white space and
     * characters that cannot be seen make no other name, on any database. Empty for a name of which nothing can be
     * seen.
     */
    public static function nameKey(string $name): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * A name as it is shown and stored: without characters that cannot be seen, single spaces between words, composed
     * letters (NFC), at most 255 characters. Empty when nothing is left. {@see ProductChange} has such names only.
     */
    public static function cleanName(string $name): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Every item of the merchant in pages by id, fetched ahead while PHP works.
     *
     * @param ?string $after The last page's cursor, to go on from there
     *
     * @return \Iterator<int, Page>
     *
     * @mago-expect analysis:docblock-type-mismatch
     * From PageIterator::current(), which is null after the last page, Mago concludes that a loop meets null.
     */
    public function pages(?string $after = null): PageIterator
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * A page out of two answers of Clover's that were fetched elsewhere, such as a recording or a benchmark: the
     * items with their categories, options and tags, and the same items with their stock. Clover is asked for nothing
     * but counts that the second lacks, and for lists of categories or tags that came full.
     *
     * @throws CloverException when one of them is no list of items
     */
    public function read(string $items, string $counts): Page
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Products of whole item groups, from members that {@see Page::members()} gave out.
     *
     * @param list<array{group_id: string, payload: string, ...}> $staged All members of each group that occurs
     * @param list<array<string, scalar|null>>                           $known  Rows of these groups and their variants
     *
     * @throws CloverException
     */
    public function groups(array $staged, array $known): GroupChanges
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Asks Clover for each of these items by id; what it does not answer for is asked once more before it is called
     * deleted.
     *
     * @param list<string> $ids
     *
     * @throws CloverException
     */
    public function lookUp(array $ids): ItemLookup
    {
        throw new \LogicException('provided by the extension');
    }
}
