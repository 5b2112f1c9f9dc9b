<?php

/**
 * The command line's main program. ./cloversync starts it with the extension loaded.
 */

declare(strict_types=1);

const _JEXEC = 1;

try {
    require __DIR__ . '/../php-plugin/lib/src/Support/Platform.php';
    require __DIR__ . '/../php-plugin/lib/src/Support/NeededFunctions.php';
    require __DIR__ . '/src/LastWord.php';
} catch (Throwable $e) {
    // Not even the first file can be read: its guard calls defined(), which may be disabled.
    (new SplFileObject('php://stderr', 'w'))->fwrite(
        "error: This PHP cannot run CloverSync (disable_functions?): {$e->getMessage()}\n",
    );

    exit(1);
}

CloverSync\Cli\LastWord::run(static function (array $words): int {
    require __DIR__ . '/autoload.php';

    return (new CloverSync\Cli\Application())->run($words);
});
