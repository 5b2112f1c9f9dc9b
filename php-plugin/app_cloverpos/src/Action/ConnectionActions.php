<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Platform;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\Approval;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\Connected;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardData;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The owner's actions on the connection itself. */
final readonly class ConnectionActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'connection.test'       => $this->test(...),
            'connection.disconnect' => $this->disconnect(...),
            'connection.byHand'     => $this->byHand(...),
            'connection.apiToken'   => $this->apiToken(...),
            'connection.poll'       => $this->poll(...),
            'connection.move'       => $this->move(...),
            'connection.resume'     => $this->resume(...),
            'connection.currency'   => $this->currency(...),
        ];
    }

    /** @return array{message: string} */
    private function test(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();
        $shop->guard->requireConnection($shop->connection->status());
        $facts = $shop->merchant->ask();
        $shop->cloverClock()->note($shop->connection);
        $this->factory->address()->confirm($shop->state);

        return [
            'message' => $facts->name === null
                ? Text::sprintf(self::PREFIX . 'TEST_DONE', $facts->id)
                : Text::sprintf(self::PREFIX . 'TEST_DONE_NAME', $facts->name, $facts->id),
        ];
    }

    /** @return array{message: string} */
    private function disconnect(Input $input): array
    {
        $shop     = $this->factory->shop();
        $merchant = (string) $shop->merchantId();
        $shop->connectionService()->disconnect();
        $this->owner->did(OwnerAction::Disconnected, $merchant);

        return ['message' => Text::_(self::PREFIX . 'DISCONNECT_DONE')];
    }

    /** @return array<string, mixed> */
    private function byHand(Input $input): array
    {
        Platform::allowSeconds(120);
        $callback = $input->post->get('callback', '', 'RAW');
        $result   = (new Approval($this->factory, $this->app))->finish(\is_string($callback) ? trim($callback) : '');

        return (
            $result['ok']
                ? ['message' => $result['message']]
                : ['error' => [
                    'kind'    => $result['kind'],
                    'message' => $result['message'],
                    'details' => $result['details'],
                ]]
        );
    }

    /** @return array{message: string} */
    private function apiToken(Input $input): array
    {
        LongRequest::begin();
        $text = static function (string $name) use ($input): string {
            // Unfiltered: a token may contain any character, and the core checks both.
            $given = $input->post->get($name, '', 'RAW');

            return \is_string($given) ? $given : '';
        };
        $shop   = $this->factory->shop();
        $before = $shop->connectionService()->connectWithApiToken($text('merchant_id'), $text('api_token'));
        $this->factory->address()->confirm($shop->state);

        (new OwnerActions($this->app))->did(OwnerAction::Connected, (string) $shop->merchantId());

        return ['message' => Connected::message($shop, $before)];
    }

    /** @return array{figures: array<string, mixed>} */
    private function poll(Input $input): array
    {
        $shop = $this->factory->shop();
        $shop->verificationCodes()->expect();

        return ['figures' => DashboardData::of($shop->dashboard()->read())];
    }

    /** @return array{message: string} */
    private function move(Input $input): array
    {
        $shop = $this->factory->shop();
        $shop->guard->move();
        $this->factory->address()->confirm($shop->state);
        $this->owner->did(OwnerAction::Moved, (string) $shop->merchantId());

        return ['message' => Text::_(self::PREFIX . 'MOVE_DONE')];
    }

    /** @return array{message: string} */
    private function resume(Input $input): array
    {
        $this->factory->shop()->pauses()->end();
        $this->owner->did(OwnerAction::Resumed);

        return ['message' => Text::_(self::PREFIX . 'PAUSE_ENDED')];
    }

    /** @return array{message: string} */
    private function currency(Input $input): array
    {
        $shop     = $this->factory->shop();
        $currency = ShopConfig::read($shop->sql)->currency;

        // The owner's decision refers to what the page showed.
        if ($input->post->getAlnum('currency') !== $currency) {
            throw new ShopException(Message::said(Text::sprintf(self::PREFIX . 'CURRENCY_CHANGED', $currency)));
        }

        $shop->merchant->confirmCurrency($currency);
        $this->owner->did(OwnerAction::CurrencyConfirmed, $currency);

        return ['message' => Text::sprintf(self::PREFIX . 'CURRENCY_DONE', $currency)];
    }
}
