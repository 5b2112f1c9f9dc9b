<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Webhook;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\AfterResponse;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/** One request from Clover to the webhook address. */
final readonly class WebhookRequest
{
    /** End of the address, after the site's root. */
    public const PATH = 'index.php?option=com_ajax&plugin=app_cloverpos&group=j2commerce&task=webhook&format=raw';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /**
     * Sends the response and ends the application. If it were returned to com_ajax, it could be cached, and its status
     * would be 503 while the site is offline.
     */
    public function handle(): void
    {
        [$status, $body, $work] = $this->answer();

        if ($work) {
            AfterResponse::workInbox($this->factory, $this->app);
        }

        http_response_code($status);
        header('Content-Type: text/plain; charset=utf-8');
        header('Cache-Control: no-store');
        header('Content-Length: ' . \strlen($body));
        echo $body;
        $this->app->close();
    }

    /** @return array{int, string, bool} */
    private function answer(): array
    {
        if ($this->app->getInput()->getMethod() !== 'POST') {
            header('Allow: POST');

            return [405, '', false];
        }

        try {
            $answer = $this->factory
                ->shop()
                ->webhookEndpoint()
                ->answer((string) file_get_contents('php://input', length: Webhook::MAX_BODY + 1), $_SERVER);

            return [$answer['status'], $answer['body'], $answer['work']];
        } catch (\Throwable $e) {
            // Clover may send it again. The reason goes to the log, not to the sender.
            DebugLog::failed($e);

            return [503, '', false];
        }
    }
}
