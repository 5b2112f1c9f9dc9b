<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Resolution;
use CloverSync\SendState;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\OrderStatus;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Order\OrderCard;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The owner's actions on one order, from the card on its page. */
final readonly class OrderActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_';

    /** Seconds: the owner waits for the answer. */
    private const SECONDS = 15.0;

    /** Seconds to wait for another worker, which may be at this very order. */
    private const PATIENCE = 3.0;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'order.retry'   => $this->retry(...),
            'order.push'    => $this->push(...),
            'order.restock' => $this->restock(...),
            'order.settle'  => $this->settle(...),
        ];
    }

    /**
     * Retries what Clover refused.
     *
     * @return array<string, mixed>
     */
    private function retry(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $status  = OrderStatus::of($shop->sales(), $orderId);
        $sales   = $shop->sales();

        $sales->events->resolve($orderId, true);

        foreach ($status->retryable() as $row) {
            $sales->planner->resolveRow($row, Resolution::NotApplied);
        }

        if ($status->push !== null && $status->push->state === SendState::Dead) {
            $sales->pushes->resolve($status->push->id, Resolution::NotApplied);
        }

        $this->owner->didToOrder(OwnerAction::OrderRetried, $orderId, $sales->pushes);

        return $this->send($shop, $orderId);
    }

    /**
     * Sends what is due of the order now, and an order that was left out while Sync Sale was off.
     *
     * @return array<string, mixed>
     */
    private function push(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);

        if (OrderStatus::of($shop->sales(), $orderId)->mayPush()) {
            $shop->sales()->pushes->pushNow($orderId);
        }

        $this->owner->didToOrder(OwnerAction::OrderPushed, $orderId, $shop->sales()->pushes);

        return $this->send($shop, $orderId);
    }

    /**
     * Gives units of some lines back to Clover.
     *
     * @return array<string, mixed>
     *
     * @throws ShopException when a line does not hold so many; then nothing is given back
     */
    private function restock(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $held    = [];

        foreach (OrderStatus::of($shop->sales(), $orderId)->lines as $line) {
            $held[$line->books->lineId] = $line->returnable;
        }

        $json  = $input->post->get('units', '', 'raw');
        $asked = \is_string($json) ? json_decode($json, true) : null;
        $asked = array_filter(array_map(\intval(...), \is_array($asked) ? $asked : []));

        if ($asked === []) {
            throw new ShopException(Message::said(Text::_(self::PREFIX . 'NOTHING_CHOSEN')));
        }

        $units = [];

        foreach ($asked as $line => $count) {
            if ($count < 0 || $count > ($held[$line] ?? 0)) {
                throw new ShopException(Message::said(Text::sprintf(self::PREFIX . 'TOO_MANY', $held[$line] ?? 0)));
            }

            $units[(int) $line] = $count;
        }

        $shop->sales()->planner->restock($orderId, $units);
        $this->owner->didToOrder(OwnerAction::Restocked, $orderId, $shop->sales()->pushes);

        return $this->send($shop, $orderId);
    }

    /**
     * Carries out the owner's decision about a row that is uncertain or dead.
     *
     * @return array<string, mixed>
     *
     * @throws ShopException   when the row does not need a decision any more
     * @throws CloverException when another row must be decided first
     */
    private function settle(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $choice  = Resolution::tryFrom($input->post->getCmd('word', ''));
        $sales   = $shop->sales();

        if (
            $choice === null
            || preg_match('/^(stock|order|mark):(\d+)$/', $input->post->getString('row', ''), $name) !== 1
        ) {
            throw new ShopException(Message::said(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION')));
        }

        if ($name[1] !== 'stock') {
            $id        = (int) $name[2];
            $isSettled = $sales->pushes->of($orderId)?->id === $id
            && (
                $name[1] === 'order'
                    ? $sales->pushes->resolve($id, $choice)
                    : $sales->pushes->resolveMark($id, $choice === Resolution::NotApplied)
            );
        } else {
            $row       = $sales->ledger->row((int) $name[2]);
            $isSettled = $row !== null && $row->orderId === $orderId;

            if ($isSettled) {
                $sales->planner->resolveRow($row, $choice);
            }
        }

        if (!$isSettled) {
            throw new ShopException(Message::said(Text::_(self::PREFIX . 'NO_WORD_NEEDED')));
        }

        $this->owner->didToOrder(OwnerActions::settled($choice), $orderId, $sales->pushes);

        return $this->send($shop, $orderId);
    }

    /**
     * The decision is stored. It is sent at once where possible, else by the next scheduled task.
     *
     * @return array{type: string, message: string, html: string}
     */
    private function send(Services $shop, string $orderId): array
    {
        LongRequest::begin();
        $problem = null;

        try {
            $shop->sales()->worker()->run(new TimeBudget(self::SECONDS), scan: false, wait: self::PATIENCE);
        } catch (AlreadySendingException) {
            // The running worker sends it as well.
        } catch (CloverException|ShopException $e) {
            $problem = ErrorPresenter::of($e)['message'];
        }

        $isUnderWay = OrderStatus::of($shop->sales(), $orderId)->isUnderWay();

        return [
            'type'    => $problem === null && !$isUnderWay ? 'success' : 'warning',
            'message' => match (true) {
                $problem !== null => Text::sprintf(self::PREFIX . 'NOTED_PROBLEM', $problem),
                $isUnderWay => Text::_(self::PREFIX . 'NOTED'),
                default     => Text::_(self::PREFIX . 'DONE'),
            },
            'html'    => (new OrderCard($this->factory, $this->app))->body($orderId),
        ];
    }

    /** Reads only a posted form: opening a link must not change anything. */
    private static function orderId(Input $input): string
    {
        $orderId = $input->post->getString('order_id', '');

        return $orderId !== ''
            ? $orderId
            : throw new ShopException(Message::said(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION')));
    }
}
