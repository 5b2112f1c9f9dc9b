<?php

/**
 * Answers Clover's webhooks for the stand-in shop: POST /webhook. Runs under PHP's own server, which `./cloversync
 * serve` starts, and under PHP-FPM behind a web server; see docs/serve.md. Events are processed after the response.
 */

declare(strict_types=1);

require __DIR__ . '/autoload.php';

(new CloverSync\Cli\WebhookServer())->handle();
