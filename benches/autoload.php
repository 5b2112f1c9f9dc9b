<?php

/** Loads the classes of the benchmarks, of the shop side, and of the tests' support code. */

declare(strict_types=1);

require __DIR__ . '/../tests-php/bootstrap.php';

spl_autoload_register(static function (string $class): void {
    foreach ([
        'CloverSync\\Bench\\Plain\\' => __DIR__ . '/php/',
        'CloverSync\\Bench\\'        => __DIR__ . '/src/',
    ] as $prefix => $folder) {
        $file = $folder . str_replace('\\', '/', substr($class, \strlen($prefix))) . '.php';

        if (str_starts_with($class, $prefix) && is_file($file)) {
            require $file;

            return;
        }
    }
});
