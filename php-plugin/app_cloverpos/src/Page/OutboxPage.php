<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** Orders on their way to Clover, and those that need the owner's decision. */
final readonly class OutboxPage implements Page
{
    /** Rows of each kind that are listed at most, newest first. */
    public const LISTED = 200;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_TITLE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);
        ToolbarButtons::help($toolbar, '10. Day to day: dashboard, log, mappings, outbox');

        try {
            $sales = $this->factory->shop()->sales();
            $data  = [
                'waiting' => $sales->worker()->waiting(),
                'stock'   => $sales->ledger->waiting(self::LISTED),
                'orders'  => $sales->pushes->waiting(self::LISTED),
                'events'  => $sales->events->dead(self::LISTED),
                'marks'   => $sales->pushes->corrections(self::LISTED),
                'mayAct'  => J2CommerceHelper::canAccess('j2commerce.editsetup'),
            ];
        } catch (\Throwable $e) {
            return Template::render('problem', ErrorPresenter::of($e));
        }

        Template::script($this->app, 'outbox', ['PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_SENDING']);

        return Template::render('outbox', $data);
    }
}
