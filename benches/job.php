<?php

/** One measured piece of work in a process of its own, from {@see CloverSync\Bench\Workspace::job()}. */

declare(strict_types=1);

require __DIR__ . '/autoload.php';

echo json_encode(CloverSync\Bench\Jobs::run($argv[1] ?? ''), JSON_THROW_ON_ERROR);
