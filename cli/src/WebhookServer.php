<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\NeededFunctions;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Webhook;

/** One request of the webhook server. */
final class WebhookServer
{
    private const PATH = '/webhook';

    /** Seconds of work after a response; an object is due again after five at the latest. */
    private const WORK = 25.0;

    public function handle(): void
    {
        $folder = Platform::variable('CLOVERSYNC_FOLDER');

        // The web server may start PHP in another folder.
        if ($folder !== null && !@chdir($folder)) {
            $this->respond(500, 'CLOVERSYNC_FOLDER cannot be entered');

            return;
        }

        if (parse_url((string) ($_SERVER['REQUEST_URI'] ?? ''), PHP_URL_PATH) !== self::PATH) {
            $this->respond(404, 'There is nothing here but POST ' . self::PATH);

            return;
        }

        if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
            header('Allow: POST');
            $this->respond(405, 'Only POST is answered here');

            return;
        }

        $engine  = MissingEngine::sentence(Engine::report());
        $problem = $engine !== null && Platform::hasExtension('cloversync-refused')
            ? 'the extension is named in the pool; name it in php.ini'
            : $engine ?? Platform::problem(NeededFunctions::LIBRARY);

        if ($problem !== null) {
            Platform::log("cloversync: $problem");
            $this->respond(503, 'The shop cannot take this in now');

            return;
        }

        try {
            $shop   = Config::read()->shop();
            $answer = $shop->webhookEndpoint(true)->answer(
                (string) file_get_contents('php://input', length: Webhook::MAX_BODY + 1),
                $_SERVER,
            );
        } catch (\Throwable $e) {
            // Clover may send it again. The reason goes to the server's log, not to the sender.
            Platform::log('cloversync: ' . $e->getMessage());
            $this->respond(503, 'The shop cannot take this in now');

            return;
        }

        $this->respond($answer['status'], $answer['body']);

        if ($answer['work'] && Platform::variable('CLOVERSYNC_DRAIN') !== '0') {
            $this->work($shop);
        }
    }

    private function respond(int $status, string $body): void
    {
        http_response_code($status);
        header('Content-Type: text/plain; charset=utf-8');
        header('Content-Length: ' . \strlen($body));
        echo $body;

        $finish = Platform::responseFinisher();

        if ($finish !== null) {
            $finish();

            return;
        }

        // PHP's built-in server: the client reads the response by its length and does not wait for the script's end.
        while (ob_get_level() > 0) {
            ob_end_flush();
        }

        flush();
    }

    private function work(Services $shop): void
    {
        Platform::ignoreAbort();
        Platform::allowSeconds(0);

        try {
            $shop->inboxWorker()->drain(new TimeBudget(self::WORK));
        } catch (\Throwable $e) {
            // The event stays in the inbox for the next request or for `work`.
            Platform::log('cloversync: ' . $e->getMessage());
        }
    }
}
