<?php

/**
 * Loads the project's PHP classes where Joomla's autoloader does not run: on the command line and in tests.
 */

declare(strict_types=1);

// Like Joomla's, the library's files end at once when this constant is not defined.
\defined('_JEXEC') || \define('_JEXEC', 1);

spl_autoload_register(static function (string $class): void {
    $folders = [
        'CloverSync\\Shop\\' => __DIR__ . '/../php-plugin/lib/src/',
        'CloverSync\\Cli\\'  => __DIR__ . '/src/',
        'CloverSync\\Dev\\'  => __DIR__ . '/../dev/shop/src/',
    ];

    foreach ($folders as $prefix => $folder) {
        $file = $folder . str_replace('\\', '/', substr($class, \strlen($prefix))) . '.php';

        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;
        }
    }
});

CloverSync\Shop\Engine\Engine::register();
