<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Shop\Engine\Made;
use CloverSync\Exception\SettingsException;

/**
 * The owner's settings, checked as a whole.
 *
 * {@see describe()} lists them. A property is named as its setting, in camel case. Secrets have no property and cannot
 * be read back, printed or exported.
 */
final readonly class Settings
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
        return self::filled(Handle::callStatic('Settings.fromArray', [$parameters]), null, 'Settings.fromArray', [$parameters]);
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
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['kind' => (SettingKind::from(...))($row['kind'])]), $list))(Handle::callStatic('Settings.describe', []));
    }

    /** The same settings with another default category. */
    public function withDefaultCategory(int $category): self
    {
        return self::filled(Handle::call($this, 'withDefaultCategory', [$category]), $this, 'Settings.withDefaultCategory', [$category]);
    }

    /** Whether App ID and App Secret are both set. Connecting needs both. */
    public function hasCredentials(): bool
    {
        return Handle::call($this, 'hasCredentials', []);
    }

    /** @param list<mixed> $arguments */
    private static function filled(
        Made $made,
        ?object $parent,
        string $maker,
        #[\SensitiveParameter] array $arguments,
    ): self {
        $self = Handle::wrap(self::class, $made, $parent, $maker, $arguments);
        $row  = $made->properties;
        $self->environment = Environment::from($row[0]);
        $self->appId = $row[1];
        $self->baseUrl = $row[2];
        $self->importStatus = ImportStatus::from($row[3]);
        $self->defaultCategory = $row[4];
        $self->defaultTaxProfile = $row[5];
        $self->taxMapping = $row[6];
        $self->mappingMode = MappingMode::from($row[7]);
        $self->deleteAction = DeleteAction::from($row[8]);
        $self->importCategories = (static fn (array $row): array => array_replace($row, ['mode' => (NameFilterMode::from(...))($row['mode'])]))($row[9]);
        $self->importTags = (static fn (array $row): array => array_replace($row, ['mode' => (NameFilterMode::from(...))($row['mode'])]))($row[10]);
        $self->importHidden = ImportRule::from($row[11]);
        $self->importNonRevenue = ImportRule::from($row[12]);
        $self->importAgeRestricted = ImportRule::from($row[13]);
        $self->importOnlineOnly = $row[14];
        $self->modifiers = ModifierMode::from($row[15]);
        $self->pricingMode = PricingMode::from($row[16]);
        $self->markupType = MarkupType::from($row[17]);
        $self->markupValue = $row[18];
        $self->categoryMarkups = (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['type' => (MarkupType::from(...))($row['type'])]), $list))($row[19]);
        $self->priceEnding = PriceEnding::from($row[20]);
        $self->webhooks = $row[21];
        $self->syncInterval = $row[22];
        $self->pushStock = $row[23];
        $self->stockReserve = $row[24];
        $self->syncSale = $row[25];
        $self->pushForeignOrders = $row[26];
        $self->payLaterMethods = $row[27];
        $self->orderType = $row[28];
        $self->printOrders = $row[29];
        $self->alertEmail = $row[30];
        $self->dailySummary = $row[31];
        $self->logRetention = $row[32];
        $self->debug = $row[33];
        $self->paidStatuses = $row[34];
        $self->refundedStatuses = $row[35];
        $self->paceShare = $row[36];

        return $self;
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
