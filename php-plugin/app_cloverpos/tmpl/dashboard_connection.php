<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardView;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Language\Text;

/** @var array{page: DashboardView} $displayData */
$page    = $displayData['page'];
$escape = static fn (string|int $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8');
$word   = static fn (string $key): string => $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_' . $key));
$now    = $page->status;
?>
<section class="card h-100" aria-labelledby="clover-connection-title">
    <div class="card-header"><h2 class="h5 mb-0" id="clover-connection-title"><?php
        echo $word('CONNECTION_STATUS');
    ?></h2></div>
    <div class="card-body">
        <p>
            <span class="badge <?php echo $now->connected ? 'text-bg-success' : 'text-bg-secondary'; ?>">
                <span class="fa-solid <?php echo $now->connected ? 'fa-plug-circle-check' : 'fa-plug-circle-xmark'; ?>"
                    aria-hidden="true"></span>
                <?php echo $word($now->connected ? 'CONNECTED' : 'NOT_CONNECTED'); ?>
            </span>
        </p>
        <?php if ($now->connected) : ?>
            <dl class="row mb-0">
                <dt class="col-sm-4"><?php echo $word('MERCHANT_ID'); ?></dt>
                <dd class="col-sm-8"><code><?php echo $escape((string) $now->merchantId); ?></code></dd>
                <?php if ($now->merchantName !== null) : ?>
                    <dt class="col-sm-4"><?php echo $word('MERCHANT_NAME'); ?></dt>
                    <dd class="col-sm-8"><?php echo $escape($now->merchantName); ?></dd>
                <?php endif; ?>
                <dt class="col-sm-4"><?php echo $word('FIELD_ENVIRONMENT_LABEL'); ?></dt>
                <dd class="col-sm-8"><?php echo $escape($page->environment); ?></dd>
                <dt class="col-sm-4"><?php echo $word('CONNECTION_UNTIL'); ?></dt>
                <dd class="col-sm-8"><?php echo $escape($page->until); ?></dd>
                <dt class="col-sm-4"><?php echo $word('SALES_WAITING'); ?></dt>
                <dd class="col-sm-8"><?php echo $escape($now->sales['later'] ?? 0); ?></dd>
            </dl>
            <?php if ($now->refusedAt !== null) : ?>
                <button type="button" class="btn btn-primary mt-3" data-clover-action="connect"
                    data-clover-url="<?php echo $escape($page->connectUrl); ?>"<?php
                        echo $page->canConnect ? '' : ' disabled';
                    ?>>
                    <span class="fa-solid fa-plug" aria-hidden="true"></span> <?php
                        echo $word('FIELD_CONNECT_LABEL');
                    ?>
                </button>
                <?php echo Template::render('dashboard_api_token', $displayData); ?>
            <?php endif; ?>
        <?php else : ?>
            <p><?php echo $word('CONNECT_INTRO'); ?></p>
            <ol>
                <li><?php echo $word('CONNECT_STEP_SETTINGS'); ?> <a
                    href="<?php echo $escape($page->settingsUrl); ?>"><?php
                        echo $word('BUTTON_SETTINGS');
                    ?></a></li>
                <li>
                    <span id="clover-redirect-label"><?php echo $word('CONNECT_STEP_REDIRECT'); ?></span>
                    <div class="input-group input-group-sm my-1">
                        <input type="text" readonly class="form-control" id="clover-redirect"
                            aria-labelledby="clover-redirect-label"
                            value="<?php echo $escape($page->redirectUri); ?>">
                        <button type="button" class="btn btn-secondary" data-clover-copy="clover-redirect"><span
                            class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $word('COPY'); ?></button>
                    </div>
                </li>
                <li><?php
                    echo $escape(
                        Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_CONNECT_STEP_CLIENT', $page->siteUrl)
                    );
                ?></li>
                <li><?php echo $word('CONNECT_STEP_APPROVE'); ?></li>
            </ol>
            <button type="button" class="btn btn-primary" data-clover-action="connect"
                data-clover-url="<?php echo $escape($page->connectUrl); ?>"
                aria-describedby="clover-connect-note"<?php echo $page->canConnect ? '' : ' disabled'; ?>>
                <span class="fa-solid fa-plug" aria-hidden="true"></span> <?php echo $word('FIELD_CONNECT_LABEL'); ?>
            </button>
            <div class="form-text" id="clover-connect-note"><?php
                echo $page->hasCredentials ? '' : $word('SETTINGS_SAVE_FIRST');
            ?></div>
            <?php if ($page->canConnect) : ?>
                <details class="mt-3">
                    <summary><?php echo $word('HAND'); ?></summary>
                    <ol class="mt-2">
                        <li><?php echo $word('HAND_STEP_OPEN'); ?> <a
                            href="<?php echo $escape($page->connectUrl); ?>" target="_blank"
                            rel="noopener noreferrer"><?php echo $word('HAND_OPEN'); ?></a></li>
                        <li><?php echo $word('HAND_STEP_APPROVE'); ?></li>
                        <li><?php echo $word('HAND_STEP_PASTE'); ?></li>
                    </ol>
                    <label class="form-label" for="clover-hand"><?php echo $word('HAND_LABEL'); ?></label>
                    <div class="input-group">
                        <input type="url" class="form-control" id="clover-hand" autocomplete="off" spellcheck="false">
                        <button type="button" class="btn btn-primary" data-clover-action="by-hand"><?php
                            echo $word('HAND_CONNECT');
                        ?></button>
                    </div>
                </details>
            <?php endif; ?>
            <?php echo Template::render('dashboard_api_token', $displayData); ?>
        <?php endif; ?>
    </div>
</section>
