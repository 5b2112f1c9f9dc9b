<?php

/**
 * For opcache.preload: loads every class of the library, and uses the parts of the extension that need no Clover, as a
 * site's preloader might. Writes the number of loaded files to the file named by CLOVERSYNC_TEST_PRELOADED.
 */

declare(strict_types=1);

use CloverSync\Settings;
use CloverSync\Vault;
use CloverSync\Webhook;

require __DIR__ . '/../../../cli/autoload.php';

$root  = dirname(__DIR__, 3);
$files = 0;

foreach (["$root/php-plugin/lib/src", "$root/cli/src", "$root/dev/shop/src"] as $folder) {
    /** @var iterable<SplFileInfo> $found */
    $found = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS));

    foreach ($found as $file) {
        // The first need Joomla; the extension has the others, and the helper's are loaded when they are used.
        if (preg_match('#/lib/src/(Joomla|Engine/Classes)/#', $file->getPathname()) === 1) {
            continue;
        }

        require_once $file->getPathname();
        $files++;
    }
}

$vault   = new Vault('a site secret for tests only');
$webhook = new Webhook(Settings::fromArray(['webhook_secret' => 'a secret of the webhook']));
$usable  = $vault->open($vault->seal('secret', 'context'), 'context') === 'secret'
&& $webhook->judge('{', [], null)->status === 403;

file_put_contents((string) getenv('CLOVERSYNC_TEST_PRELOADED'), $usable ? (string) $files : 'unusable');
