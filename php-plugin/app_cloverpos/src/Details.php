<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos;

\defined('_JEXEC') or die();

use Joomla\CMS\Language\Text;

/** Technical details of a message, folded away. */
final class Details
{
    /** @return string HTML; empty without details */
    public static function html(string $details): string
    {
        return $details === ''
            ? ''
            : '<details class="small text-body-secondary"><summary>'
            . Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_DETAILS')
            . '</summary><code class="text-break">'
            . nl2br(htmlspecialchars($details, ENT_QUOTES, 'UTF-8'))
            . '</code></details>';
    }
}
