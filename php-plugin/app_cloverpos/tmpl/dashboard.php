<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardView;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;

/** @var array{page: DashboardView} $displayData */
?>
<div class="container-fluid py-3 clover" id="clover-dashboard">
    <?php echo Template::render('dashboard_warnings', $displayData); ?>
    <?php echo Template::render('dashboard_steps', $displayData); ?>
    <?php echo Template::render('dashboard_sync', $displayData); ?>
    <?php echo Template::render('dashboard_stats', $displayData); ?>
    <div class="row g-3">
        <div class="col-12 col-xl-6">
            <?php echo Template::render('dashboard_connection', $displayData); ?>
        </div>
        <div class="col-12 col-xl-6">
            <?php echo Template::render('dashboard_webhook', $displayData); ?>
        </div>
    </div>
</div>
