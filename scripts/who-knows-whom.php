<?php

/**
 * Lists the dependencies between the subfolders of a folder of PHP classes, and their circular dependencies.
 *
 *     php scripts/who-knows-whom.php                       the library
 *     php scripts/who-knows-whom.php php-plugin/app_cloverpos/src 'J2Commerce\Plugin\J2Commerce\AppCloverpos'
 */

declare(strict_types=1);

use CloverSync\Tests\Architecture\SourceFile;

require __DIR__ . '/../tests-php/Architecture/SourceFile.php';

$root      = rtrim($argv[1] ?? __DIR__ . '/../php-plugin/lib/src', '/');
$namespace = $argv[2] ?? 'CloverSync\Shop';

if (!is_dir($root)) {
    fwrite(STDERR, "error: $root is not a folder.\n");

    exit(2);
}

/** @var array<string, array<string, list<string>>> $uses Folder => folder => files */
$uses = [];

foreach (SourceFile::below($root) as $file) {
    $uses[$file->folder()] ??= [];

    foreach ($file->folders($namespace) as $folder) {
        $uses[$file->folder()][$folder][] = basename($file->path, '.php');
    }
}

/** @return array<string, true> Every folder that is reached from this one */
$reached = static function (string $from) use ($uses): array {
    $seen = [];
    $next = array_keys($uses[$from]);

    while ($next !== []) {
        $folder = array_pop($next);

        if (!isset($seen[$folder])) {
            $seen[$folder] = true;
            $next          = [...$next, ...array_keys($uses[$folder] ?? [])];
        }
    }

    return $seen;
};

$all     = array_combine(array_keys($uses), array_map($reached, array_keys($uses)));
$circles = [];

foreach ($uses as $from => $folders) {
    ksort($folders);
    echo "$from\n";

    foreach ($folders as $folder => $files) {
        $back = isset($all[$folder][$from]) ? ' (and back)' : '';
        echo "    -> $folder$back: " . implode(', ', $files) . "\n";
    }

    $circle = array_filter(array_keys($all[$from]), static fn (string $folder): bool => isset($all[$folder][$from]));
    sort($circle);
    $circles[] = implode(', ', $circle);
}

$circles = array_unique(array_filter($circles));
echo $circles === [] ? "no circle\n" : '';

foreach ($circles as $circle) {
    echo "circle: $circle\n";
}
