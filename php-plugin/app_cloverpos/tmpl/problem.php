<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use Joomla\CMS\Language\Text;

/** @var array{message: string, details?: string, link?: string} $displayData */
?>
<div class="alert alert-warning clover" role="alert">
    <span class="fa-solid fa-triangle-exclamation" aria-hidden="true"></span>
    <?php echo htmlspecialchars($displayData['message'], ENT_QUOTES, 'UTF-8'); ?>
    <?php echo Details::html($displayData['details'] ?? ''); ?>
    <?php if (isset($displayData['link'])) : ?>
        <a class="alert-link ms-1" href="<?php
            echo htmlspecialchars($displayData['link'], ENT_QUOTES, 'UTF-8');
        ?>"><?php echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_SERVER'); ?></a>
    <?php endif; ?>
</div>
