<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** What runs the core on this server, and what is wrong with it. It replaces every page while nothing runs the core. */
final readonly class ServerPage implements Page
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return self::PREFIX . 'SERVER';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        if (Requirements::isMet()) {
            ToolbarButtons::dashboard($toolbar);
        }

        ToolbarButtons::settings($toolbar, $this->factory->siteSql());
        ToolbarButtons::help($toolbar, '11. When something is wrong');

        try {
            $html = Template::render('server', ['page' => ServerView::read($this->factory)]);
        } catch (\Throwable $e) {
            // Any function that the page calls may be disabled, and the app's tables may be unusable.
            DebugLog::failed($e);
            $problem = Requirements::problem();

            return Template::render('problem', $problem === null ? ErrorPresenter::of($e) : ['message' => $problem]);
        }

        Template::script($this->app);

        return $html;
    }
}
