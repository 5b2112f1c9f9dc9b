<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos;

\defined('_JEXEC') or die();

use CloverSync\ConnectionStatus;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Sales\OrderNotices;
use CloverSync\Shop\Status\Attention;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\PauseText;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Router\Route;

/**
 * The app's messages on J2Commerce's own dashboard. They cause no request to Clover, because every view of that page
 * reads them.
 */
final readonly class Notices
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_NOTICE_';

    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    /** @return array<string, mixed> */
    public function quickIcon(): array
    {
        $facts = $this->facts();
        $count = ($facts['attention']?->count() ?? 0)
        + ($facts['problem'] === null ? 0 : 1)
        + ($facts['status']?->reconnectReason === null ? 0 : 1)
        + ($facts['status']?->refusedAt === null ? 0 : 1)
        + ($facts['moved'] ? 1 : 0)
        + \count($facts['orders']);
        $icon = [
            'id'     => 'j2commerce-cloverpos',
            'text'   => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS'),
            'link'   => Route::_(Pages::url()),
            'image'  => 'fa-solid fa-cash-register',
            'access' => ['core.manage', 'com_j2commerce'],
        ];

        return $count === 0
            ? $icon
            : $icon
            + [
                'class' => 'warning',
                'badge' => (string) $count,
                'title' => Text::plural(self::PREFIX . 'N_WAIT', $count),
            ];
    }

    /** @return list<array<string, mixed>> The most urgent first */
    public function messages(): array
    {
        $facts     = $this->facts();
        $attention = $facts['attention'];
        $messages  = [];

        if ($facts['problem'] !== null) {
            $messages[] = self::message(
                'problem',
                'danger',
                $facts['problem'],
                Requirements::isMet() ? 'dashboard' : 'server',
            );
        }

        // Reported once when both PHPs lack the same. Without the app's tables it cannot be read.
        $cli = $facts['problem'] === null ? $this->factory->requirements()->problemOfCommandLine() : null;

        if ($cli !== null) {
            $messages[] = self::message('cli', 'warning', $cli, 'server');
        }

        if ($facts['status'] !== null && !$facts['status']->connected) {
            $reason     = $facts['status']->reconnectReason;
            $messages[] = $reason === null
                ? self::message('connect', 'info', Text::_(self::PREFIX . 'NOT_CONNECTED'))
                : self::message('reconnect', 'danger', SiteLocale::formatter()->text(Message::ofProblem($reason)));
        }

        if ($facts['status'] !== null && $facts['status']->refusedAt !== null) {
            $messages[] = self::message(
                'refused',
                'danger',
                Text::sprintf(
                    'PLG_J2COMMERCE_APP_CLOVERPOS_REFUSED_ALERT',
                    LocalTime::unix($facts['status']->refusedAt),
                    LocalTime::unix((int) $facts['status']->nextTryAt),
                ),
            );
        }

        if ($facts['moved']) {
            $messages[] = self::message('moved', 'danger', Text::_(self::PREFIX . 'MOVED'));
        }

        foreach ($attention->paused ?? [] as $pause) {
            $messages[] = self::message("paused_{$pause->kind->value}", 'danger', PauseText::of($pause));
        }

        if ($attention?->confirmDeletes) {
            $messages[] = self::message('deletes', 'warning', Text::_(self::PREFIX . 'CONFIRM_DELETES'));
        }

        foreach ($attention === null ? [] : self::counts($attention) as $what => [$count, $text, $page]) {
            if ($count > 0) {
                $messages[] = self::message($what, 'warning', $text, $page);
            }
        }

        foreach ($facts['orders'] as $i => $notice) {
            $messages[] = self::message("orders_$i", 'warning', SiteLocale::formatter()->text($notice));
        }

        if ($this->factory->knownEnvironment() === 'sandbox') {
            $messages[] = self::message('sandbox', 'warning', Text::_(self::PREFIX . 'SANDBOX'));
        }

        return array_map(
            static fn (array $m, int $i): array => $m + ['priority' => 100 + $i],
            $messages,
            array_keys($messages),
        );
    }

    /** @return array<string, array{int, string, string}> Number, text and page, by name */
    private static function counts(Attention $now): array
    {
        $words = SiteLocale::formatter();

        return [
            'uncertain'   => [
                $now->uncertain,
                $words->text(new Message(MessageCode::SalesUncertain, ['count' => $now->uncertain])),
                'outbox',
            ],
            'dead'        => [
                $now->dead,
                $words->text(new Message(MessageCode::SalesDead, ['count' => $now->dead])),
                'outbox',
            ],
            'corrections' => [
                $now->corrections,
                $words->text(new Message(MessageCode::SalesToCorrect, ['count' => $now->corrections])),
                'outbox',
            ],
            'errors'      => [$now->errors, Text::plural(self::PREFIX . 'N_ERRORS', $now->errors), 'mappings'],
            'conflicts'   => [
                $now->conflicts,
                $words->text(new Message(MessageCode::ConflictsOpen, ['count' => $now->conflicts])),
                'mappings',
            ],
            'free'        => [$now->free, Text::plural(self::PREFIX . 'N_FREE', $now->free), 'mappings'],
        ];
    }

    /**
     * @return array{problem: ?string, status: ?ConnectionStatus, moved: bool, orders: list<Message>, attention:
     *   ?Attention}
     */
    private function facts(): array
    {
        $facts    = ['problem' => null, 'status' => null, 'moved' => false, 'orders' => []];
        $merchant = null;

        try {
            $merchant        = MerchantProfile::merchantIn($this->factory->state());
            $shop            = $this->factory->shop();
            $facts['status'] = $shop->connection->status();
            $facts['moved']  = $shop->guard->isMoved();
            $merchant        = $shop->merchantId();
            $facts['orders'] = $merchant !== null && $facts['status']->connected
                ? (new OrderNotices($shop->state, $merchant, $shop->settings))->all()
                : [];
        } catch (\Throwable $e) {
            $facts['problem'] = ErrorPresenter::of($e)['message'];
        }

        return $facts + ['attention' => $merchant === null ? null : $this->attention($merchant)];
    }

    private function attention(string $merchant): Attention
    {
        $sql = $this->factory->sql();

        return Attention::of(
            $sql,
            new Links($sql, $this->factory->environment(), $merchant),
            $this->factory->state(),
            $this->factory->clock,
        );
    }

    /** @return array<string, mixed> In the form that J2Commerce prints: the text is HTML */
    private static function message(string $name, string $type, string $text, string $page = 'dashboard'): array
    {
        return [
            'id'          => "plg_j2commerce_app_cloverpos_$name",
            'text'        => htmlspecialchars($text, ENT_QUOTES, 'UTF-8', false),
            'type'        => $type,
            'icon'        => 'fa-solid fa-cash-register',
            'dismissible' => $type === 'danger' ? 'none' : 'session',
            'link'        => Route::_(Pages::url($page)),
            'linkText'    => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_' . strtoupper($page)),
        ];
    }
}
