<?php

/**
 * Runs Mago's analysis over code that names Joomla's classes, with the sources of a site in place of dev/stubs.
 *
 *     JOOMLA_ROOT=/path/to/site php scripts/analyze-joomla.php mago php-plugin/lib/src/Joomla …
 */

declare(strict_types=1);

/** Folders of a site that hold the classes which the plugins name. */
const SOURCES = [
    'libraries/src',
    'libraries/vendor/joomla',
    'libraries/vendor/psr',
    'libraries/vendor/phpmailer/phpmailer/src',
    'administrator/components/com_finder/src',
    'libraries/vendor/symfony/console',
    'administrator/components/com_j2commerce/src',
    'administrator/components/com_scheduler/src',
    'administrator/components/com_actionlogs/src',
    'administrator/components/com_privacy/src',
    'libraries/vendor/tobscure/json-api/src',
];

$root = rtrim((string) getenv('JOOMLA_ROOT'), '/');
$mago = $argv[1] ?? '';

if ($mago === '' || !is_dir("$root/libraries/src")) {
    fwrite(STDERR, "error: JOOMLA_ROOT is not a Joomla site, or the path of Mago is missing.\n");

    exit(2);
}

$home   = dirname(__DIR__);
$folder = "$home/target/analyze-joomla";
is_dir($folder) || mkdir($folder, 0o777, true);

$config = (string) file_get_contents("$home/mago.toml");
$paths  = array_map(static fn (string $path): string => json_encode(
    "$root/$path",
    JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES,
), SOURCES);
$config = str_replace(
    ['includes = ["dev/stubs"]', "ignore = [\n"],
    [
        'includes = [' . implode(', ', $paths) . ', "dev/stubs/joomla/constants.php"]',
        // Text::sprintf() reads its arguments by func_get_args(). Joomla calls a task plugin's routines by their names.
        "ignore = [\n    \"too-many-arguments\",\n    \"unused-method\",\n",
    ],
    $config,
);
file_put_contents("$folder/mago.toml", $config);

$command = [$mago, '--workspace', $home, '--config', "$folder/mago.toml", 'analyze', ...array_slice($argv, 2)];
passthru(implode(' ', array_map(escapeshellarg(...), $command)), $code);

exit($code);
