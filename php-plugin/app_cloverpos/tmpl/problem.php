<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

/** @var array{message: string} $displayData */
?>
<div class="alert alert-warning" role="alert">
    <span class="fa-solid fa-triangle-exclamation" aria-hidden="true"></span>
    <?php echo htmlspecialchars($displayData['message'], ENT_QUOTES, 'UTF-8'); ?>
</div>
