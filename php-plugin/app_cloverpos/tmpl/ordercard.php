<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use Joomla\CMS\Language\Text;

/** @var array{orderId: string, body: string} $displayData */
?>
<div class="card mb-3 clover"
    data-clover-order="<?php echo htmlspecialchars($displayData['orderId'], ENT_QUOTES, 'UTF-8'); ?>">
    <div class="card-header">
        <h2 class="card-title mb-0 fs-5" tabindex="-1"><?php
            echo htmlspecialchars(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_TITLE'), ENT_QUOTES, 'UTF-8');
        ?></h2>
    </div>
    <div class="card-body">
        <div data-clover-said aria-live="polite"></div>
        <div data-clover-body><?php echo $displayData['body']; ?></div>
    </div>
</div>
