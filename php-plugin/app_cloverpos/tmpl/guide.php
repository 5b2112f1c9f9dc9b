<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

/** @var array{html: string} $displayData */
?>
<article class="clover clover-guide card card-body" id="clover-guide" lang="en"><?php
    echo $displayData['html'];
?></article>
