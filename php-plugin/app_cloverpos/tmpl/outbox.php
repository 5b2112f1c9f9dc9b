<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\SendState;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Sales\UnreadableOrder;
use CloverSync\Shop\Sales\WorkReport;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\OutboxPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\PauseText;
use Joomla\CMS\Language\Text;

/**
 * @var array{waiting: WorkReport, stock: list<LedgerRow>, orders: list<OrderPushRow>, events: list<UnreadableOrder>,
 *   marks: list<OrderPushRow>, mayAct: bool} $displayData
 */
$waiting = $displayData['waiting'];
$off     = $displayData['mayAct'] ? '' : ' disabled';
$prefix  = 'PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_';
$text    = static fn (string $value): string => htmlspecialchars($value, ENT_QUOTES, 'UTF-8');
$badges  = ['uncertain' => 'text-bg-warning', 'dead' => 'text-bg-danger', 'correct' => 'text-bg-warning'];
$words   = ['applied' => 'APPLIED', 'not_applied' => 'NOT_APPLIED', 'leave' => 'LEAVE'];
$rows    = [];
$said    = SiteLocale::formatter();

foreach ($displayData['stock'] as $row) {
    $rows[] = [
        'row'    => $row,
        'key'    => "stock:$row->id",
        'state'  => $row->state,
        'why'    => $row->message ?? Message::said($row->reason ?? ''),
        'what'   => $row->name === '' ? $row->cloverId : $row->name,
        'detail' => Text::sprintf($prefix . ($row->delta > 0 ? 'TAKE' : 'GIVE'), abs($row->delta)),
        'words'  => $words,
    ];
}

foreach ($displayData['orders'] as $row) {
    $rows[] = [
        'row'    => $row,
        'key'    => "order:$row->id",
        'state'  => $row->state,
        'why'    => $row->message ?? Message::said($row->reason ?? ''),
        'what'   => Text::_($prefix . 'WHOLE_ORDER'),
        'detail' => Text::sprintf($prefix . 'REFERENCE', $row->reference),
        'words'  => $words,
    ];
}

foreach ($displayData['events'] as $row) {
    $rows[] = [
        'row'    => $row,
        'key'    => "event:$row->id",
        'state'  => SendState::Dead,
        'why'    => $row->message,
        'what'   => Text::_($prefix . 'WHOLE_ORDER'),
        'detail' => Text::_($prefix . 'UNREADABLE'),
        'words'  => ['not_applied' => 'RETRY', 'leave' => 'LEAVE'],
    ];
}

foreach ($displayData['marks'] as $row) {
    $rows[] = [
        'row'    => $row,
        'key'    => "mark:$row->id",
        'state'  => null,
        'why'    => Message::said(
            Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_CORRECT_' . strtoupper($row->wanted->correction())),
        ),
        'what'   => Text::sprintf($prefix . 'MARK', $row->wanted->words()),
        'detail' => Text::sprintf($prefix . 'REFERENCE', $row->reference),
        'words'  => ['leave' => 'CORRECTED', 'not_applied' => 'RETRY'],
    ];
}

usort($rows, static fn (array $a, array $b): int => $b['row']->created <=> $a['row']->created);
?>
<div class="clover" id="clover-outbox" data-page="<?php echo $text(Pages::url('outbox')); ?>">
    <?php if (!$displayData['mayAct']) : ?>
        <div class="alert alert-info"><?php echo Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_FORBIDDEN'); ?></div>
    <?php endif; ?>
    <?php if ($waiting->paused !== []) : ?>
        <div class="alert alert-warning">
            <?php foreach (PauseText::all($waiting->paused) as $pause) : ?>
                <p><?php echo $text($pause); ?></p>
            <?php endforeach; ?>
            <button type="button"<?php echo $off; ?> class="btn btn-primary" data-clover-action="outbox.send"
                data-clover-resume="1"><?php echo Text::_($prefix . 'RESUME'); ?></button>
        </div>
    <?php endif; ?>

    <div class="card mb-4">
        <div class="card-body d-flex flex-wrap justify-content-between align-items-center gap-3">
            <div>
                <h2 class="h4"><?php echo Text::_($prefix . 'WAITING'); ?></h2>
                <p class="mb-0"><?php
                    echo $waiting->later === 0
                        ? Text::_($prefix . 'NOTHING_WAITS')
                        : Text::plural($prefix . 'N_WAIT', $waiting->later);
                ?></p>
            </div>
            <?php if ($waiting->paused === []) : ?>
                <button type="button"<?php echo $off; ?> class="btn btn-primary" data-clover-action="outbox.send">
                    <span class="fa-solid fa-paper-plane" aria-hidden="true"></span> <?php
                        echo Text::_($prefix . 'SEND');
                    ?>
                </button>
            <?php endif; ?>
        </div>
    </div>
    <div id="clover-outbox-status" aria-live="polite" role="status"></div>

    <section class="card" aria-labelledby="clover-outbox-title">
        <div class="card-header"><h2 class="h4 mb-0" id="clover-outbox-title"><?php
            echo Text::sprintf($prefix . 'UNSETTLED', $waiting->uncertain + $waiting->dead + $waiting->corrections);
        ?></h2></div>
        <div class="card-body">
            <?php if ($rows === []) : ?>
                <p class="mb-0"><?php echo Text::_($prefix . 'NONE'); ?></p>
            <?php else : ?>
                <p><?php echo Text::_($prefix . 'UNSETTLED_DESC'); ?></p>
                <dl class="row">
                    <?php foreach ($words as $word) : ?>
                        <dt class="col-sm-3"><?php echo Text::_($prefix . $word); ?></dt>
                        <dd class="col-sm-9"><?php echo Text::_($prefix . $word . '_DESC'); ?></dd>
                    <?php endforeach; ?>
                </dl>
                <div class="table-responsive">
                    <table class="table mb-0 clover-cards">
                        <caption class="visually-hidden"><?php
                            echo Text::sprintf($prefix . 'UNSETTLED', count($rows));
                        ?></caption>
                        <thead>
                            <tr>
                                <th scope="col"><?php echo Text::_($prefix . 'ORDER'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'WHAT'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'WHY'); ?></th>
                                <th scope="col"><?php echo Text::_($prefix . 'CHOICE'); ?></th>
                            </tr>
                        </thead>
                        <tbody>
                            <?php foreach ($rows as $row) : ?>
                                <tr>
                                    <th scope="row" class="fw-normal">
                                        <?php if ($row['row']->orderPk > 0) : ?>
                                            <a href="<?php
                                                echo 'index.php?option=com_j2commerce&amp;view=order&amp;layout=view'
                                                    . "&amp;id={$row['row']->orderPk}";
                                            ?>"><?php echo $text($row['row']->orderId); ?></a>
                                        <?php else : ?>
                                            <?php echo $text($row['row']->orderId); ?>
                                        <?php endif; ?>
                                        <div class="small text-body-secondary"><?php
                                            $created = gmdate('Y-m-d H:i:s', $row['row']->created);
                                            echo $text(LocalTime::sql($created));
                                        ?></div>
                                    </th>
                                    <td class="text-break" data-clover-label="<?php
                                        echo $text(Text::_($prefix . 'WHAT'));
                                    ?>">
                                        <?php echo $text($row['what']); ?>
                                        <div class="small text-body-secondary"><?php
                                            echo $text($row['detail']);
                                        ?></div>
                                    </td>
                                    <td class="text-break">
                                        <?php $state = $row['state']->value ?? 'correct'; ?>
                                        <span class="badge <?php echo $badges[$state]; ?>"><?php
                                            echo Text::_($prefix . 'STATE_' . strtoupper($state));
                                        ?></span>
                                        <div class="small mt-1"><?php echo $text($said->text($row['why'])); ?></div>
                                        <?php echo Details::html($said->details($row['why'])); ?>
                                    </td>
                                    <td>
                                        <div class="d-flex flex-wrap gap-2" role="group"
                                            aria-label="<?php
                                                $order = $row['row']->orderId;
                                                echo $text(Text::sprintf($prefix . 'CHOICE_FOR', $row['what'], $order));
                                            ?>">
                                            <?php foreach ($row['words'] as $name => $word) : ?>
                                                <button type="button"<?php echo $off; ?>
                                                    class="btn btn-sm btn-outline-secondary"
                                                    data-clover-action="outbox.settle"
                                                    data-clover-row="<?php echo $text($row['key']); ?>"
                                                    data-clover-word="<?php echo $name; ?>"><?php
                                                        echo Text::_($prefix . $word);
                                                    ?></button>
                                            <?php endforeach; ?>
                                        </div>
                                    </td>
                                </tr>
                            <?php endforeach; ?>
                        </tbody>
                    </table>
                </div>
                <?php
                $listed = max(
                    count($displayData['stock']),
                    count($displayData['orders']),
                    count($displayData['events']),
                    count($displayData['marks'])
                );
                ?>
                <?php if ($listed >= OutboxPage::LISTED) : ?>
                    <p class="mt-2 mb-0 text-body-secondary"><?php
                        echo Text::sprintf($prefix . 'CAPPED', OutboxPage::LISTED);
                    ?></p>
                <?php endif; ?>
            <?php endif; ?>
        </div>
    </section>
</div>
