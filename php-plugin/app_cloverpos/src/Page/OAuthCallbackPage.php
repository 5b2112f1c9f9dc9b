<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\AfterResponse;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\Approval;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect\PopupResponse;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/**
 * Where Clover sends the browser after the approval. The state proves that this site started it; Clover does not return
 * Joomla's token.
 */
final readonly class OAuthCallbackPage implements Page
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

        $result = (new Approval($this->factory, $this->app))->finish((string) ($_SERVER['QUERY_STRING'] ?? ''));

        if ($result['ok']) {
            // What waited for the connection. Where nothing can be done after the response, the dashboard sends it.
            AfterResponse::sendSales($this->factory, $this->app);
        }

        PopupResponse::send($this->app, $result['ok'], $result['message']);
    }
}
