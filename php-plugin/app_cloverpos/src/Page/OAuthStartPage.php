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
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\Approval;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\PopupResponse;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Session\Session;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** Sends the browser to Clover's approval. */
final readonly class OAuthStartPage implements Page
{
    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_CONNECT';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        if (!J2CommerceHelper::canAccess('j2commerce.editsetup')) {
            PopupResponse::send($this->app, false, Text::_('JLIB_APPLICATION_ERROR_ACCESS_FORBIDDEN'));
        }

        // Otherwise another site could start the owner's approval and replace the state of a running one.
        if (!Session::checkToken('get')) {
            PopupResponse::send($this->app, false, Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_PROBLEM_APPROVAL_TOKEN'));
        }

        try {
            $url = (new Approval($this->factory, $this->app))->begin();
        } catch (\Throwable $e) {
            PopupResponse::send($this->app, false, ErrorPresenter::of($e)['message']);
        }

        $this->app->redirect($url);

        return '';
    }
}
