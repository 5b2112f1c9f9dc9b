<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\SettingsException;

/**
 * The owner's settings, checked as a whole.
 *
 * {@see describe()} lists them. A property is named as its setting, in camel case. Secrets have no property and cannot
 * be read back, printed or exported.
 */
final class Settings
{
    public readonly Environment $environment;

    /** Empty until the owner sets it. */
    public readonly string $appId;

    /** A Clover elsewhere, for tests: loopback addresses only. */
    public readonly ?string $baseUrl;

    public readonly ImportStatus $importStatus;

    /** Category id; 0 when none is chosen. */
    public readonly int $defaultCategory;

    /** Tax profile id; 0 when none is chosen. */
    public readonly int $defaultTaxProfile;

    /**
     * Tax profile ids by the names or ids of Clover's tax rates; 0 is not taxable.
     *
     * @var list<array{rate: string, profile: int}>
     */
    public readonly array $taxMapping;

    public readonly MappingMode $mappingMode;

    public readonly DeleteAction $deleteAction;

    /** @var array{mode: NameFilterMode, names: list<string>} Categories whose items are imported */
    public readonly array $importCategories;

    /** @var array{mode: NameFilterMode, names: list<string>} Tags whose items are imported */
    public readonly array $importTags;

    /** Items that are hidden in Clover. */
    public readonly ImportRule $importHidden;

    /** Items that are not revenue. */
    public readonly ImportRule $importNonRevenue;

    /** Items that are sold only to adults. */
    public readonly ImportRule $importAgeRestricted;

    /** Whether items that Clover does not sell online are left out. */
    public readonly bool $importOnlineOnly;

    /** Modifier groups of single items. */
    public readonly ModifierMode $modifiers;

    public readonly PricingMode $pricingMode;

    public readonly MarkupType $markupType;

    /** As typed. */
    public readonly string $markupValue;

    /**
     * Markups by the name of Clover's category, in place of the one above, whatever the mode. The value is as typed.
     *
     * @var list<array{category: string, type: MarkupType, value: string}>
     */
    public readonly array $categoryMarkups;

    /** How prices end, whatever the mode. */
    public readonly PriceEnding $priceEnding;

    /** Whether webhook events are processed. */
    public readonly bool $webhooks;

    /** Minutes. */
    public readonly int $syncInterval;

    /** Whether web sales move Clover's counts. */
    public readonly bool $pushStock;

    /** Units of each count that are kept for the till. */
    public readonly int $stockReserve;

    /** Whether web orders are sent to Clover. */
    public readonly bool $syncSale;

    /** Whether orders of goods that are not in Clover are sent to it too. */
    public readonly bool $pushForeignOrders;

    /** @var list<string> Payment plugins whose orders are paid later */
    public readonly array $payLaterMethods;

    /** Name of the order type that orders get in Clover; empty for none. */
    public readonly string $orderType;

    /** Whether the till's order printer prints each order that was sent. */
    public readonly bool $printOrders;

    /** @var list<string> Who gets mails about what needs the owner; empty: no mails */
    public readonly array $alertEmail;

    /** Whether the same people get a mail about each day. */
    public readonly bool $dailySummary;

    /** Days. */
    public readonly int $logRetention;

    public readonly bool $debug;

    /** @var list<int> Order statuses of J2Commerce */
    public readonly array $paidStatuses;

    /** @var list<int> */
    public readonly array $refundedStatuses;

    /** Percent of the rate limit that this node may use. More than 100 only with a base URL. */
    public readonly int $paceShare;

    private function __construct()
    {
    }

    /**
     * @param array<string, mixed> $parameters By the names of {@see describe()}. Absent or empty = the default
     *
     * @throws SettingsException with all invalid fields
     */
    public static function fromArray(#[\SensitiveParameter] array $parameters): self
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What settings there are.
     *
     * @return list<array{name: string, property: string, kind: SettingKind, default:
     *   string|int|bool|list<int>|list<string>|array<string, string|list<string>>|null, min: ?int, max: ?int, choices:
     *   list<string>, longest: ?int}> min and max: of a number. choices: of a choice, the values of its enum. longest:
     *   characters of a text
     */
    public static function describe(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** The same settings with another default category. */
    public function withDefaultCategory(int $category): self
    {
        throw new \LogicException('provided by the extension');
    }

    /** Whether App ID and App Secret are both set. Connecting needs both. */
    public function hasCredentials(): bool
    {
        throw new \LogicException('provided by the extension');
    }
}
