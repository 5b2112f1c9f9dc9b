<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\SettingsException;

/**
 * Creates paid web orders in Clover, each exactly once.
 *
 * The steps are plan, create, fill, pay, and mark when something has become of the order. Store the plan and the
 * reference before create, and store Clover's order id as soon as it is known. A step may be repeated after any result,
 * once no call of an earlier attempt can still be running: after "unknown" wait 35 seconds, because a write has a
 * timeout of 30. If the process died in a step, a create has ended after 65 seconds, a fill after 215, a pay or a mark
 * after 95. After an unknown create, first search with {@see find()} for at least two minutes, because Clover's search
 * lags behind.
 *
 * {@see printOrder()} differs: it must not be repeated unless Clover has certainly not done it. A print of a process
 * that died has ended after 65 seconds.
 *
 * fill, pay and mark read the order before they write. A missing permission and a lost connection are exceptions; the
 * result for the order is an {@see OrderOutcome}.
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
     * The reference that marks the order in Clover: at most 12 characters, unique among all numbers of a tag.
     *
     * @param string $siteTag From {@see siteTag()}
     * @param int    $number  1 to 78364164095, different for each order; not the shop's order number, which can repeat
     *
     * @throws ItemException path "siteTag" or "number"
     */
    public static function reference(string $siteTag, int $number): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Five characters that distinguish this site's orders from another site's. Create the tag once and store it.
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
     * Everything that will be sent to Clover for the order, as JSON. Store it until the order is done. It names the
     * customer, and it may exceed 64 KiB.
     *
     * Money is decimal text in the order's currency, as the database columns hold it; a float is refused. Empty texts
     * may be null, whole numbers may be int.
     *
     * - number: the order number that people see; order_id: the shop's own key
     * - delivery: none for an order that is not shipped. shopper: the currency in which the customer saw the order, and
     *   what one unit of the order's currency was in it. payment_method: the payment plugin's element
     * - lines: quantity is text; unit_price is for one piece, without the amounts under charges and discounts;
     *   option_price is added to it. options: what the customer chose, which the line in Clover names. One with the
     *   Clover id of a modifier is sent as a modification of the line, with its amount, which is part of option_price
     * - charges: shipping, fees and taxes, by name; discounts: positive amounts that were subtracted. Entries of the
     *   same name are added up, zeros are left out
     * - total: the amount paid. A difference to it becomes one more entry, "Rounding" if it is small
     *
     * @param array{number: int|string, order_id: int|string, currency: string, customer?: array{name?: ?string,
     *   email?: ?string, phone?: ?string}, delivery?: array{name?: ?string, company?: ?string, street?: ?string,
     *   street_2?: ?string, zip?: ?string, city?: ?string, zone?: ?string, country?: ?string}, shipping_method?:
     *   ?string, coupons?: list<string>, shopper?: array{currency?: ?string, rate?: ?string}, payment_method?: ?string,
     *   note?: ?string, lines: list<array{name: ?string, sku?: ?string, quantity: int|string, unit_price: int|string,
     *   option_price?: ?string, options?: list<array{name?: ?string, value?: ?string, modifier?: ?string, amount?:
     *   ?string}>}>, charges?: list<array{name: ?string, amount: string}>, discounts?: list<array{name: ?string,
     *   amount: string}>, total: string} $order
     *
     * @param OrderStanding $standing Title and note say it
     *
     * @throws ItemException with the path of the field, such as "lines[3].unit_price"
     */
    public function plan(#[\SensitiveParameter] array $order, OrderStanding $standing): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Another text, of 34 characters, for an order whose goods, amounts or delivery were edited in the shop. Texts that
     * do not begin with the same number are of other rules and cannot be compared.
     *
     * @param array<string, mixed> $order As {@see plan()} takes it
     *
     * @throws ItemException with the path of the field
     */
    public static function fingerprint(#[\SensitiveParameter] array $order): string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Creates the order without its lines.
     *
     * @param ?string $orderTypeId {@see orderType()}. If Clover refuses it, the order is created without it, and the
     *   outcome is done with a problem
     *
     * @return OrderOutcome done, unknown, later or refused
     *
     * @throws CloverException
     */
    public function create(
        #[\SensitiveParameter]
        string $plan,
        string $reference,
        ?string $orderTypeId = null,
    ): OrderOutcome {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Clover's id of the order type with this name; letter case and accents make no difference. This needs Merchant
     * Read, which is not among the four permissions of the owner's manual.
     *
     * @return ?string Null when the merchant has none with this name
     *
     * @throws CloverException
     */
    public function orderType(string $name): ?string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Clover's ids of all orders with this reference that were not deleted, within 90 days. More than one id is an
     * error that the shop should report.
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
     * Adds the lines, discounts and total that the order lacks, and checks that the sums match the plan.
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
     * Records the payment that the shop received, so that the till shows the order as paid. This needs Merchant Read
     * and Payments Write, which are not among the four permissions of the owner's manual. Without them the order stays
     * open in Clover.
     *
     * @return OrderOutcome recorded, not_granted, no_tender, nothing, unknown, later or refused
     *
     * @throws CloverException
     */
    public function pay(#[\SensitiveParameter] string $plan, string $orderId, string $reference): OrderOutcome
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Makes title and note of the order say what became of it. What staff have added to them stays. An order that is
     * paid or locked in Clover is not changed; it counts as done where it agrees as it is.
     *
     * @param bool    $isChanged Whether the shop's order is another than the one in Clover
     * @param ?string $plan      {@see plan()} of the shop's order as it is now; null when there is none
     *
     * @return OrderOutcome done, locked, missing, unknown, later or refused
     *
     * @throws CloverException
     */
    public function mark(
        string $orderId,
        string $reference,
        OrderStanding $standing,
        bool $isChanged,
        #[\SensitiveParameter]
        ?string $plan = null,
    ): OrderOutcome {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Asks Clover to print the order at the printer of its default device. Nothing but a look at Clover's printer can
     * tell what became of a print without an answer, so it must not be repeated.
     *
     * @return PrintOutcome accepted, unknown, later or refused
     *
     * @throws CloverException
     */
    public function printOrder(string $orderId): PrintOutcome
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What became of a print that Clover has accepted.
     *
     * @return PrintOutcome accepted, printed, later or refused
     *
     * @throws CloverException
     */
    public function lookAtPrint(string $eventId): PrintOutcome
    {
        throw new \LogicException('provided by the extension');
    }
}
