<?php

/**
 * One measured piece of work in a process of its own: job.php NAME ARGUMENTS, both from {@see
 * CloverSync\Bench\Workspace::process()}. Prints what it found as JSON.
 */

declare(strict_types=1);

require __DIR__ . '/autoload.php';

[, $name, $arguments] = ($argv ?? []) + ['', '', '{}'];

/** @var array{dsn: string, user: ?string, password: ?string, prefix: string, url: string, ...} $at */
$at = json_decode($arguments, true, flags: JSON_THROW_ON_ERROR);

echo json_encode(CloverSync\Bench\Jobs::run($name, $at), JSON_THROW_ON_ERROR);
