<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Caution;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Status\Difference;
use CloverSync\Shop\Status\ProductStatus;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Router\Route;

/**
 * @var array{product: int, values: array<string, string>, status: ProductStatus, differences: list<Difference>,
 *   cautions: list<Caution>, tax: ?Message, problem: ?string, maySync: bool, reserve: ?array{own: ?int, common: int,
 *   most: int}} $displayData
 */
['product' => $product, 'status' => $status, 'problem' => $problem, 'maySync' => $maySync] = $displayData;
['differences' => $differences, 'cautions' => $cautions, 'values' => $values, 'reserve' => $reserve] = $displayData;
$tax = $displayData['tax'];

$prefix = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';
$escape = static fn (?string $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8', false);
$differs = $status->state === LinkState::Synced && $differences !== [];
$words = SiteLocale::formatter();
$error = $status->error === null ? null : $words->text($status->error);
$why   = match (true) {
    $status->state === LinkState::Conflict           => $error,
    $status->state === LinkState::Error              => $error ?? Text::_($prefix . 'WHY_ERROR'),
    $status->state === LinkState::Deleted            => Text::_($prefix . 'WHY_DELETED'),
    $status->state === LinkState::LeftOut            => Text::sprintf($prefix . 'WHY_LEFT_OUT', (string) $error),
    $status->waitsFor === ProductStatus::EVENT      => Text::_($prefix . 'WHY_EVENT'),
    $status->waitsFor === ProductStatus::LINK       => Text::_($prefix . 'WHY_LINK'),
    default                                         => null,
};
?>
<div class="card my-3 clover" data-clover-product="<?php echo $product; ?>"
    data-clover-id="<?php echo $escape($status->cloverId); ?>"
    data-clover-values="<?php echo htmlspecialchars(json_encode((object) $values, JSON_THROW_ON_ERROR)); ?>">
    <div class="card-header d-flex align-items-center justify-content-between gap-2">
        <h2 class="card-title fs-5 mb-0"><?php echo $escape(Text::_($prefix . 'TITLE')); ?></h2>
        <span class="badge text-bg-<?php
            echo ProductText::color($differs ? 'differs' : $status->state->value);
        ?>"><?php
            echo $escape(Text::_($prefix . 'STATE_' . strtoupper($differs ? 'differs' : $status->state->value)));
        ?></span>
    </div>
    <div class="card-body">
        <?php if ($why !== null && $why !== '') : ?>
            <p class="<?php echo $status->state === LinkState::Error ? 'text-danger' : ''; ?>"><?php
                echo $escape($why);
            ?></p>
            <?php echo $status->error === null ? '' : Details::html($words->details($status->error)); ?>
        <?php endif; ?>
        <div data-clover-differs<?php echo $differences === [] ? ' hidden' : ''; ?>>
            <p class="mb-1"><?php echo $escape(Text::_($prefix . 'WHY_DIFFERS')); ?></p>
            <ul data-clover-differences>
                <?php foreach ($differences as $difference) : ?>
                    <li><?php echo $escape(ProductText::difference($difference)); ?></li>
                <?php endforeach; ?>
            </ul>
        </div>
        <?php if ($cautions !== []) : ?>
            <div class="alert alert-warning" data-clover-cautions>
                <p class="mb-1"><?php echo $escape(Text::_($prefix . 'CAUTIONS')); ?></p>
                <ul class="mb-0">
                    <?php foreach (ProductText::cautions($cautions) as $caution) : ?>
                        <li><?php echo $escape($caution); ?></li>
                    <?php endforeach; ?>
                </ul>
            </div>
        <?php endif; ?>
        <?php if ($tax !== null) : ?>
            <p class="alert alert-warning" data-clover-tax>
                <strong><?php echo $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_TAX_TITLE')); ?></strong>
                <?php echo $escape($words->text($tax)); ?>
            </p>
        <?php endif; ?>
        <dl class="row mb-2">
            <dt class="col-sm-4"><?php
                echo $escape(Text::_($prefix . ($status->type === 'group' ? 'GROUP_ID' : 'ITEM_ID')));
            ?></dt>
            <dd class="col-sm-8"><code><?php echo $escape($status->cloverId); ?></code></dd>
            <dt class="col-sm-4"><?php echo $escape(Text::_($prefix . 'LAST_SYNCED')); ?></dt>
            <dd class="col-sm-8">
                <?php if ($status->lastSynced === null) : ?>
                    <?php echo $escape(Text::_($prefix . 'NEVER')); ?>
                <?php else : ?>
                    <time datetime="<?php echo $escape(str_replace(' ', 'T', $status->lastSynced) . 'Z'); ?>"><?php
                        echo $escape(LocalTime::sql($status->lastSynced));
                    ?></time>
                <?php endif; ?>
            </dd>
        </dl>
        <?php if ($status->members !== []) : ?>
            <details class="mb-3">
                <summary><?php
                    echo $escape(Text::plural($prefix . 'N_VARIANTS', \count($status->members)));
                ?></summary>
                <div class="table-responsive">
                    <table class="table table-sm mt-2 mb-0 clover-cards">
                        <caption class="visually-hidden"><?php
                            echo $escape(Text::_($prefix . 'VARIANTS_CAPTION'));
                        ?></caption>
                        <thead>
                            <tr>
                                <th scope="col"><?php echo $escape(Text::_($prefix . 'VARIANT')); ?></th>
                                <th scope="col"><?php echo $escape(Text::_($prefix . 'SKU')); ?></th>
                                <th scope="col"><?php echo $escape(Text::_($prefix . 'ITEM_ID')); ?></th>
                                <th scope="col"><?php echo $escape(Text::_($prefix . 'STATUS')); ?></th>
                            </tr>
                        </thead>
                        <tbody>
                            <?php foreach ($status->members as $member) : ?>
                                <tr>
                                    <th scope="row" class="fw-normal"><?php echo $escape($member->name); ?></th>
                                    <td data-clover-label="<?php
                                        echo $escape(Text::_($prefix . 'SKU'));
                                    ?>"><?php echo $escape($member->sku); ?></td>
                                    <td data-clover-label="<?php
                                        echo $escape(Text::_($prefix . 'ITEM_ID'));
                                    ?>"><code><?php echo $escape($member->cloverId); ?></code></td>
                                    <td><span class="badge text-bg-<?php
                                        echo ProductText::color($member->state->value);
                                    ?>"><?php
                                        echo $escape(Text::_($prefix . 'STATE_' . strtoupper($member->state->value)));
                                    ?></span></td>
                                </tr>
                            <?php endforeach; ?>
                        </tbody>
                    </table>
                </div>
            </details>
        <?php endif; ?>
        <?php if ($reserve !== null) : ?>
            <div class="mb-3">
                <label class="form-label" for="clover-reserve"><?php
                    echo $escape(Text::_($prefix . 'RESERVE'));
                ?></label>
                <div class="d-flex flex-wrap gap-2">
                    <input type="number" class="form-control form-control-sm w-auto" id="clover-reserve"
                        data-clover-reserve min="0" max="<?php echo $reserve['most']; ?>" step="1"
                        value="<?php echo $reserve['own']; ?>" placeholder="<?php echo $reserve['common']; ?>"
                        aria-describedby="clover-reserve-desc">
                    <button type="button" class="btn btn-sm btn-secondary" data-clover-reserve-save><?php
                        echo $escape(Text::_($prefix . 'RESERVE_SAVE'));
                    ?></button>
                </div>
                <div class="form-text" id="clover-reserve-desc"><?php
                    echo $escape(Text::sprintf($prefix . 'RESERVE_DESC', $reserve['common']));
                ?></div>
            </div>
        <?php endif; ?>
        <?php if ($problem !== null) : ?>
            <p class="text-body-secondary"><?php echo $escape($problem); ?></p>
        <?php endif; ?>
        <div class="d-flex flex-wrap align-items-center gap-2">
            <?php if ($maySync) : ?>
                <button type="button" class="btn btn-sm btn-primary" data-clover-resync>
                    <span class="fa-solid fa-rotate" aria-hidden="true"></span>
                    <?php echo $escape(Text::_($prefix . ($differences === [] ? 'RESYNC' : 'TAKE_CLOVER'))); ?>
                </button>
            <?php endif; ?>
            <a class="btn btn-sm btn-secondary" href="<?php echo Route::_(Pages::url('mappings')); ?>" target="_blank"
                rel="noopener"><?php echo $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_MAPPINGS')); ?></a>
        </div>
        <div class="mt-2" data-clover-said aria-live="polite"></div>
        <?php if ($status->state !== LinkState::Conflict) : ?>
            <p class="small text-body-secondary mt-2 mb-0"><?php echo $escape(Text::_($prefix . 'WHOSE')); ?></p>
        <?php endif; ?>
    </div>
</div>
