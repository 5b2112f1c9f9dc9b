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
?>
<section class="card mb-3" id="clover-sync" aria-labelledby="clover-sync-title" hidden>
    <div class="card-header d-flex flex-wrap align-items-center gap-2">
        <h2 class="h5 mb-0 flex-grow-1" id="clover-sync-title"><?php echo $word('SYNC'); ?></h2>
        <button type="button" class="btn btn-sm btn-secondary" id="clover-stop" data-clover-action="stop" hidden><?php
            echo $word('SYNC_STOP');
        ?></button>
        <button type="button" class="btn btn-sm btn-success" id="clover-resume" data-clover-action="sync" hidden><?php
            echo $word('SYNC_RESUME');
        ?></button>
    </div>
    <div class="card-body">
        <div class="progress mb-2" id="clover-progress" role="progressbar" aria-labelledby="clover-sync-title"
            aria-valuemin="0" aria-valuemax="100">
            <div class="progress-bar"></div>
        </div>
        <p class="mb-0" id="clover-progress-text" aria-live="polite"></p>
        <div class="mt-3" id="clover-result" hidden>
            <div class="alert mb-0" role="status">
                <p class="mb-2" id="clover-result-text"></p>
                <p class="mb-2" id="clover-unpublished" hidden><?php echo $word('SYNC_UNPUBLISHED'); ?></p>
                <ul class="mb-2" id="clover-failures"></ul>
                <a class="alert-link me-3" href="index.php?option=com_j2commerce&amp;view=products"><?php
                    echo $word('PRODUCTS_LINK');
                ?></a>
                <a class="alert-link me-3" href="<?php echo $escape($page->syncLogUrl); ?>"><?php
                    echo $word('BUTTON_SYNC_LOG');
                ?></a>
                <a class="alert-link" id="clover-conflicts" href="<?php echo $escape($page->mappingsUrl); ?>"
                    hidden><?php echo $word('CONFLICTS_LINK'); ?></a>
            </div>
        </div>
        <div class="alert alert-danger mt-3 mb-0" id="clover-sync-problem" role="alert" hidden></div>
        <div class="alert alert-warning mt-3 mb-0" id="clover-deletes" role="group" tabindex="-1"
            aria-labelledby="clover-deletes-title" aria-describedby="clover-deletes-text" hidden>
            <h3 class="h6" id="clover-deletes-title"></h3>
            <p id="clover-deletes-text"></p>
            <ul class="mb-2 clover-columns" id="clover-deletes-list"></ul>
            <p id="clover-deletes-more"></p>
            <p id="clover-deletes-answers"></p>
            <?php if ($page->mayAct) : ?>
                <div class="d-flex flex-wrap gap-2">
                    <button type="button" class="btn btn-warning" id="clover-deletes-confirm"
                        data-clover-action="confirm-deletes"></button>
                    <button type="button" class="btn btn-secondary" data-clover-action="keep-deletes"><?php
                        echo $word('DELETES_KEEP');
                    ?></button>
                </div>
            <?php endif; ?>
        </div>
        <div class="alert alert-info mt-3 mb-0" id="clover-category" hidden>
            <label class="form-label" for="clover-category-select"><?php echo $word('CATEGORY_QUESTION'); ?></label>
            <div class="d-flex flex-wrap gap-2">
                <select class="form-select w-auto" id="clover-category-select">
                    <?php foreach ($page->categories as $category) : ?>
                        <option value="<?php echo $category['id']; ?>"<?php
                            echo $category['id'] === $page->uncategorised ? ' selected' : '';
                        ?>><?php
                            echo str_repeat('– ', max(0, $category['level'] - 1)) . $escape($category['title']);
                        ?></option>
                    <?php endforeach; ?>
                </select>
                <button type="button" class="btn btn-primary" data-clover-action="category"><?php
                    echo $word('CATEGORY_USE');
                ?></button>
            </div>
        </div>
        <div class="alert alert-info mt-3 mb-0" id="clover-currency" hidden>
            <p><?php
                echo $escape(Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_CURRENCY_QUESTION', $page->currency));
            ?></p>
            <button type="button" class="btn btn-primary" data-clover-action="currency"
                data-clover-currency="<?php echo $escape($page->currency); ?>">
                <?php
                    echo $escape(
                        Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_CURRENCY_CONFIRM', $page->currency)
                    );
                ?>
            </button>
        </div>
    </div>
</section>
