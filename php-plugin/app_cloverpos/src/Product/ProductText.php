<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Product;

\defined('_JEXEC') or die();

use CloverSync\Caution;
use CloverSync\Shop\Joomla\LocalAmount;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Status\CautiousProduct;
use CloverSync\Shop\Status\Difference;
use CloverSync\Shop\Status\DifferingField;
use CloverSync\Shop\Status\ListedLink;
use Joomla\CMS\Language\Text;

/** What the owner reads about a product: why it should not be published, and what differs from Clover. */
final class ProductText
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';

    /**
     * @param list<Caution> $cautions
     *
     * @return list<string> Sentences
     */
    public static function cautions(array $cautions): array
    {
        return array_map(static fn (Caution $caution): string => Text::_(
            self::PREFIX . 'CAUTION_' . strtoupper($caution->value),
        ), $cautions);
    }

    /** @return list<string> What differs from Clover, and what the owner should look at */
    public static function notes(ListedLink $product): array
    {
        return [
            ...array_map(self::difference(...), $product->differences),
            ...self::cautions($product->cautions),
            ...($product->tax === null ? [] : [SiteLocale::formatter()->text($product->tax)]),
        ];
    }

    /** Bootstrap's color of a badge for a state as {@see \CloverSync\Shop\Status\ListedLink::shownState()} names it. */
    public static function color(string $state): string
    {
        return match ($state) {
            LinkState::Synced->value => 'success',
            LinkState::Error->value => 'danger',
            LinkState::Deleted->value, LinkState::LeftOut->value => 'secondary',
            default => 'warning',
        };
    }

    /** A title in the quotation marks of the reader's language. */
    public static function quoted(string $title): string
    {
        return Text::sprintf(self::PREFIX . 'QUOTED', $title);
    }

    /** Title and cautions. */
    public static function cautious(CautiousProduct $product): string
    {
        return self::quoted($product->title) . ' (' . implode(' ', self::cautions($product->cautions)) . ')';
    }

    /** Such as "price 9.99, Clover 3.75". */
    public static function difference(Difference $difference): string
    {
        $text = Text::sprintf(
            self::PREFIX . 'DIFFERS_' . strtoupper($difference->field->value),
            self::value($difference->field, $difference->shop),
            self::value($difference->field, $difference->clover),
        );

        return $difference->variant === null ? $text : "{$difference->variant}: $text";
    }

    private static function value(DifferingField $field, ?string $value): string
    {
        return match (true) {
            $value === null => Text::_(self::PREFIX . 'NOT_COUNTED'),
            $value === '' => Text::_(self::PREFIX . 'EMPTY_VALUE'),
            $field === DifferingField::Price => LocalAmount::of($value),
            default => $value,
        };
    }
}
