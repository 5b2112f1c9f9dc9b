<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Resolution;
use CloverSync\SaleState;
use CloverSync\SendState;
use CloverSync\Settings;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\MarkState;
use CloverSync\Shop\Sales\OrderPrintState;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Sales\OrderStatus;
use CloverSync\Shop\Sales\OrderStatusLine;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Router\Route;

/**
 * @var array{orderId: string, status: ?OrderStatus, problem: ?string, connected: bool, paused: list<string>, settings:
 *   ?Settings, mayAct: bool} $displayData
 */
[
    'orderId'   => $orderId,
    'status'    => $status,
    'problem'   => $problem,
    'connected' => $connected,
    'paused'    => $paused,
    'settings'  => $settings,
    'mayAct'    => $mayAct,
] = $displayData;

$prefix = 'PLG_J2COMMERCE_APP_CLOVERPOS_ORDER_';
$escape = static fn (?string $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8', false);
$say    = static fn (string $key, int|string|null ...$values): string => $escape(
    $values === [] ? Text::_($prefix . $key) : Text::sprintf($prefix . $key, ...$values)
);
$colour = static fn (string $state): string => match ($state) {
    'confirmed'        => 'success',
    'dead'             => 'danger',
    'skipped'          => 'secondary',
    default            => 'warning',
};
$when   = static fn (?int $unix): string => $unix === null
    ? ''
    : LocalTime::unix($unix);
$words  = SiteLocale::formatter();
// For other reasons, the message only repeats the reason.
$detail = static fn (LedgerRow|OrderPushRow $row): string => \in_array(
    $row->reason,
    [null, '', 'changed', 'refused', 'unusable', 'twice'],
    true
) && $row->message !== null ? $words->text($row->message) : '';
$units  = static fn (LedgerRow $row): string => match ($row->state) {
    SendState::Confirmed => $row->delta > 0 ? 'TAKEN' : 'GIVEN_BACK',
    SendState::Skipped   => $row->delta > 0 ? 'TAKEN_NOT' : 'GIVEN_BACK_NOT',
    default              => $row->delta > 0 ? 'TAKEN_LATER' : 'GIVEN_BACK_LATER',
};
$reason = static function (string $kind, ?string $reason) use ($prefix): string {
    $key = $prefix . "{$kind}_REASON_" . strtoupper((string) $reason);

    return (string) $reason !== '' && Text::_($key) !== $key ? Text::_($key) : '';
};

if ($problem !== null || $status === null) {
    echo '<p class="mb-0">' . $escape($problem) . '</p>';

    return;
}

if (!$status->concerns) {
    echo '<p class="mb-0">' . $say('BEFORE_CONNECTION') . '</p>';

    return;
}

$push       = $status->push;
$returnable = array_filter($status->lines, static fn (OrderStatusLine $line): bool => $line->returnable > 0);
$choices    = static function (string $row) use ($escape, $mayAct): void {
    if (!$mayAct) {
        return;
    }

    echo '<div class="d-flex flex-wrap gap-1 mt-1">';

    foreach (Resolution::cases() as $resolution) {
        $word = $resolution->value;
        // The outbox lists the same rows with the same words.
        $key = 'PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_' . strtoupper($word);
        echo '<button type="button" class="btn btn-sm btn-secondary" data-clover-action="settle" data-row="'
            . $row . '" data-word="' . $word . '" title="' . $escape(Text::_("{$key}_DESC")) . '">'
            . $escape(Text::_($key)) . '</button>';
    }

    echo '</div>';
};
?>
<?php if (!$connected) : ?>
    <p class="alert alert-info"><?php echo $say('NOT_CONNECTED'); ?></p>
<?php else : ?>
    <?php foreach ($paused as $pause) : ?>
        <p class="alert alert-warning"><?php echo $escape($pause); ?></p>
    <?php endforeach; ?>
<?php endif; ?>

<?php if ($push !== null) : ?>
    <p class="mb-1">
        <span class="badge text-bg-<?php
            echo match (true) {
                $push->mark !== MarkState::Shown => 'warning',
                $push->state->value === 'confirmed' && !$push->shown->isSold() => 'secondary',
                default => $colour($push->state->value),
            };
        ?>"><?php
            echo $say('PUSH_' . strtoupper($push->state->value));
        ?></span>
        <?php if ($push->state->value === 'confirmed' && $push->settled !== null) : ?>
            <small class="text-body-secondary"><?php echo $escape($when($push->settled)); ?></small>
        <?php endif; ?>
    </p>
    <?php if ($reason('PUSH', $push->reason) !== '') : ?>
        <p class="mb-1"><?php echo $escape($reason('PUSH', $push->reason)); ?></p>
    <?php endif; ?>
    <?php if ($detail($push) !== '' && !\in_array($push->payment, ['not_granted', 'no_tender', 'nothing'], true)) : ?>
        <p class="mb-1 small text-body-secondary text-break"><?php echo $escape($detail($push)); ?></p>
        <?php echo $push->message === null ? '' : Details::html($words->details($push->message)); ?>
    <?php endif; ?>
    <?php if ($push->state->value === 'confirmed') : ?>
        <p class="mb-1">
            <?php if ($push->mark === MarkState::Due) : ?>
                <?php echo $say('MARK_DUE', $push->wanted->words()); ?>
            <?php elseif ($push->mark === MarkState::Shown) : ?>
                <?php echo $say('MARK_SHOWN', $push->shown->words()); ?>
            <?php else : ?>
                <?php echo $say('MARK_' . strtoupper($push->mark->value), $push->wanted->words()); ?>
            <?php endif; ?>
        </p>
    <?php endif; ?>
    <?php if ($push->needsCorrection()) : ?>
        <div class="alert alert-warning">
            <p><?php echo $say('CORRECT_' . strtoupper($push->wanted->correction())); ?></p>
            <?php if ($mayAct) : ?>
                <div class="d-flex flex-wrap gap-1">
                    <?php foreach (['leave' => 'CORRECTED', 'not_applied' => 'RETRY'] as $word => $key) : ?>
                        <button type="button" class="btn btn-sm btn-secondary" data-clover-action="settle"
                            data-row="mark:<?php echo $push->id; ?>" data-word="<?php echo $word; ?>"><?php
                                echo $escape(Text::_("PLG_J2COMMERCE_APP_CLOVERPOS_OUTBOX_$key"));
                            ?></button>
                    <?php endforeach; ?>
                </div>
            <?php endif; ?>
        </div>
    <?php endif; ?>
    <dl class="mb-2 mt-2">
        <?php if ((string) $push->cloverOrderId !== '') : ?>
            <dt><?php echo $say('CLOVER_ORDER_ID'); ?></dt>
            <dd><code><?php echo $escape($push->cloverOrderId); ?></code></dd>
        <?php endif; ?>
        <?php if (\in_array($push->state->value, ['confirmed', 'sent', 'uncertain'], true)) : ?>
            <dt><?php echo $say('REFERENCE'); ?></dt>
            <dd><code><?php echo $escape($push->reference); ?></code></dd>
        <?php endif; ?>
        <?php if ($push->payment !== '') : ?>
            <dt><?php echo $say('PAYMENT'); ?></dt>
            <dd><?php
                $later = $push->payment === 'due' && !$push->isPaymentDue();
                echo $later ? $say('PAYMENT_LATER') : $say('PAYMENT_' . strtoupper($push->payment));
            ?></dd>
        <?php endif; ?>
        <?php if ($push->print !== OrderPrintState::None) : ?>
            <dt><?php echo $say('PRINT'); ?></dt>
            <dd>
                <?php echo $say('PRINT_' . strtoupper($push->print->value)); ?>
                <?php $said = $push->printMessage; ?>
                <?php if ($said !== null) : ?>
                    <div class="small text-body-secondary text-break"><?php echo $escape($words->text($said)); ?></div>
                    <?php echo Details::html($words->details($said)); ?>
                <?php endif; ?>
            </dd>
        <?php endif; ?>
    </dl>
    <?php if ($push->needsDecision()) : ?>
        <?php $choices('order:' . $push->id); ?>
    <?php endif; ?>
<?php elseif (!$status->waits) : ?>
    <p><?php echo $say($status->state === SaleState::Paid ? 'PUSH_NONE_PAID' : 'PUSH_NONE'); ?></p>
<?php endif; ?>

<?php if (!$settings?->syncSale && $push === null) : ?>
    <p><?php echo $say('SYNC_SALE_OFF'); ?></p>
<?php endif; ?>

<?php if ($status->waits) : ?>
    <p><?php echo $say('WAITS'); ?><?php
        echo $status->error === null ? '' : ' ' . $say('WAITS_ERROR', $words->text($status->error));
    ?></p>
<?php endif; ?>

<?php $hasRows = static fn (OrderStatusLine $line): bool => $line->books->rows !== []; ?>
<?php if (array_filter($status->lines, $hasRows) !== []) : ?>
    <h3 class="fs-6 mt-3"><?php echo $say('STOCK'); ?></h3>
    <div class="table-responsive">
        <table class="table table-sm align-middle">
            <caption class="visually-hidden"><?php echo $say('STOCK_CAPTION'); ?></caption>
            <thead>
                <tr>
                    <th scope="col"><?php echo $say('PRODUCT'); ?></th>
                    <th scope="col"><?php echo $say('UNITS'); ?></th>
                    <th scope="col"><?php echo $say('STATE'); ?></th>
                </tr>
            </thead>
            <tbody>
                <?php foreach ($status->lines as $line) : ?>
                    <?php foreach ($line->books->rows as $row) : ?>
                        <?php // A release without units only closes what was given back by hand.
                        if ($row->delta === 0) {
                            continue;
                        } ?>
                        <tr>
                            <th scope="row" class="fw-normal">
                                <?php echo $escape($row->name); ?>
                                <?php if ($reason('STOCK', $row->reason) !== '') : ?>
                                    <div class="small text-body-secondary"><?php
                                        echo $escape($reason('STOCK', $row->reason));
                                    ?></div>
                                <?php endif; ?>
                                <?php if ($detail($row) !== '') : ?>
                                    <div class="small text-body-secondary text-break"><?php
                                        echo $escape($detail($row));
                                    ?></div>
                                <?php endif; ?>
                                <?php if ($line->isOpen($row)) : ?>
                                    <?php $choices('stock:' . $row->id); ?>
                                <?php endif; ?>
                            </th>
                            <td class="text-nowrap"><?php
                                echo $say($units($row), abs($row->delta));
                            ?></td>
                            <td>
                                <span class="badge text-bg-<?php echo $colour($row->state->value); ?>"><?php
                                    echo $say('STOCK_' . strtoupper($row->state->value));
                                ?></span>
                                <?php if ($row->settled !== null) : ?>
                                    <div class="small text-body-secondary"><?php
                                        echo $escape($when($row->settled));
                                    ?></div>
                                <?php endif; ?>
                            </td>
                        </tr>
                    <?php endforeach; ?>
                <?php endforeach; ?>
            </tbody>
        </table>
    </div>
<?php elseif (!$settings?->pushStock) : ?>
    <p><?php echo $say('PUSH_STOCK_OFF'); ?></p>
<?php endif; ?>

<?php if ($status->hasPartRefund) : ?>
    <p class="alert alert-info"><?php echo $say($returnable === [] ? 'PART_REFUND' : 'PART_REFUND_RESTOCK'); ?></p>
<?php endif; ?>

<?php if ($mayAct && $returnable !== []) : ?>
    <details class="mb-3"<?php echo $status->hasPartRefund ? ' open' : ''; ?>>
        <summary><?php echo $say('RESTOCK'); ?></summary>
        <p class="small text-body-secondary mt-2"><?php echo $say('RESTOCK_DESC'); ?></p>
        <?php foreach ($returnable as $line) : ?>
            <?php $id = 'clover-restock-' . $line->books->lineId; ?>
            <div class="row g-2 align-items-center mb-2">
                <label class="col-8 col-form-label py-0"
                    for="<?php echo $id; ?>"><?php echo $escape($line->books->name); ?> <span
                    class="small text-body-secondary"><?php echo $say('AT_MOST', $line->returnable); ?></span></label>
                <div class="col-4">
                    <input type="number" class="form-control form-control-sm" id="<?php echo $id; ?>"
                        data-clover-line="<?php echo $line->books->lineId; ?>" min="0"
                        max="<?php echo $line->returnable; ?>" step="1" value="0">
                </div>
            </div>
        <?php endforeach; ?>
        <button type="button" class="btn btn-sm btn-primary" data-clover-action="restock"><?php
            echo $say('RESTOCK_DO');
        ?></button>
    </details>
<?php endif; ?>

<div class="d-flex flex-wrap gap-2">
    <?php if ($mayAct && $connected && $status->mayRetry()) : ?>
        <button type="button" class="btn btn-sm btn-primary" data-clover-action="retry"><?php
            echo $say('RETRY');
        ?></button>
    <?php endif; ?>
    <?php if ($mayAct && $connected && ($status->mayPush() || $status->isUnderWay())) : ?>
        <button type="button" class="btn btn-sm btn-primary" data-clover-action="push"><?php
            echo $say($status->mayPush() ? 'PUSH' : 'GO_ON');
        ?></button>
    <?php endif; ?>
    <a class="btn btn-sm btn-secondary" href="<?php echo Route::_(Pages::url('outbox')); ?>"><?php
        echo $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_OUTBOX'));
    ?></a>
</div>
