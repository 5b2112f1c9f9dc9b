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

if ($page->status->lastSync !== null) {
    return;
}

$steps = [
    ['text' => $word('STEP_INSTALL'), 'more' => '', 'done' => true],
    [
        'text' => $word('STEP_SETTINGS'),
        'more' => '<a href="' . $escape($page->settingsUrl) . '">' . $word('BUTTON_SETTINGS') . '</a><br>'
            . $word('STEP_SETTINGS_TOKEN'),
        'done' => $page->hasCredentials || $page->status->connected,
    ],
    ['text' => $word('STEP_CONNECT'), 'more' => $word('STEP_CONNECT_HOW'), 'done' => $page->status->connected],
    ['text' => $word('STEP_SYNC'), 'more' => $word('STEP_SYNC_HOW'), 'done' => false],
];
$next = array_search(false, array_column($steps, 'done'), true);
?>
<section class="card mb-3" id="clover-steps" aria-labelledby="clover-steps-title">
    <div class="card-header"><h2 class="h5 mb-0" id="clover-steps-title"><?php echo $word('STEPS'); ?></h2></div>
    <ol class="list-group list-group-flush list-group-numbered">
        <?php foreach ($steps as $number => $step) : ?>
            <li class="list-group-item d-flex gap-2"<?php echo $number === $next ? ' aria-current="step"' : ''; ?>>
                <span class="fa-solid <?php
                    echo $step['done'] ? 'fa-circle-check text-success' : 'fa-circle text-body-secondary';
                ?> pt-1" aria-hidden="true"></span>
                <div>
                    <span class="<?php echo $number === $next ? 'fw-bold' : ''; ?>"><?php echo $step['text']; ?></span>
                    <span class="visually-hidden"><?php echo $word($step['done'] ? 'STEP_DONE' : 'STEP_OPEN'); ?></span>
                    <?php if ($number === $next && $step['more'] !== '') : ?>
                        <div><?php echo $step['more']; ?></div>
                    <?php endif; ?>
                </div>
            </li>
        <?php endforeach; ?>
    </ol>
</section>
