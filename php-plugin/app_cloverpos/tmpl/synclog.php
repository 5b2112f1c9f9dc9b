<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Message;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ListModel;
use Joomla\CMS\Language\Text;

/**
 * @var array{tools: ListModel, words: Formatter, actions: array<string, string>, entries: list<array{at: string,
 *   action: string, entity_type: string, entity_id: string, status: string, message: Message}>} $displayData
 */
$tools   = $displayData['tools'];
$words   = $displayData['words'];
$actions = $displayData['actions'];
$prefix  = 'PLG_J2COMMERCE_APP_CLOVERPOS_LOG_';
$text    = static fn (string $value): string => htmlspecialchars($value, ENT_QUOTES, 'UTF-8');
$badges  = ['success' => 'text-bg-success', 'error' => 'text-bg-danger', 'skipped' => 'text-bg-secondary'];
?>
<div class="clover">
<?php echo $tools->open(); ?>
<?php if ($displayData['entries'] === []) : ?>
    <?php echo $tools->nothing(Text::_($prefix . ($tools->activeFilters === [] ? 'EMPTY' : 'NONE_FOUND'))); ?>
<?php else : ?>
    <?php echo $tools->csvButton(); ?>
    <div class="table-responsive">
        <table class="table clover-cards" id="cloverSyncLog">
            <?php echo $tools->caption(Text::_($prefix . 'TITLE')); ?>
            <thead>
                <tr>
                    <?php echo $tools->heading($prefix . 'DATE', 'created', 'text-nowrap'); ?>
                    <?php echo $tools->heading($prefix . 'STATUS', 'status'); ?>
                    <?php echo $tools->heading($prefix . 'ACTION', 'action'); ?>
                    <?php echo $tools->heading($prefix . 'ENTITY_TYPE', 'entity_type'); ?>
                    <th scope="col"><?php echo Text::_($prefix . 'MESSAGE'); ?></th>
                </tr>
            </thead>
            <tbody>
                <?php foreach ($displayData['entries'] as $entry) : ?>
                    <tr>
                        <td class="text-nowrap"><?php
                            echo $text(LocalTime::sql($entry['at']));
                        ?></td>
                        <td><span class="badge <?php echo $badges[$entry['status']] ?? 'text-bg-secondary'; ?>"><?php
                            echo isset($badges[$entry['status']])
                                ? Text::_($prefix . 'STATUS_' . strtoupper($entry['status']))
                                : $text($entry['status']);
                        ?></span></td>
                        <td data-clover-label="<?php echo $text(Text::_($prefix . 'ACTION')); ?>"><span
                            title="<?php echo $text($entry['action']); ?>"><?php
                                echo $text($actions[$entry['action']] ?? $entry['action']);
                            ?></span></td>
                        <td data-clover-label="<?php echo $text(Text::_($prefix . 'ENTITY_TYPE')); ?>">
                            <?php echo $text($entry['entity_type']); ?>
                            <?php if ($entry['entity_id'] !== '') : ?>
                                <div class="small text-body-secondary text-break"><?php
                                    echo $text($entry['entity_id']);
                                ?></div>
                            <?php endif; ?>
                        </td>
                        <td class="text-break"><?php
                            echo nl2br($text($words->text($entry['message'])));
                            echo Details::html($words->details($entry['message']));
                        ?></td>
                    </tr>
                <?php endforeach; ?>
            </tbody>
        </table>
    </div>
<?php endif; ?>
<?php echo $tools->close(); ?>
</div>
