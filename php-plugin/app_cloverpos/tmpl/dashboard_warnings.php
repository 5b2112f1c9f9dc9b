<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Details;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardView;
use Joomla\CMS\Language\Text;

/** @var array{page: DashboardView} $displayData */
$page    = $displayData['page'];
$escape = static fn (string|int $text): string => htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8');
$word   = static fn (string $key): string => $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_' . $key));
?>
<?php foreach ($page->warnings as $warning) : ?>
    <div class="alert alert-<?php echo $warning->type; ?> d-flex gap-2" role="alert"
        data-clover-until="<?php echo $warning->until; ?>">
        <span class="fa-solid fa-triangle-exclamation pt-1" aria-hidden="true"></span>
        <div>
            <?php echo $escape($warning->text); ?>
            <?php foreach ($warning->links as $label => $url) : ?>
                <a class="alert-link ms-1" href="<?php echo $escape($url); ?>"><?php echo $escape($label); ?></a>
            <?php endforeach; ?>
            <?php echo Details::html($warning->details); ?>
            <?php if ($page->mayAct && $warning->buttons !== []) : ?>
                <div class="d-flex flex-wrap gap-2 mt-2">
                    <?php foreach ($warning->buttons as $button) : ?>
                        <button type="button" class="btn btn-sm <?php echo $button['class']; ?>"
                            data-clover-action="<?php echo $button['action']; ?>"><?php
                                echo $escape($button['label']);
                            ?></button>
                    <?php endforeach; ?>
                </div>
            <?php endif; ?>
        </div>
    </div>
<?php endforeach; ?>
