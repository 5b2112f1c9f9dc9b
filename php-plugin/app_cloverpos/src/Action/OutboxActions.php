<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Exception\ItemException;
use CloverSync\Resolution;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardData;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\PauseText;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** Sends what waits for Clover, and carries out the owner's decisions. */
final readonly class OutboxActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_';

    /** Seconds that the owner waits for the answer. */
    private const PATIENCE = 20.0;

    /** Seconds of a portion that no one waits for. */
    private const PORTION = 4.0;

    /** Seconds to wait for another worker, which is often about to end. */
    private const WAIT = 3.0;

    public function __construct(
        private ShopFactory $factory,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'outbox.settle'   => $this->settle(...),
            'outbox.send'     => $this->send(...),
            'outbox.continue' => $this->continue(...),
        ];
    }

    /** @return array<string, mixed> */
    private function settle(Input $input): array
    {
        $shop   = $this->factory->shop();
        $choice = Resolution::tryFrom($input->post->getString('word', ''));

        if (
            $choice === null
            || preg_match('/^(stock|order|event|mark):(\d+)$/', $input->post->getString('row', ''), $row) !== 1
        ) {
            throw new ShopException(Message::said(Text::_(self::PREFIX . 'SETTLED_ALREADY')));
        }

        $sales = $shop->sales();
        $order = self::orderOf($sales, $row[1], (int) $row[2]);
        $done  = match ($row[1]) {
            'order' => $sales->pushes->resolve((int) $row[2], $choice),
            'mark'  => $sales->pushes->resolveMark((int) $row[2], $choice === Resolution::NotApplied),
            'event' => $sales->events->resolve(
                (string) $sales->events->orderOf((int) $row[2]),
                $choice === Resolution::NotApplied,
            ),
            default => self::settleStock($sales, (int) $row[2], $choice),
        };

        if ($done) {
            $this->owner->didToOrder(OwnerActions::settled($choice), $order, $sales->pushes);
        }

        return (
            $done
                ? ['message' => Text::_(self::PREFIX . 'SETTLED_' . strtoupper($choice->value)), 'type' => 'success']
                : ['message' => Text::_(self::PREFIX . 'SETTLED_ALREADY'), 'type' => 'warning']
        );
    }

    /** @return string Id of the order; empty when the row is not there any more */
    private static function orderOf(Sales $sales, string $kind, int $id): string
    {
        return match ($kind) {
            'event' => (string) $sales->events->orderOf($id),
            'stock' => $sales->ledger->row($id)->orderId ?? '',
            default => $sales->pushes->row($id)->orderId ?? '',
        };
    }

    /** @return bool False when the row does not need a decision */
    private static function settleStock(Sales $sales, int $id, Resolution $choice): bool
    {
        $row = $sales->ledger->row($id);

        if ($row === null) {
            return false;
        }

        try {
            $sales->planner->resolveRow($row, $choice);
        } catch (ItemException) {
            return false;
        }

        return true;
    }

    /** @return array<string, mixed> */
    private function send(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();

        if ($input->post->getInt('resume', 0) === 1) {
            $shop->pauses()->end();
            $this->owner->did(OwnerAction::Resumed, '', Pages::url('outbox'));
        }

        try {
            $result = $shop->sales()->worker()->run(new TimeBudget(self::PATIENCE), wait: self::WAIT);
        } catch (AlreadySendingException $e) {
            return ['message' => ErrorPresenter::of($e)['message'], 'type' => 'info'];
        }

        $this->owner->did(OwnerAction::SalesSent, (string) $result->confirmed, Pages::url('outbox'));
        $message = Text::sprintf(
            self::PREFIX . 'SENT',
            $result->confirmed,
            $result->skipped,
            $result->later,
            $result->uncertain + $result->dead,
        );

        return [
            'message' => implode(' ', [$message, ...PauseText::all($result->paused)]),
            'type'    => $result->paused !== [] || ($result->uncertain + $result->dead) > 0 ? 'warning' : 'success',
        ];
    }

    /**
     * Sends a portion of what is due. The dashboard calls it again until nothing is: on many servers nothing else sends
     * what waited for a new connection.
     *
     * @return array{figures: array<string, mixed>, worked: bool}
     */
    private function continue(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();

        try {
            $worked = $shop->sales()->worker()->run(new TimeBudget(self::PORTION), scan: false)->claimed > 0;
        } catch (AlreadySendingException) {
            $worked = false;
        }

        return ['figures' => DashboardData::of($shop->dashboard()->read()), 'worked' => $worked];
    }
}
