<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardView;
use Joomla\CMS\Language\Text;

/** @var array{page: DashboardView} $displayData */
$page    = $displayData['page'];
$escape = static fn (string|int $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8');
$word   = static fn (string $key): string => $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_' . $key));
$figures = $page->figures;
?>
<div class="row g-3 mb-3">
    <div class="col-12 col-md-4">
        <div class="card h-100">
            <div class="card-body">
                <h2 class="h6 text-body-secondary mb-1"><?php echo $word('PRODUCTS_SYNCED'); ?></h2>
                <p class="fs-2 mb-0" data-clover-figure="products"><?php echo $escape($figures['products']); ?></p>
                <p class="small text-body-secondary mb-0" data-clover-figure="details"><?php
                    echo $escape($figures['details']);
                ?></p>
            </div>
        </div>
    </div>
    <div class="col-12 col-md-4">
        <div class="card h-100">
            <div class="card-body">
                <h2 class="h6 text-body-secondary mb-1"><?php echo $word('SYNC_ERRORS'); ?></h2>
                <p class="fs-2 mb-0<?php echo $figures['errors'] > 0 ? ' text-danger' : ''; ?>"
                    data-clover-figure="errors"><?php echo $escape($figures['errors']); ?></p>
            </div>
        </div>
    </div>
    <div class="col-12 col-md-4">
        <div class="card h-100">
            <div class="card-body">
                <h2 class="h6 text-body-secondary mb-1"><?php echo $word('LAST_SYNC'); ?></h2>
                <p class="fs-4 mb-0" data-clover-figure="lastSync"><?php echo $escape($figures['lastSync']); ?></p>
            </div>
        </div>
    </div>
</div>
