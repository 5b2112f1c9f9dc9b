<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use Joomla\CMS\Language\Text;

/** @var array{html: string, isForeign: bool} $displayData */
?>
<?php if ($displayData['isForeign']) : ?>
    <p class="clover alert alert-info" id="clover-guide-language"><?php
        echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_GUIDE_ENGLISH');
    ?></p>
<?php endif; ?>
<article class="clover clover-guide card card-body" id="clover-guide" lang="en"><?php
    echo $displayData['html'];
?></article>
