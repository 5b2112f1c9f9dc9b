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
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** Sends what waits for Clover, and takes the owner's word on what nobody else can settle. */
final readonly class OutboxActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_';

    /** Seconds that somebody may look at a turning wheel. */
    private const PATIENCE = 20.0;

    /** Seconds to wait for another worker, which is often about to end. */
    private const WAIT = 3.0;

    private const WORDS = ['applied', 'not_applied', 'leave'];

    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    public function actions(): array
    {
        return ['outbox.settle' => $this->settle(...), 'outbox.send' => $this->send(...)];
    }

    /** @return array<string, mixed> */
    private function settle(Input $input): array
    {
        $word = $input->post->getString('word', '');

        if (
            !\in_array($word, self::WORDS, true)
            || preg_match('/^(stock|order|event):(\d+)$/', $input->post->getString('row', ''), $row) !== 1
        ) {
            throw new ShopException(Text::_(self::PREFIX . 'SETTLED_ALREADY'));
        }

        $sales = $this->factory->shop()->sales();
        $done  = match ($row[1]) {
            'order' => $sales->pushed->resolve((int) $row[2], $word),
            'event' => $sales->outbox->resolve(
                (string) $sales->outbox->orderOf((int) $row[2]),
                $word === 'not_applied',
            ),
            default => self::settleStock($sales, (int) $row[2], $word),
        };

        return (
            $done
                ? ['message' => Text::_(self::PREFIX . 'SETTLED_' . strtoupper($word)), 'type' => 'success']
                : ['message' => Text::_(self::PREFIX . 'SETTLED_ALREADY'), 'type' => 'warning']
        );
    }

    /** @return bool False when the row waits for no word */
    private static function settleStock(Sales $sales, int $id, string $word): bool
    {
        $row = $sales->ledger->row($id);

        if ($row === null) {
            return false;
        }

        try {
            $sales->planner->resolve(
                (string) $row['order_id'],
                (int) $row['line_id'],
                (int) $row['seq'],
                $word,
                (int) $row['order_pk'],
            );
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
            $shop->pause()->end();
        }

        $result  = $shop->sales()->worker()->run(new TimeBudget(self::PATIENCE), wait: self::WAIT);
        $message = Text::sprintf(
            self::PREFIX . 'SENT',
            $result->confirmed,
            $result->skipped,
            $result->later,
            $result->uncertain + $result->dead,
        );

        if ($result->paused !== null) {
            $message .= ' ' . Text::sprintf(self::PREFIX . 'PAUSED', $result->paused);
        }

        return [
            'message' => $message,
            'type'    => $result->paused !== null || ($result->uncertain + $result->dead) > 0 ? 'warning' : 'success',
        ];
    }
}
