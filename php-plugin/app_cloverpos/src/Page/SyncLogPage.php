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
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** The Sync Log. */
final readonly class SyncLogPage implements Page
{
    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_LOG_TITLE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);
        ToolbarButtons::help($toolbar, '10. Day to day: dashboard, log, mappings, outbox');

        try {
            $log   = new SyncLogEntries($this->factory, $this->app);
            $start = $log->tools->paginate($log->count());
            $page  = $log->page($start, $log->tools->limit);
        } catch (\Throwable $e) {
            return Template::render('problem', ErrorPresenter::of($e));
        }

        return Template::render('synclog', [
            'tools'   => $log->tools,
            'entries' => $page,
            'words'   => $log->words,
            'actions' => $log->actions,
        ]);
    }
}
