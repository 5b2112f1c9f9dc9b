<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

\defined('_JEXEC') or die;

use CloverSync\Shop\Engine\Checksum;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\SeenPhp;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Support\Platform;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ServerView;
use Joomla\CMS\Language\Text;

/** @var array{page: ServerView} $displayData */
$page   = $displayData['page'];
$prefix = 'PLG_J2COMMERCE_APP_CLOVERPOS_SERVER_';
$escape = static fn (string $text): string => htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
$say    = static fn (string $key): string => $escape(Text::_($prefix . $key));
$copy   = $escape(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_COPY'));
$engine = static fn (SeenPhp $seen): string => $seen->engine->version === null
    ? Text::_($prefix . 'ENGINE_NONE')
    : Text::sprintf($prefix . 'ENGINE_' . strtoupper($seen->engine->engine->value), $seen->engine->version);
$why = static fn (SeenPhp $seen): string => match (true) {
    $seen->engine->engine === Engine::Extension                    => Text::_($prefix . 'WHY_EXTENSION'),
    $seen->seenAt === null && Platform::hasExtension('cloversync') => Text::_($prefix . 'WHY_CHOSEN'),
    default                                                        => Text::_($prefix . 'WHY_HELPER'),
};
// J2Commerce's badges have too little contrast in its light colors.
$icons = ['success' => 'fa-circle-check', 'danger' => 'fa-circle-xmark', 'secondary' => 'fa-circle-minus'];
$state = static fn (string $kind, string $html): string => '<span class="fw-bold">'
    . "<span class=\"fa-solid $icons[$kind] text-$kind\" aria-hidden=\"true\"></span> $html</span>";
$unknown = Text::_($prefix . 'UNKNOWN');
$sides   = [
    ['name' => 'WEB', 'seen' => $page->web, 'problem' => $page->webProblem],
    ['name' => 'CLI', 'seen' => $page->cli, 'problem' => $page->cliProblem],
];
?>
<div class="container-fluid py-3 clover" id="clover-server">
    <div class="row g-3 mb-3">
        <?php foreach ($sides as ['name' => $name, 'seen' => $seen, 'problem' => $problem]) : ?>
            <div class="col-12 col-xl-6">
                <section class="card h-100" aria-labelledby="clover-server-<?php echo strtolower($name); ?>">
                    <div class="card-header d-flex flex-wrap align-items-center justify-content-between gap-2">
                        <h2 class="h5 mb-0" id="clover-server-<?php echo strtolower($name); ?>"><?php
                            echo $say($name);
                        ?></h2>
                        <?php if ($seen === null) : ?>
                            <?php echo $state('secondary', $say('NOT_SEEN')); ?>
                        <?php elseif ($problem === null) : ?>
                            <?php echo $state('success', $say('WORKS')); ?>
                        <?php else : ?>
                            <?php echo $state('danger', $say('BROKEN')); ?>
                        <?php endif; ?>
                    </div>
                    <div class="card-body">
                        <?php if ($seen === null) : ?>
                            <p class="mb-0"><?php echo $say('CLI_UNKNOWN'); ?></p>
                        <?php else : ?>
                            <?php if ($problem !== null) : ?>
                                <div class="alert alert-danger d-flex gap-2" role="alert">
                                    <span class="fa-solid fa-triangle-exclamation pt-1" aria-hidden="true"></span>
                                    <div class="text-break text-body-emphasis"><?php echo $escape($problem); ?></div>
                                </div>
                            <?php else : ?>
                                <p><?php echo $escape($why($seen)); ?></p>
                            <?php endif; ?>
                            <dl class="row mb-0">
                                <dt class="col-sm-4"><?php echo $say('ENGINE'); ?></dt>
                                <dd class="col-sm-8"><?php echo $escape($engine($seen)); ?></dd>
                                <dt class="col-sm-4"><?php echo $say('PHP'); ?></dt>
                                <dd class="col-sm-8"><?php echo $escape($seen->php ?? $unknown); ?></dd>
                                <dt class="col-sm-4">php.ini</dt>
                                <dd class="col-sm-8 text-break"><?php
                                    echo $escape($seen->iniFile ?? $unknown);
                                ?></dd>
                                <?php if ($seen->seenAt !== null) : ?>
                                    <dt class="col-sm-4"><?php echo $say('SEEN_AT'); ?></dt>
                                    <dd class="col-sm-8"><?php echo $escape(LocalTime::unix($seen->seenAt)); ?></dd>
                                <?php endif; ?>
                            </dl>
                        <?php endif; ?>
                    </div>
                </section>
            </div>
        <?php endforeach; ?>
    </div>

    <p>
        <a class="btn btn-primary" href="<?php echo $escape(Pages::url('server')); ?>">
            <span class="fa-solid fa-rotate" aria-hidden="true"></span> <?php echo $say('AGAIN'); ?>
        </a>
    </p>

    <section class="card mb-3" aria-labelledby="clover-server-programs">
        <div class="card-header"><h2 class="h5 mb-0" id="clover-server-programs"><?php
            echo $say('PROGRAMS');
        ?></h2></div>
        <div class="card-body">
            <p class="text-break"><?php
                echo $escape(Text::sprintf($prefix . 'PROGRAMS_DESC', $page->folder));
            ?></p>
            <?php if ($page->php->noexec) : ?>
                <div class="alert alert-danger text-body-emphasis"><?php echo $say('NOEXEC'); ?></div>
            <?php endif; ?>
            <?php if ($page->trials === []) : ?>
                <p class="mb-0"><?php echo $say('PROGRAMS_NONE'); ?></p>
            <?php else : ?>
                <div class="table-responsive">
                    <table class="table mb-0">
                        <caption class="visually-hidden"><?php echo $say('PROGRAMS'); ?></caption>
                        <thead>
                            <tr>
                                <th scope="col"><?php echo $say('PROGRAM'); ?></th>
                                <th scope="col"><?php echo $say('RESULT'); ?></th>
                                <th scope="col"><?php echo $say('FILE'); ?></th>
                            </tr>
                        </thead>
                        <tbody>
                            <?php foreach ($page->trials as $trial) : ?>
                                <tr>
                                    <th scope="row" class="fw-normal text-break">
                                        <?php echo $escape($trial->name); ?>
                                        <?php if ($trial->machine !== null) : ?>
                                            <div class="small text-body-secondary"><?php
                                                echo $escape(Text::sprintf($prefix . 'MACHINE', $trial->machine));
                                            ?></div>
                                        <?php endif; ?>
                                    </th>
                                    <td>
                                        <?php if ($trial->problem === null) : ?>
                                            <?php echo $state('success', $say('WORKS')); ?>
                                        <?php elseif ($trial->isForeign()) : ?>
                                            <?php echo $state('secondary', $say('FOREIGN')); ?>
                                        <?php else : ?>
                                            <?php echo $state('danger', $say('BROKEN')); ?>
                                            <div class="small mt-1"><?php
                                                $key = $prefix . 'TRIAL_' . strtoupper($trial->problem->value);
                                                echo $escape(Text::sprintf($key, $trial->detail));
                                            ?></div>
                                        <?php endif; ?>
                                    </td>
                                    <td>
                                        <?php
                                        echo $state(match ($trial->checksum) {
                                            Checksum::Same    => 'success',
                                            Checksum::Unknown => 'secondary',
                                            default           => 'danger',
                                        }, $say('CHECKSUM_' . strtoupper($trial->checksum->value)));
                                        ?>
                                        <?php if (
                                            $trial->checksum === Checksum::Changed
                                            || $trial->checksum === Checksum::Vanished
                                        ) : ?>
                                            <div class="small mt-1"><?php echo $say('SCANNER'); ?></div>
                                        <?php endif; ?>
                                    </td>
                                </tr>
                            <?php endforeach; ?>
                        </tbody>
                    </table>
                </div>
            <?php endif; ?>
        </div>
    </section>

    <?php if ($page->request !== null) : ?>
        <section class="card mb-3" aria-labelledby="clover-server-host">
            <div class="card-header"><h2 class="h5 mb-0" id="clover-server-host"><?php echo $say('HOST'); ?></h2></div>
            <div class="card-body">
                <p id="clover-server-host-note"><?php echo $say('HOST_DESC'); ?></p>
                <textarea readonly class="form-control mb-2" rows="10" id="clover-server-request"
                    aria-labelledby="clover-server-host" aria-describedby="clover-server-host-note"><?php
                        echo $escape($page->request);
                    ?></textarea>
                <button type="button" class="btn btn-secondary" data-clover-copy="clover-server-request"
                    aria-describedby="clover-server-host"><span
                    class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $copy; ?></button>
                <?php if ($page->requestInEnglish !== null) : ?>
                    <details class="mt-3">
                        <summary id="clover-server-english"><?php echo $say('HOST_ENGLISH'); ?></summary>
                        <textarea readonly class="form-control my-2" rows="10" id="clover-server-request-english"
                            lang="en" aria-labelledby="clover-server-english"><?php
                                echo $escape($page->requestInEnglish);
                            ?></textarea>
                        <button type="button" class="btn btn-secondary"
                            data-clover-copy="clover-server-request-english"
                            aria-describedby="clover-server-english"><span
                            class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $copy; ?></button>
                    </details>
                <?php endif; ?>
            </div>
        </section>
    <?php endif; ?>

    <?php if ($page->web->engine->engine !== Engine::Extension) : ?>
        <section class="card mb-3" aria-labelledby="clover-server-faster">
            <div class="card-header"><h2 class="h5 mb-0" id="clover-server-faster"><?php
                echo $say('FASTER');
            ?></h2></div>
            <div class="card-body">
                <p><?php echo $say('FASTER_DESC'); ?></p>
                <?php if ($page->line !== null) : ?>
                    <label class="form-label" for="clover-server-line"><?php echo $say('LINE'); ?></label>
                    <div class="input-group mb-2">
                        <input type="text" readonly class="form-control" id="clover-server-line"
                            value="<?php echo $escape($page->line); ?>">
                        <button type="button" class="btn btn-secondary" data-clover-copy="clover-server-line"><span
                            class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $copy; ?></button>
                    </div>
                    <p class="mb-0 text-break"><?php
                        if ($page->php->iniFile !== null) {
                            echo $escape(Text::sprintf($prefix . 'INI', $page->php->iniFile)), ' ';
                        }

                        echo $say('RESTART_' . $page->restart), ' ', $say('LINE_CLI');
                    ?></p>
                <?php elseif ($page->libraryName !== null) : ?>
                    <p class="mb-0 text-break"><?php
                        echo $escape(Text::sprintf(
                            $prefix . 'GET_LIBRARY',
                            'cloversync-libraries-' . Engine::VERSION . '.zip',
                            $page->libraryName,
                            implode(', ', $page->libraryFolders),
                        ));
                    ?></p>
                <?php else : ?>
                    <p class="mb-0"><?php echo $say('NO_LIBRARY'); ?></p>
                <?php endif; ?>
            </div>
        </section>
    <?php endif; ?>

    <section class="card" aria-labelledby="clover-server-support">
        <div class="card-header"><h2 class="h5 mb-0" id="clover-server-support"><?php echo $say('REPORT'); ?></h2></div>
        <div class="card-body">
            <p id="clover-server-support-note"><?php echo $say('REPORT_DESC'); ?></p>
            <textarea readonly class="form-control font-monospace small mb-2" rows="14" id="clover-server-report"
                lang="en" aria-labelledby="clover-server-support" aria-describedby="clover-server-support-note"><?php
                    echo $escape($page->report);
                ?></textarea>
            <button type="button" class="btn btn-secondary" data-clover-copy="clover-server-report"
                aria-describedby="clover-server-support"><span
                class="fa-solid fa-copy" aria-hidden="true"></span> <?php echo $copy; ?></button>
        </div>
    </section>
</div>
