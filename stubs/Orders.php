<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\SettingsException;

/**
 * Puts paid web orders into Clover, each once.
 *
 * The steps are plan, create, fill, pay. Store the plan and the reference before create, and Clover's order id as soon
 * as it is known. A step may be repeated after any ending, as long as no call of an earlier try can still be under way:
 * after "unknown" wait 35 seconds, since a write has 30 of its own. When an ending was not seen at all, a create is
 * over after 65 seconds, a fill after 215 and a pay after 95. After an unknown create, look with {@see find()} for at
 * least two minutes (Clover's search lags behind) before anything else.
 *
 * fill and pay look before they write. A missing permission and a lost connection are exceptions; what happened to the
 * order is an {@see OrderOutcome}.
 */
final class Orders
{
    /**
     * @param string $currency The shop's currency, ISO 4217
     *
     * @throws SettingsException when the currency is unknown
     */
    public function __construct(Connection $connection, string $currency)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What marks the order in Clover: at most 12 characters, unique among all numbers of a tag.
     *
     * @param string $siteTag From {@see siteTag()}
     * @param int    $number  1 to 78364164095, another for each order; not the shop's own number, which can come again
     *
     * @throws ItemException path "siteTag" or "number"
     */
    public static function reference(string $siteTag, int $number): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Five characters that tell this site's orders from another's. Make it once, and keep it.
     *
     * @param string $random At least 8 bytes of random_bytes()
     *
     * @throws ItemException path "random"
     */
    public static function siteTag(string $random): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What Clover will be told of the order, as JSON to be stored until the order is done. Names the customer; may
     * exceed 64 KiB.
     *
     * All money is decimal text in the order's currency, as the columns hold it; a float is refused. Empty texts may be
     * null, whole numbers may be int.
     *
     * - number: what people call the order; order_id: the shop's own key; both are shown in Clover, as are customer and
     * note
     * - lines: quantity as text; unit_price is for one piece, without what stands under charges and discounts;
     * option_price comes on top of it
     * - charges: shipping, fees and taxes, by their names; discounts: positive amounts that were taken off, those of
     * one name are one; zeros are left out
     * - total: what was paid. What is then missing to it is one entry more, "Rounding" where it is small
     *
     * @param array{number: string, order_id: string, currency: string, customer?: array{name?: ?string, email?:
     *   ?string, phone?: ?string}, note?: ?string, lines: list<array{name: ?string, sku?: ?string, quantity: string,
     *   unit_price: string, option_price?: ?string}>, charges?: list<array{name: ?string, amount: string}>, discounts?:
     *   list<array{name: ?string, amount: string}>, total: string} $order
     *
     * @throws ItemException with the path of the field, such as "lines[3].unit_price"
     */
    public function plan(#[\SensitiveParameter] array $order): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Creates the order, still without its lines.
     *
     * @return OrderOutcome done, unknown, later or refused
     *
     * @throws CloverException
     */
    public function create(#[\SensitiveParameter] string $plan, string $reference): OrderOutcome
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Clover's ids of all orders with this reference that were not deleted; looks back 90 days. More than one is a
     * fault to be shown.
     *
     * @return list<string>
     *
     * @throws CloverException
     */
    public function find(string $reference): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Adds the lines, discounts and total that the order does not have yet, and checks that the sums are the plan's.
     *
     * @return OrderOutcome done, differs, unknown, missing, later or refused
     *
     * @throws CloverException
     */
    public function fill(#[\SensitiveParameter] string $plan, string $orderId): OrderOutcome
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Records the payment that the shop received, so that the till shows the order as paid. Needs Merchant Read and
     * Payments Write, which the manual's four permissions do not include; without them the order stays open in Clover.
     *
     * @return OrderOutcome recorded, not_granted, no_tender, nothing, unknown, later or refused
     *
     * @throws CloverException
     */
    public function pay(#[\SensitiveParameter] string $plan, string $orderId, string $reference): OrderOutcome
    {
        throw new \LogicException('provided by the extension');
    }
}
