<?php

declare(strict_types=1);

namespace CloverSync\Dev;

use CloverSync\Cli\Config;
use CloverSync\Cli\JsonReader;
use CloverSync\Shop\Console\UsageException;

/** An order as `./cloversync order` reads it. Amounts are minor units of its currency, never negative. */
final readonly class OrderFile
{
    /** The largest amount in the shop's decimal(15,5) columns, whatever the currency's decimal places. */
    private const MAX_AMOUNT = 9_999_999_999;

    private const MAX_QUANTITY = 1_000_000;
    private const MAX_STATUS   = 2_147_483_647;

    /** Far below the column's maximum: an explicit key moves the counter for the keys that follow. */
    public const MAX_KEY = 2_000_000_000;

    /**
     * @param ?int    $number        J2Commerce's whole-number key; null = the next one
     * @param string  $invoicePrefix Precedes the number where the shop shows it
     * @param ?int    $oldStatus     The previous status according to the file; null when the file has none
     * @param ?array{name: string, email: string, phone: string} $customer
     * @param array<string, string> $delivery Of the delivery address, by J2Commerce's names; empty when the file has
     *   none
     * @param ?string $paymentMethod  The payment plugin's element; null when the file has none
     * @param ?string $shippingMethod Its name; null when the file has none
     * @param ?string $coupon         Its code; null when the file has none
     * @param ?array{currency: string, total: int} $shopper What the customer saw; null for the order's currency
     * @param list<array{
     *     key: string, id: ?int, clover_id: ?string, sku: ?string, name: string, quantity: int, unit_price: int,
     *     discount: int, tax: int, options: list<array{name: string, value: string}>
     * }> $lines `key` distinguishes the lines of the order, `id` is the requested key in the shop's table; discount and
     * tax are those of the whole line
     * @param int     $orderDiscount Without the discounts of the lines
     * @param int     $orderTax      Without the taxes of the lines
     * @param ?int    $refunded      Refunded so far; null when the file has no such field
     * @param bool    $deleted       The owner deletes the order; then only its id is used
     */
    private function __construct(
        public string $orderId,
        public ?int $number,
        public string $invoicePrefix,
        public ?int $oldStatus,
        public int $newStatus,
        public string $currency,
        public bool $pricesIncludeTax,
        public ?array $customer,
        public array $delivery,
        public ?string $paymentMethod,
        public ?string $shippingMethod,
        public ?string $coupon,
        public ?array $shopper,
        public array $lines,
        public int $shipping,
        public int $shippingTax,
        public int $orderDiscount,
        public int $orderTax,
        public int $total,
        public ?int $refunded,
        public bool $deleted,
    ) {
    }

    /**
     * @param string $path "-" is the standard input
     *
     * @throws UsageException
     */
    public static function read(string $path): self
    {
        $json = $path === '-' ? stream_get_contents(STDIN) : (is_file($path) ? @file_get_contents($path) : false);

        if ($json === false) {
            throw new UsageException("The order cannot be read: there is no readable file “{$path}”.");
        }

        return self::fromJson($json);
    }

    /** @throws UsageException with all problems, by the path of the field */
    public static function fromJson(string $json): self
    {
        $values = json_decode($json, true);

        if (!\is_array($values) || $values !== [] && array_is_list($values)) {
            throw new UsageException(
                'The order must be one JSON object'
                . (json_last_error() === JSON_ERROR_NONE ? '.' : ': ' . json_last_error_msg() . '.'),
            );
        }

        /** @var \ArrayObject<string, string> $wrong */
        $wrong = new \ArrayObject();
        $order = self::fromFields(new JsonReader($values, $wrong), $wrong);

        return $order ?? throw new UsageException('These fields of the order are wrong:', $wrong->getArrayCopy());
    }

    /** The sum of the lines after their discounts, including the tax when the prices include it. */
    public function subtotal(): int
    {
        return self::sum($this->lines);
    }

    public function lineTaxes(): int
    {
        return array_sum(array_column($this->lines, 'tax'));
    }

    /** @param \ArrayObject<string, string> $wrong */
    private static function fromFields(JsonReader $fields, \ArrayObject $wrong): ?self
    {
        $deleted     = $fields->flag('deleted', false) ?? false;
        $required    = !$deleted;
        $id          = $fields->id('order_id', true);
        $number      = self::number($fields);
        $oldStatus   = $fields->whole('old_status', 1, self::MAX_STATUS, false);
        $newStatus   = $fields->whole('new_status', 1, self::MAX_STATUS, $required);
        $currency    = self::currencyOf($fields, 'currency', $required) ?? '';
        $inclusive   = $fields->flag('prices_include_tax', $required) ?? false;
        $customer    = self::customer($fields->object('customer'));
        $delivery    = self::delivery($fields);
        $payment     = $fields->text('payment_method', false);
        $method      = $fields->text('shipping_method', false);
        $coupon      = $fields->text('coupon', false);
        $lines       = self::lines($fields->objects('lines', $required));
        $amount      = static fn (string $name): ?int => $fields->whole($name, 0, self::MAX_AMOUNT, false);
        $shipping    = $amount('shipping') ?? 0;
        $shippingTax = $amount('shipping_tax') ?? 0;
        $discount    = $amount('order_discount') ?? 0;
        $tax         = $amount('order_tax') ?? 0;
        $total       = $amount('total');
        $refunded    = $amount('refunded');
        $seenAs      = self::currencyOf($fields, 'shopper_currency', false);
        $seenTotal   = $amount('shopper_total');
        $fields->refuseOthers();

        // Invalid lines may be missing, so the sum is checked only when all are valid.
        if (\count($wrong) === 0) {
            $subtotal = self::sum($lines);
            $taxes    = array_sum(array_column($lines, 'tax')) + $tax;
            $total    ??= max(0, $subtotal + $shipping - $discount + ($inclusive ? 0 : $taxes + $shippingTax));

            if (max($subtotal, $taxes, $total) > self::MAX_AMOUNT) {
                $fields->note('lines', 'come to more than ' . self::MAX_AMOUNT);
            }
        }

        return \count($wrong) > 0
            ? null
            : new self(
                (string) $id,
                $number[1],
                $number[0],
                $oldStatus,
                $newStatus ?? 0,
                $currency,
                $inclusive,
                $customer,
                $delivery,
                $payment,
                $method,
                $coupon,
                $seenAs === null ? null : ['currency' => $seenAs, 'total' => $seenTotal ?? (int) $total],
                $lines,
                $shipping,
                $shippingTax,
                $discount,
                $tax,
                (int) $total,
                $refunded,
                $deleted,
            );
    }

    /** @return array{string, ?int} The text before the number, and the number */
    private static function number(JsonReader $fields): array
    {
        $number = $fields->id('number', false);

        if ($number === null) {
            return ['', null];
        }

        // The shop shows an order's number as its prefix followed by the key.
        if (
            preg_match('/^(.*?)(\d{1,10})$/s', (string) $number, $m) !== 1
            || (int) $m[2] < 1
            || (int) $m[2] > self::MAX_KEY
        ) {
            $fields->note('number', 'must be a whole number from 1 to ' . self::MAX_KEY . ', or text that ends in one');

            return ['', null];
        }

        return [$m[1], (int) $m[2]];
    }

    private static function currencyOf(JsonReader $fields, string $name, bool $required): ?string
    {
        $text = $fields->text($name, $required);
        $code = $text === null ? null : Config::currencyCode($text);

        if ($text !== null && $code === null) {
            $fields->note($name, 'must be a code of three letters, such as USD');
        }

        return $code;
    }

    /** @return array<string, string> */
    private static function delivery(JsonReader $fields): array
    {
        $names   = ['company', 'address_1', 'address_2', 'zip', 'city', 'zone_name', 'country_name'];
        $address = $fields->textOrObject('shipping_address');

        if (!$address instanceof JsonReader) {
            return $address === null ? [] : ['address_1' => $address];
        }

        $delivery = [];

        foreach ($names as $name) {
            $text = $address->text($name, false);

            if ($text !== null) {
                $delivery[$name] = $text;
            }
        }

        $address->refuseOthers();

        return $delivery;
    }

    /** @return ?array{name: string, email: string, phone: string} */
    private static function customer(?JsonReader $fields): ?array
    {
        if ($fields === null) {
            return null;
        }

        $customer = [
            'name'  => $fields->text('name', false) ?? '',
            'email' => $fields->text('email', false) ?? '',
            'phone' => $fields->text('phone', false) ?? '',
        ];
        $fields->refuseOthers();

        return $customer;
    }

    /**
     * @param list<JsonReader> $entries
     *
     * @return list<array{key: string, id: ?int, clover_id: ?string, sku: ?string, name: string, quantity: int,
     *   unit_price: int, discount: int, tax: int, options: list<array{name: string, value: string}>}>
     */
    private static function lines(array $entries): array
    {
        $lines = [];
        $keys  = [];

        foreach ($entries as $i => $fields) {
            $id  = $fields->id('line_id', false);
            $key = (string) ($id ?? ($i + 1));

            if (\in_array($key, $keys, true)) {
                $fields->note('line_id', "“{$key}” is another line's already");
            }

            $keys[]   = $key;
            $cloverId = $fields->id('clover_id', false);
            $sku      = $fields->id('sku', false);
            $name     = $fields->text('name', true);
            $quantity = $fields->whole('quantity', 1, self::MAX_QUANTITY, true);
            $price    = $fields->whole('unit_price', 0, self::MAX_AMOUNT, true);
            $discount = $fields->whole('discount', 0, self::MAX_AMOUNT, false) ?? 0;
            $tax      = $fields->whole('tax', 0, self::MAX_AMOUNT, false) ?? 0;
            $options  = self::options($fields->objects('options', false));
            $fields->refuseOthers();

            if ($cloverId === null && $sku === null) {
                $fields->note('clover_id', 'is missing, and “sku” too: a line needs one of them');
            }

            if ($quantity === null || $price === null) {
                continue;
            }

            if (($quantity * $price) > self::MAX_AMOUNT) {
                $fields->note('unit_price', 'times the quantity is more than ' . self::MAX_AMOUNT);
            } elseif ($discount > ($quantity * $price)) {
                $fields->note('discount', 'is more than the line costs');
            }

            $lines[] = [
                'key'        => $key,
                'id'         => \is_int($id) && $id >= 1 && $id <= self::MAX_KEY ? $id : null,
                'clover_id'  => $cloverId === null ? null : (string) $cloverId,
                'sku'        => $sku === null ? null : (string) $sku,
                'name'       => (string) $name,
                'quantity'   => $quantity,
                'unit_price' => $price,
                'discount'   => $discount,
                'tax'        => $tax,
                'options'    => $options,
            ];
        }

        return $lines;
    }

    /**
     * @param list<JsonReader> $entries
     *
     * @return list<array{name: string, value: string}>
     */
    private static function options(array $entries): array
    {
        return array_map(static function (JsonReader $fields): array {
            $option = [
                'name'  => $fields->text('name', true) ?? '',
                'value' => $fields->text('value', false) ?? '',
            ];
            $fields->refuseOthers();

            return $option;
        }, $entries);
    }

    /** @param list<array{quantity: int, unit_price: int, discount: int, ...}> $lines */
    private static function sum(array $lines): int
    {
        return array_sum(array_map(
            static fn (array $l): int => ($l['quantity'] * $l['unit_price']) - $l['discount'],
            $lines,
        ));
    }
}
