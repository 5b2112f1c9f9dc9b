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
<section class="card h-100" aria-labelledby="clover-webhook-title">
    <div class="card-header"><h2 class="h5 mb-0" id="clover-webhook-title"><?php echo $word('WEBHOOK'); ?></h2></div>
    <?php if ($page->status->isWithoutEvents()) : ?>
    <div class="card-body">
        <p class="mb-0" id="clover-webhook-none"><?php echo $word('API_TOKEN_NO_EVENTS'); ?></p>
    </div>
    <?php else : ?>
    <div class="card-body">
        <?php if (!$page->webhooks) : ?>
            <div class="alert alert-warning"><?php echo $word('WEBHOOK_OFF'); ?></div>
        <?php elseif (!$page->hasAuthCode) : ?>
            <div class="alert alert-info"><?php echo $word('WEBHOOK_NO_AUTH_CODE'); ?></div>
        <?php endif; ?>
        <?php if ($page->isLocal) : ?>
            <div class="alert alert-warning" id="clover-webhook-local"<?php
                echo $figures['reached'] ? ' hidden' : '';
            ?>><?php echo $word('WEBHOOK_LOCAL'); ?></div>
        <?php endif; ?>
        <label class="form-label" for="clover-webhook-url"><?php echo $word('WEBHOOK_URL'); ?></label>
        <div class="input-group mb-1">
            <input type="text" readonly class="form-control" id="clover-webhook-url"
                value="<?php echo $escape($page->webhookUrl); ?>">
            <button type="button" class="btn btn-secondary" data-clover-copy="clover-webhook-url"><span
                class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $word('COPY'); ?></button>
        </div>
        <p class="form-text"><?php echo $word('WEBHOOK_URL_NOTE'); ?></p>
        <label class="form-label" for="clover-webhook-code"><?php echo $word('WEBHOOK_CODE'); ?></label>
        <div class="input-group clover-own-line mb-1">
            <input type="text" readonly class="form-control" id="clover-webhook-code"
                value="<?php echo $escape($figures['code']); ?>"
                placeholder="<?php echo $word('WEBHOOK_CODE_WAITING'); ?>" aria-describedby="clover-webhook-code-note">
            <button type="button" class="btn btn-secondary rounded-end"
                data-clover-copy="clover-webhook-code"><span
                class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $word('COPY'); ?></button>
            <?php if ($page->mayAct) : ?>
                <button type="button" class="btn btn-primary rounded ms-2" data-clover-action="check"><?php
                    echo $word('WEBHOOK_CHECK');
                ?></button>
            <?php endif; ?>
        </div>
        <p class="form-text" id="clover-webhook-code-note"><?php
            echo $word('WEBHOOK_CODE_NOTE');
        ?> <span data-clover-figure="codeAt" aria-live="polite"><?php echo $escape($figures['codeAt']); ?></span></p>
        <p class="mb-0"><?php echo $word('WEBHOOK_SEEN'); ?> <span data-clover-figure="webhookSeen"><?php
            echo $escape($figures['webhookSeen']);
        ?></span></p>
    </div>
    <?php endif; ?>
</section>
