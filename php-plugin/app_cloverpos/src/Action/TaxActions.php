<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\TaxProfile;
use CloverSync\Shop\Catalog\J2Commerce\TaxProfiles;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Support\Percent;
use CloverSync\Shop\Support\Text as Name;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** What the settings need to choose tax profiles for Clover's rates. */
final readonly class TaxActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_TAX_';

    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    public function actions(): array
    {
        return ['tax.rates' => $this->rates(...)];
    }

    /**
     * The merchant's rates, each with the tax profile that has the same rate.
     *
     * @return array{message: string, rates: list<array{rate: string, label: string, percent: string, profile: string}>,
     *   profiles: list<array{id: string, name: string}>} An empty profile: none is proposed
     */
    private function rates(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();
        $shop->guard->requireConnection($shop->connection->status());
        $profiles = TaxProfiles::read($shop->sql);
        $words    = SiteLocale::formatter();
        $found    = $shop->connection->taxRates();
        $keys     = array_map(static fn (array $rate): string => Name::key((string) $rate['name']), $found);
        $times    = array_count_values($keys);
        $rates    = [];

        foreach ($found as $i => $rate) {
            $name = (string) $rate['name'];
            // Rates whose names the settings count as the same are distinguished by their ids.
            $key      = $keys[$i] === '' || $times[$keys[$i]] > 1 ? $rate['id'] : $name;
            $proposed = $profiles->proposed($rate['rate']);
            $percent  = $rate['rate'] === null
                ? Text::_(self::PREFIX . 'AMOUNT')
                : $words->text(new Message(MessageCode::TaxPercent, [
                    'percent' => new Number(Percent::text($rate['rate'])),
                ]));
            $rates[] = [
                'rate'    => $key,
                'label'   => trim($name === $key ? $name : "$name ($key)"),
                'percent' => $rate['is_default'] ? Text::sprintf(self::PREFIX . 'DEFAULT', $percent) : $percent,
                'profile' => $proposed === null ? '' : (string) $proposed,
            ];
        }

        return [
            'message'  => Text::_(self::PREFIX . ($rates === [] ? 'NOTHING' : 'FOUND')),
            'rates'    => $rates,
            'profiles' => [
                ['id' => (string) TaxProfiles::UNTAXED, 'name' => $words->text(new Message(MessageCode::TaxNone))],
                ...array_map(static fn (TaxProfile $profile): array => [
                    'id'   => (string) $profile->id,
                    'name' => $profile->name,
                ], $profiles->all()),
            ],
        ];
    }
}
