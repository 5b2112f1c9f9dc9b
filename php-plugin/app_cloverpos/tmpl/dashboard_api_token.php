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
$page   = $displayData['page'];
$escape = static fn (string|int $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8');
$word   = static fn (string $key): string => $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_' . $key));

if (!$page->mayAct) {
    return;
}
?>
<details class="mt-3" id="clover-api-token-box">
    <summary><?php echo $word('API_TOKEN'); ?></summary>
    <p class="mt-2"><?php echo $word('API_TOKEN_INTRO'); ?></p>
    <p><?php echo $word('API_TOKEN_STEP'); ?></p>
    <label class="form-label" for="clover-merchant-id"><?php echo $word('MERCHANT_ID'); ?></label>
    <input type="text" class="form-control mb-2" id="clover-merchant-id" maxlength="64" autocomplete="off"
        spellcheck="false" value="<?php echo $escape((string) $page->status->merchantId); ?>">
    <label class="form-label" for="clover-api-token"><?php echo $word('API_TOKEN_LABEL'); ?></label>
    <input type="password" class="form-control" id="clover-api-token" maxlength="1000" autocomplete="off"
        spellcheck="false" aria-describedby="clover-api-token-note">
    <div class="form-text mb-2" id="clover-api-token-note"><?php echo $word('API_TOKEN_NOTE'); ?></div>
    <button type="button" class="btn btn-primary" data-clover-action="api-token"><?php
        echo $word('API_TOKEN_CONNECT');
    ?></button>
</details>
