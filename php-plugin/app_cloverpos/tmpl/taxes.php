<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use Joomla\CMS\Language\Text;

/** @var array{id: string, isMet: bool} $displayData */
['id' => $id, 'isMet' => $isMet] = $displayData;

$prefix = 'PLG_J2COMMERCE_APP_CLOVERPOS_';
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES, 'UTF-8', false);
?>
<div data-clover-taxes>
    <button type="button" class="btn btn-secondary" id="<?php echo $escape($id); ?>"
        data-clover-taxes-read<?php echo $isMet ? '' : ' disabled'; ?>>
        <span class="fa-solid fa-percent" aria-hidden="true"></span>
        <?php echo $escape(Text::_($prefix . 'TAX_READ')); ?>
    </button>
    <div class="mt-3" data-clover-taxes-found hidden>
        <p data-clover-taxes-said aria-live="polite"></p>
        <div class="table-responsive">
            <table class="table table-sm">
                <caption class="visually-hidden"><?php
                    echo $escape(Text::_($prefix . 'FIELD_TAX_RATES_LABEL'));
                ?></caption>
                <thead></thead>
                <tbody></tbody>
            </table>
        </div>
        <button type="button" class="btn btn-primary" data-clover-taxes-take><?php
            echo $escape(Text::_($prefix . 'TAX_TAKE'));
        ?></button>
    </div>
</div>
