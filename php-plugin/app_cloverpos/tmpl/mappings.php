<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Shop\Joomla\LocalAmount;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\AdoptProblem;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Status\ListedLink;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ListModel;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\MappingsPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use Joomla\CMS\HTML\HTMLHelper;
use Joomla\CMS\Language\Text;

/**
 * @var array{tools: ListModel, rows: list<ListedLink>, conflicts: list<array{clover_id: string, type: string, name:
 *   string, sku: string, relink: bool, products: list<array{product_id: int, article_id: int, title: string, sku:
 *   string, type: string, state: int, price: string, highest_price: string}>, problem: ?AdoptProblem, options:
 *   array{clover: list<string>, shop: list<string>}, pairs: array<array-key, string>}>, mayAct: bool} $displayData
 */
$tools     = $displayData['tools'];
$words     = SiteLocale::formatter();
$conflicts = $displayData['conflicts'];
$off       = $displayData['mayAct'] ? '' : ' disabled';
$prefix    = 'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_';
$text      = static fn (string $value): string => htmlspecialchars($value, ENT_QUOTES, 'UTF-8');
$relinks   = count(array_filter($conflicts, static fn (array $conflict): bool => $conflict['relink']));
$states    = [1 => 'JPUBLISHED', 0 => 'JUNPUBLISHED', 2 => 'JARCHIVED'];
$type      = static function (string $type): string {
    $key  = 'COM_J2COMMERCE_PRODUCT_TYPE_' . strtoupper($type);
    $word = Text::_($key);

    return $word === $key ? $type : $word;
};
?>
<div class="clover" id="clover-mappings" data-page="<?php echo $text(Pages::url('mappings')); ?>">
    <?php if (!$displayData['mayAct']) : ?>
        <div class="alert alert-info"><?php echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_FORBIDDEN'); ?></div>
    <?php endif; ?>
    <div class="d-flex flex-wrap gap-2 mb-3">
        <button type="button"<?php echo $off; ?> class="btn btn-secondary" data-clover-report="preview"
            aria-controls="clover-report">
            <span class="fa-solid fa-eye" aria-hidden="true"></span> <?php echo Text::_($prefix . 'PREVIEW'); ?>
        </button>
        <button type="button"<?php echo $off; ?> class="btn btn-secondary" data-clover-report="drift"
            aria-controls="clover-report">
            <span class="fa-solid fa-scale-unbalanced" aria-hidden="true"></span> <?php
                echo Text::_($prefix . 'DRIFT');
            ?>
        </button>
    </div>
    <p class="text-body-secondary"><?php echo Text::_($prefix . 'REPORTS_DESC'); ?></p>

    <div id="clover-report-status" aria-live="polite" role="status"></div>
    <section id="clover-report" class="card mb-4" aria-labelledby="clover-report-title" tabindex="-1" hidden>
        <div class="card-header d-flex justify-content-between align-items-center">
            <h2 class="h4 mb-0" id="clover-report-title"></h2>
            <form class="ms-auto me-2" id="clover-report-csv" method="post" action="<?php
                echo $text(Pages::url('drift_csv'));
            ?>" hidden>
                <button type="submit" class="btn btn-sm btn-outline-secondary">
                    <span class="fa-solid fa-file-csv" aria-hidden="true"></span> <?php
                        echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CSV');
                    ?>
                </button>
                <?php echo (string) HTMLHelper::_('form.token'); ?>
            </form>
            <button type="button" class="btn-close" data-clover-report-close
                aria-label="<?php echo $text(Text::_('JCLOSE')); ?>"></button>
        </div>
        <div class="card-body">
            <p class="mb-2" id="clover-report-summary"></p>
            <div class="table-responsive">
                <table class="table table-sm mb-0 clover-cards" id="clover-report-table">
                    <caption class="visually-hidden"></caption>
                    <thead></thead>
                    <tbody></tbody>
                </table>
            </div>
        </div>
    </section>

    <?php if ($conflicts !== []) : ?>
        <section class="card mb-4" id="conflicts" aria-labelledby="clover-conflicts-title">
            <div class="card-header"><h2 class="h4 mb-0" id="clover-conflicts-title"><?php
                echo Text::sprintf($prefix . 'CONFLICTS', count($conflicts));
            ?></h2></div>
            <div class="card-body">
                <p><?php echo Text::_($prefix . 'CONFLICTS_DESC'); ?></p>
                <div class="d-flex flex-wrap gap-2 mb-3">
                    <?php if ($relinks > 0) : ?>
                        <button type="button"<?php echo $off; ?> class="btn btn-primary"
                            data-clover-action="mapping.relinkAll" data-clover-confirm="RELINK_ALL_CONFIRM"
                            data-clover-name="<?php echo $relinks; ?>">
                            <?php echo Text::sprintf($prefix . 'RELINK_ALL', $relinks); ?>
                        </button>
                    <?php endif; ?>
                    <button type="button"<?php echo $off; ?> class="btn btn-secondary"
                        data-clover-action="mapping.adoptAll" data-clover-confirm="ADOPT_ALL_CONFIRM"
                        data-clover-name="<?php echo count($conflicts); ?>">
                        <?php echo Text::_($prefix . 'ADOPT_ALL'); ?>
                    </button>
                </div>
                <?php if ($relinks > 0) : ?>
                    <p class="text-body-secondary"><?php echo Text::_($prefix . 'RELINK_DESC'); ?></p>
                <?php endif; ?>
                <div class="table-responsive">
                    <table class="table mb-0 clover-cards">
                        <caption class="visually-hidden"><?php
                            echo Text::sprintf($prefix . 'CONFLICTS', count($conflicts));
                        ?></caption>
                        <thead>
                            <tr>
                                <th scope="col"><?php echo Text::_($prefix . 'IN_CLOVER'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'SKU'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'IN_SHOP'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'WHAT_TO_DO'); ?></th>
                            </tr>
                        </thead>
                        <tbody>
                            <?php foreach (array_slice($conflicts, 0, MappingsPage::LISTED) as $conflict) : ?>
                                <tr>
                                    <th scope="row" class="fw-normal text-break">
                                        <?php echo $text($conflict['name']); ?>
                                        <div class="small text-body-secondary"><?php
                                            echo $text(Text::_($prefix . strtoupper($conflict['type'])));
                                        ?> <?php echo $text($conflict['clover_id']); ?></div>
                                    </th>
                                    <td class="text-break" data-clover-label="<?php
                                        echo $text(Text::_($prefix . 'SKU'));
                                    ?>"><?php echo $text($conflict['sku']); ?></td>
                                    <td class="text-break" data-clover-label="<?php
                                        echo $text(Text::_($prefix . 'IN_SHOP'));
                                    ?>">
                                        <?php foreach ($conflict['products'] as $product) : ?>
                                            <?php $state = Text::_($states[$product['state']] ?? 'JUNPUBLISHED'); ?>
                                            <div><a
                                                href="index.php?option=com_content&amp;task=article.edit&amp;id=<?php
                                                    echo $product['article_id'];
                                                ?>"><?php echo $text($product['title']); ?></a></div>
                                            <div class="small text-body-secondary"><?php
                                                echo $text(Text::sprintf(
                                                    $prefix . 'OF_SHOP',
                                                    $type($product['type']),
                                                    $product['product_id'],
                                                    LocalAmount::of($product['price']) . (
                                                        $product['highest_price'] === $product['price']
                                                            ? ''
                                                            : '–' . LocalAmount::of($product['highest_price'])
                                                    ),
                                                    $state,
                                                ));
                                            ?></div>
                                        <?php endforeach; ?>
                                        <?php if ($conflict['relink']) : ?>
                                            <div class="small text-body-secondary"><?php
                                                echo Text::_($prefix . 'LINKED_ELSEWHERE');
                                            ?></div>
                                        <?php endif; ?>
                                    </td>
                                    <td>
                                        <?php if ($conflict['problem'] === null) : ?>
                                            <button type="button"<?php echo $off; ?> class="btn btn-sm btn-primary"
                                                data-clover-action="mapping.adopt"
                                                data-clover-id="<?php echo $text($conflict['clover_id']); ?>">
                                                <?php echo Text::_($prefix . 'ADOPT'); ?><span class="visually-hidden">
                                                    <?php echo $text($conflict['name']); ?></span>
                                            </button>
                                        <?php else : ?>
                                            <?php
                                                echo $text(Text::sprintf(
                                                    $prefix . 'CONFLICT_' . strtoupper($conflict['problem']->value),
                                                    implode(', ', $conflict['options']['clover']),
                                                    implode(', ', $conflict['options']['shop']),
                                                ));
                                            ?>
                                            <?php if ($conflict['problem'] === AdoptProblem::Options
                                                && $conflict['pairs'] !== []) : ?>
                                                <div class="mt-2" data-clover-pairs>
                                                    <p class="mb-1"><?php echo Text::_($prefix . 'PAIR'); ?></p>
                                                    <?php $ofShop = $conflict['options']['shop']; ?>
                                                    <?php foreach ($conflict['pairs'] as $name => $own) : ?>
                                                        <?php $name = $text((string) $name); ?>
                                                        <label class="d-block mb-1"><?php echo $name; ?>
                                                            <select class="form-select form-select-sm"
                                                                data-clover-option="<?php echo $name; ?>">
                                                                <?php foreach ($ofShop as $one) : ?>
                                                                    <option<?php
                                                                        echo $one === $own ? ' selected' : '';
                                                                    ?>><?php echo $text($one); ?></option>
                                                                <?php endforeach; ?>
                                                            </select>
                                                        </label>
                                                    <?php endforeach; ?>
                                                    <button type="button"<?php echo $off; ?>
                                                        class="btn btn-sm btn-primary"
                                                        data-clover-action="mapping.adopt"
                                                        data-clover-id="<?php echo $text($conflict['clover_id']); ?>">
                                                        <?php echo Text::_($prefix . 'ADOPT_PAIRED'); ?><span
                                                            class="visually-hidden"> <?php
                                                                echo $text($conflict['name']);
                                                            ?></span>
                                                    </button>
                                                </div>
                                            <?php endif; ?>
                                        <?php endif; ?>
                                    </td>
                                </tr>
                            <?php endforeach; ?>
                        </tbody>
                    </table>
                </div>
                <?php if (count($conflicts) > MappingsPage::LISTED) : ?>
                    <p class="mt-2 mb-0 text-body-secondary"><?php
                        echo Text::sprintf($prefix . 'CONFLICTS_CAPPED', MappingsPage::LISTED);
                    ?></p>
                <?php endif; ?>
            </div>
        </section>
    <?php endif; ?>

    <?php echo $tools->open(); ?>
    <?php if ($displayData['rows'] === []) : ?>
        <?php echo $tools->nothing(Text::_($prefix . ($tools->activeFilters === [] ? 'EMPTY' : 'NONE_FOUND'))); ?>
    <?php else : ?>
        <?php echo $tools->csvButton(); ?>
        <div class="table-responsive">
            <table class="table clover-cards" id="cloverMappings">
                <?php echo $tools->caption(Text::_($prefix . 'TITLE')); ?>
                <thead>
                    <tr>
                        <?php echo $tools->heading($prefix . 'PRODUCT', 'title'); ?>
                        <?php echo $tools->heading($prefix . 'SKU', 'sku'); ?>
                        <?php echo $tools->heading($prefix . 'CLOVER_ID', 'clover_id'); ?>
                        <?php echo $tools->heading($prefix . 'STATE', 'state'); ?>
                        <?php echo $tools->heading($prefix . 'LAST_SYNCED', 'last_synced'); ?>
                        <th scope="col"><?php echo Text::_($prefix . 'WHAT_TO_DO'); ?></th>
                    </tr>
                </thead>
                <tbody>
                    <?php foreach ($displayData['rows'] as $row) : ?>
                        <?php $title = $row->title === '' ? $row->cloverId : $row->title; ?>
                        <tr>
                            <th scope="row" class="fw-normal text-break">
                                <?php if ($row->articleId !== null) : ?>
                                    <a
                                        href="index.php?option=com_content&amp;task=article.edit&amp;id=<?php
                                            echo $row->articleId;
                                        ?>"><?php echo $text($title); ?></a>
                                <?php else : ?>
                                    <?php echo $text($title); ?>
                                    <div class="small text-body-secondary"><?php
                                        echo Text::_($prefix . 'NO_PRODUCT');
                                    ?></div>
                                <?php endif; ?>
                                <?php if ($row->reserve !== null) : ?>
                                    <div class="small text-body-secondary"><?php
                                        echo Text::plural($prefix . 'N_KEPT', $row->reserve);
                                    ?></div>
                                <?php endif; ?>
                            </th>
                            <td class="text-break" data-clover-label="<?php
                                echo $text(Text::_($prefix . 'SKU'));
                            ?>"><?php echo $text($row->sku); ?></td>
                            <td data-clover-label="<?php echo $text(Text::_($prefix . 'CLOVER_ID')); ?>">
                                <span class="text-nowrap"><?php echo $text($row->cloverId); ?></span>
                                <?php if ($row->isGroup) : ?>
                                    <div class="small text-body-secondary"><?php
                                        echo Text::plural($prefix . 'MEMBERS', $row->members);
                                    ?></div>
                                <?php endif; ?>
                            </td>
                            <td>
                                <span class="badge text-bg-<?php
                                    echo ProductText::color($row->shownState());
                                ?>"><?php
                                    echo Text::_($prefix . 'STATE_' . strtoupper($row->shownState()));
                                ?></span>
                                <?php foreach ($row->differences as $difference) : ?>
                                    <div class="small text-break mt-1"><?php
                                        echo $text(ProductText::difference($difference));
                                    ?></div>
                                <?php endforeach; ?>
                                <?php if ($row->cautions !== []) : ?>
                                    <div class="small text-break mt-1">
                                        <strong><?php echo Text::_($prefix . 'CAUTIONS'); ?></strong>
                                        <?php echo $text(implode(' ', ProductText::cautions($row->cautions))); ?>
                                    </div>
                                <?php endif; ?>
                                <?php if ($row->tax !== null) : ?>
                                    <div class="small text-break mt-1">
                                        <strong><?php
                                            echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_TAX_TITLE');
                                        ?></strong>
                                        <?php echo $text($words->text($row->tax)); ?>
                                    </div>
                                <?php endif; ?>
                                <?php foreach ($row->problems as $problem) : ?>
                                    <div class="small text-break mt-1">
                                        <?php if ($row->isGroup && $problem->cloverId !== $row->cloverId) : ?>
                                            <strong><?php
                                                echo $text($problem->item());
                                            ?>:</strong>
                                        <?php endif; ?>
                                        <?php echo $text($words->text($problem->message));
                                            echo Details::html($words->details($problem->message)); ?>
                                    </div>
                                <?php endforeach; ?>
                            </td>
                            <td class="text-nowrap" data-clover-label="<?php
                                echo $text(Text::_($prefix . 'LAST_SYNCED'));
                            ?>"><?php
                                echo $row->lastSynced === null
                                    ? Text::_($prefix . 'NEVER')
                                    : $text(LocalTime::sql($row->lastSynced));
                            ?></td>
                            <td>
                                <div class="d-flex flex-wrap gap-2">
                                    <button type="button"<?php echo $off; ?>
                                        class="btn btn-sm <?php
                                            echo $row->state === LinkState::Error
                                                ? 'btn-primary'
                                                : 'btn-outline-secondary';
                                        ?>"
                                        data-clover-action="mapping.resync"
                                        data-clover-id="<?php echo $text($row->cloverId); ?>">
                                        <span class="fa-solid fa-rotate" aria-hidden="true"></span>
                                        <?php
                                            echo Text::_(
                                                $prefix . match (true) {
                                                    $row->state === LinkState::Error => 'RETRY',
                                                    $row->differences !== []         => 'TAKE_CLOVER',
                                                    default                          => 'RESYNC',
                                                }
                                            );
                                        ?><span class="visually-hidden"> <?php echo $text($title); ?></span>
                                    </button>
                                    <?php if ($row->productId !== null) : ?>
                                        <button type="button"<?php echo $off; ?>
                                            class="btn btn-sm btn-outline-secondary"
                                            data-clover-action="mapping.unlink"
                                            data-clover-id="<?php echo $text($row->cloverId); ?>"
                                            data-clover-confirm="UNLINK_CONFIRM"
                                            data-clover-name="<?php echo $text($title); ?>">
                                            <span class="fa-solid fa-link-slash" aria-hidden="true"></span>
                                            <?php
                                                echo Text::_($prefix . 'UNLINK');
                                            ?><span class="visually-hidden"> <?php echo $text($title); ?></span>
                                        </button>
                                    <?php endif; ?>
                                </div>
                            </td>
                        </tr>
                    <?php endforeach; ?>
                </tbody>
            </table>
        </div>
    <?php endif; ?>
    <?php echo $tools->close(); ?>
</div>
