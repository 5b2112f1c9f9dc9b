<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** Replaces every page while the PHP extension is missing. */
final readonly class MissingExtensionPage implements Page
{
    public function __construct(
        private ShopFactory $factory,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::settings($toolbar, $this->factory->sql());

        return Template::render('problem', ['message' => (string) Requirements::problem()]);
    }
}
