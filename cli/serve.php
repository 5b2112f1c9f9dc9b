<?php

/**
 * Answers Clover's webhooks for the test shop: POST /webhook. It runs under PHP's built-in server, which `./cloversync
 * serve` starts, and under PHP-FPM behind a web server; see docs/serve.md. Events are processed after the response.
 */

declare(strict_types=1);

require __DIR__ . '/autoload.php';

(new CloverSync\Cli\WebhookServer())->handle();
