<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Markdown;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Factory;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** The owner's guide, in English. */
final readonly class GuidePage implements Page
{
    private const FILE = JPATH_PLUGINS . '/j2commerce/app_cloverpos/guide/guide.md';

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_GUIDE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);

        return Template::render('guide', [
            'html'      => Markdown::html((string) file_get_contents(self::FILE)),
            'isForeign' => !str_starts_with(Factory::getApplication()->getLanguage()->getTag(), 'en-'),
        ]);
    }
}
