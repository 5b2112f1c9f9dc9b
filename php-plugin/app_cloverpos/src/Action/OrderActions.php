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
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Sales\OrderStatus;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Order\OrderCard;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** What the owner does about one order, from the card on its page. */
final readonly class OrderActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_';

    /** Seconds: the owner waits for the answer. */
    private const SECONDS = 15.0;

    /** Seconds to wait for another worker, which may be at this very order. */
    private const PATIENCE = 3.0;

    private const WORDS = ['applied', 'not_applied', 'leave'];

    public function __construct(
        private ShopFactory $factory,
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
     * Tries again what Clover would not take.
     *
     * @return array<string, mixed>
     */
    private function retry(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $status  = OrderStatus::of($shop, $orderId);
        $sales   = $shop->sales();

        $sales->outbox->resolve($orderId, true);

        foreach ($status->rowsIn('dead') as $row) {
            if ($row['open']) {
                $sales->planner->resolve(
                    $orderId,
                    (int) $row['line_id'],
                    (int) $row['seq'],
                    'not_applied',
                    (int) $row['order_pk'],
                );
            }
        }

        if (($status->pushed['state'] ?? '') === 'dead') {
            $sales->pushed->resolve((int) $status->pushed['id'], 'not_applied');
        }

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

        if (OrderStatus::of($shop, $orderId)->mayPush()) {
            $shop->sales()->pushed->pushNow($orderId);
        }

        return $this->send($shop, $orderId);
    }

    /**
     * Gives units of some lines back to Clover.
     *
     * @return array<string, mixed>
     *
     * @throws ShopException when a line does not hold so many: then none is given back
     */
    private function restock(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $held    = array_column(OrderStatus::of($shop, $orderId)->lines, 'returnable', 'line_id');
        $units   = $input->post->get('units', '', 'raw');
        $asked   = \is_string($units) ? json_decode($units, true) : null;
        $asked   = array_filter(array_map(\intval(...), \is_array($asked) ? $asked : []));

        if ($asked === []) {
            throw new ShopException(Text::_(self::PREFIX . 'NOTHING_CHOSEN'));
        }

        foreach ($asked as $line => $units) {
            if ($units < 0 || $units > ($held[$line] ?? 0)) {
                throw new ShopException(Text::sprintf(self::PREFIX . 'TOO_MANY', $held[$line] ?? 0));
            }
        }

        foreach ($asked as $line => $units) {
            $shop->sales()->planner->restock($orderId, (int) $line, $units);
        }

        return $this->send($shop, $orderId);
    }

    /**
     * Follows the owner's word on a row that is uncertain or dead.
     *
     * @return array<string, mixed>
     *
     * @throws ShopException   when the row waits for no word any more
     * @throws CloverException when it waits for another row's
     */
    private function settle(Input $input): array
    {
        $shop    = $this->factory->shop();
        $orderId = self::orderId($input);
        $word    = $input->post->getCmd('word', '');
        $sales   = $shop->sales();

        if (
            !\in_array($word, self::WORDS, true)
            || preg_match('/^(stock|order):(\d+)$/', $input->post->getString('row', ''), $name) !== 1
        ) {
            throw new ShopException(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION'));
        }

        if ($name[1] === 'order') {
            $isSettled =
                (int) ($sales->pushed->of($orderId)['id'] ?? 0) === (int) $name[2]
                && $sales->pushed->resolve((int) $name[2], $word);
        } else {
            $row       = $sales->ledger->row((int) $name[2]);
            $isSettled = $row !== null && $row['order_id'] === $orderId;

            if ($isSettled) {
                $sales->planner->resolve(
                    $orderId,
                    (int) $row['line_id'],
                    (int) $row['seq'],
                    $word,
                    (int) $row['order_pk'],
                );
            }
        }

        return $isSettled
            ? $this->send($shop, $orderId)
            : throw new ShopException(Text::_(self::PREFIX . 'NO_WORD_NEEDED'));
    }

    /**
     * What was decided is stored; it goes out at once where that can be, else with the next scheduled task.
     *
     * @return array{type: string, message: string, html: string}
     */
    private function send(Services $shop, string $orderId): array
    {
        LongRequest::begin();
        $problem = null;

        try {
            $shop->sales()->worker()->run(new TimeBudget(self::SECONDS), scan: false, wait: self::PATIENCE);
        } catch (AlreadyRunningException) {
            // Whoever is at it does this as well.
        } catch (CloverException|ShopException $e) {
            $problem = ErrorPresenter::of($e)['message'];
        }

        $isUnderWay = OrderStatus::of($shop, $orderId)->isUnderWay();

        return [
            'type'    => $problem === null && !$isUnderWay ? 'success' : 'warning',
            'message' => match (true) {
                $problem !== null => Text::sprintf(self::PREFIX . 'NOTED_PROBLEM', $problem),
                $isUnderWay => Text::_(self::PREFIX . 'NOTED'),
                default     => Text::_(self::PREFIX . 'DONE'),
            },
            'html'    => (new OrderCard($this->factory, Factory::getApplication()))->body($orderId),
        ];
    }

    /** Only from a form that was posted: an address that somebody is made to open must change nothing. */
    private static function orderId(Input $input): string
    {
        $orderId = $input->post->getString('order_id', '');

        return $orderId !== ''
            ? $orderId
            : throw new ShopException(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION'));
    }
}
