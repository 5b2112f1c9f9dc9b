<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Status\DailyFigures;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HealthPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HealthView;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use Joomla\CMS\Language\Text;

/** @var array{page: HealthView} $displayData */
$page   = $displayData['page'];
$prefix = 'PLG_J2COMMERCE_APP_CLOVERPOS_HEALTH_';
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
$say    = static fn (string $key): string => $escape(Text::_($prefix . $key));
$said   = SiteLocale::formatter();
// J2Commerce's badges have too little contrast in its light colors.
$icons = [
    CheckState::Green->value  => 'fa-circle-check text-success',
    CheckState::Yellow->value => 'fa-triangle-exclamation text-warning',
    CheckState::Red->value    => 'fa-circle-xmark text-danger',
];
$days = $page->days;
// What was deleted after its time is not zero.
$figure = static fn (?int $number): string => $number === null
    ? '<span aria-hidden="true">–</span><span class="visually-hidden">' . $say('NOT_KEPT') . '</span>'
    : $escape($said->value($number));
?>
<div class="container-fluid py-3 clover" id="clover-health">
    <div class="d-flex flex-wrap align-items-center gap-3 mb-3">
        <p class="mb-0 flex-grow-1" role="status"><?php
            echo $escape(Text::sprintf(
                $prefix . 'SUMMARY',
                $page->count(CheckState::Green),
                $page->count(CheckState::Yellow),
                $page->count(CheckState::Red),
            ));
        ?></p>
        <a class="btn btn-primary" href="<?php echo $escape(Pages::url('health')); ?>">
            <span class="fa-solid fa-rotate" aria-hidden="true"></span> <?php
                echo $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_SERVER_AGAIN'));
            ?>
        </a>
    </div>
    <section class="card mb-3" aria-labelledby="clover-health-checks">
        <div class="card-header"><h2 class="h5 mb-0" id="clover-health-checks"><?php echo $say('CHECKS'); ?></h2></div>
        <div class="card-body">
            <div class="table-responsive">
                <table class="table mb-0 clover-cards">
                    <caption class="visually-hidden"><?php echo $say('CHECKS'); ?></caption>
                    <thead>
                        <tr>
                            <th scope="col"><?php echo $say('CHECK'); ?></th>
                            <th scope="col"><?php echo $say('STATE'); ?></th>
                            <th scope="col"><?php echo $say('FINDING'); ?></th>
                        </tr>
                    </thead>
                    <tbody>
                        <?php foreach ($page->checks as $check) : ?>
                            <tr data-clover-check="<?php echo $check->subject->value; ?>"
                                data-clover-state="<?php echo $check->state->value; ?>">
                                <th scope="row"><?php
                                    echo $say('SUBJECT_' . strtoupper($check->subject->value));
                                ?></th>
                                <td class="text-nowrap"><span class="fa-solid <?php
                                    echo $icons[$check->state->value];
                                ?>" aria-hidden="true"></span> <?php
                                    echo $say('STATE_' . strtoupper($check->state->value));
                                ?></td>
                                <td class="text-break">
                                    <?php echo $escape($said->text($check->message)); ?>
                                    <?php echo Details::html($said->details($check->message)); ?>
                                    <?php $link = $page->link($check); ?>
                                    <?php if ($link !== null) : ?>
                                        <div><a href="<?php echo $escape($link[1]); ?>"><?php
                                            echo $escape(Text::_($link[0]));
                                        ?></a></div>
                                    <?php endif; ?>
                                </td>
                            </tr>
                        <?php endforeach; ?>
                    </tbody>
                </table>
            </div>
        </div>
    </section>
    <?php if ($days !== null) : ?>
        <section class="card mb-3" aria-labelledby="clover-health-days">
            <div class="card-header d-flex flex-wrap align-items-center gap-2">
                <h2 class="h5 mb-0 flex-grow-1" id="clover-health-days"><?php
                    echo $escape(Text::sprintf($prefix . 'DAYS', DailyFigures::DAYS));
                ?></h2>
                <button type="button" class="btn btn-sm btn-secondary" id="clover-days-toggle" hidden><?php
                    echo $say('HIDE_TABLE');
                ?></button>
            </div>
            <div class="card-body">
                <?php if ($days === []) : ?>
                    <p class="mb-0"><?php echo $say('NO_DAYS'); ?></p>
                <?php else : ?>
                    <p><?php
                        echo $escape(Text::sprintf($prefix . 'DAYS_DESC', $page->zone->getName(), $page->retention));
                    ?></p>
                    <div class="clover-chart mb-3" id="clover-days-chart" hidden>
                        <canvas role="img" aria-label="<?php
                            echo $escape(Text::sprintf(
                                $prefix . 'CHART',
                                DailyFigures::DAYS,
                            ));
                        ?>"></canvas>
                    </div>
                    <div id="clover-days-table">
                        <table class="table mb-0 clover-cards">
                            <caption class="visually-hidden"><?php
                                echo $escape(Text::sprintf(
                                    $prefix . 'DAYS',
                                    DailyFigures::DAYS,
                                ));
                            ?></caption>
                            <thead>
                                <tr>
                                    <th scope="col"><?php echo $say('DAY'); ?></th>
                                    <?php foreach (['UNITS', 'SYNCS', 'ERRORS', 'BACKLOG'] as $column) : ?>
                                        <th scope="col" class="text-end"><?php echo $say($column); ?></th>
                                    <?php endforeach; ?>
                                </tr>
                            </thead>
                            <tbody>
                                <?php foreach (array_reverse($days) as $day) : ?>
                                    <tr data-clover-day="<?php echo $day->date; ?>">
                                        <th scope="row"><?php echo $escape(HealthPage::date($day->date)); ?></th>
                                        <?php foreach ([
                                            'UNITS'   => $day->units,
                                            'SYNCS'   => $day->syncs,
                                            'ERRORS'  => $day->errors,
                                            'BACKLOG' => $day->backlog,
                                        ] as $column => $number) : ?>
                                            <td class="text-end" data-clover-label="<?php
                                                echo $say($column);
                                            ?>"><?php echo $figure($number); ?></td>
                                        <?php endforeach; ?>
                                    </tr>
                                <?php endforeach; ?>
                            </tbody>
                        </table>
                    </div>
                <?php endif; ?>
            </div>
        </section>
    <?php endif; ?>
</div>
