<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\Requirements;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Document\HtmlDocument;
use Joomla\CMS\Factory;
use Joomla\CMS\Form\FormField;
use Joomla\CMS\Toolbar\Button\LinkButton;

/**
 * Shows no input: it gives the settings page its Dashboard button, styles and script, and shows what keeps the app
 * from working.
 */
final class CloverpageField extends FormField
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    private const WORDS = ['SETTINGS_LEAVE', 'TAX_CHOOSE', 'TAX_PERCENT', 'TAX_PROFILE', 'TAX_RATE', 'TAX_TAKEN'];

    /** Where Joomla keeps the entries of a form that it could not save. */
    private const KEPT = 'com_plugins.edit.plugin.data';

    protected $type = 'Cloverpage';

    public function renderField($options = [])
    {
        $app    = Factory::getApplication();
        $button = new LinkButton('clover-dashboard');
        $button->text('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_DASHBOARD')->url(Pages::url())->icon('fa-solid fa-gauge');

        if ($app instanceof CMSWebApplicationInterface) {
            $document = $app->getDocument();
            $document instanceof HtmlDocument && $document->getToolbar('toolbar')?->prependButton($button);
            $document->addScriptOptions(Template::MEDIA, [
                'unsaved' => $app->getUserState(self::KEPT, []) !== [],
            ]);
            Template::style($app);
            Template::script(
                $app,
                'settings',
                array_map(static fn (string $word): string => self::PREFIX . $word, self::WORDS),
            );
        }

        $problem = Requirements::problem();

        return (
            $problem === null
                ? ''
                : Template::render('problem', [
                    'message' => $problem,
                    'link'    => Pages::url('server'),
                ])
        );
    }

    protected function getInput()
    {
        return '';
    }
}
