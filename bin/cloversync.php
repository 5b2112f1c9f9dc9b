<?php

/**
 * The command line. See ./cloversync, which starts it with the extension loaded.
 */

declare(strict_types=1);

require __DIR__ . '/autoload.php';

exit((new CloverSync\Cli\Application())->run(array_slice($argv, 1)));
