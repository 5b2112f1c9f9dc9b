<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect;

\defined('_JEXEC') or die();

use CloverSync\CallbackKind;
use CloverSync\Exception\CallbackException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerAction;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\RedirectUri;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/**
 * The owner's approval at Clover, from its start to the connection. In between, the administrator's session stores it.
 */
final readonly class Approval
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    private const SESSION = 'plg_j2commerce_app_cloverpos.approval';

    /** Seconds; the owner may have to log in to Clover first. */
    private const VALID = 600;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /**
     * @return string Address at Clover to send the browser to
     *
     * @throws \CloverSync\Exception\SettingsException when App ID or App Secret is missing
     */
    public function begin(): string
    {
        $authorization = $this->factory->shop()->connection->authorize(RedirectUri::of());
        $this->keep([
            'state'       => $authorization->state,
            'environment' => $this->factory->environment(),
            'at'          => $this->factory->clock->now(),
        ]);

        return $authorization->url;
    }

    /**
     * Completes the approval with Clover's response; an approval accepts one response.
     *
     * @param string $callback The whole address, or its query
     *
     * @return array{ok: bool, kind: string, message: string, details: string}
     */
    public function finish(#[\SensitiveParameter] string $callback): array
    {
        $pending = $this->pending();
        $this->app->getSession()->remove(self::SESSION);

        if ($pending === null) {
            return [
                'ok'      => false,
                'kind'    => 'approval_lost',
                'message' => Text::_(self::PREFIX . 'PROBLEM_APPROVAL_LOST'),
                'details' => '',
            ];
        }

        try {
            $shop   = $this->factory->shop();
            $before = $shop->connectionService()->complete($callback, $pending['state']);
            $this->factory->address()->confirm($shop->state);
            (new OwnerActions($this->app))->did(OwnerAction::Connected, (string) $shop->merchantId());

            return ['ok' => true, 'kind' => '', 'message' => Connected::message($shop, $before), 'details' => ''];
        } catch (\Throwable $e) {
            if ($e instanceof CallbackException && $e->getKind() === CallbackKind::Incomplete) {
                // Something else was pasted: the right address may still follow.
                $this->keep($pending);
            }

            return ['ok' => false] + ErrorPresenter::of($e);
        }
    }

    /** @param array{state: string, environment: string, at: int} $pending */
    private function keep(#[\SensitiveParameter] array $pending): void
    {
        $this->app->getSession()->set(self::SESSION, $pending);
    }

    /** @return ?array{state: string, environment: string, at: int} Null when there is none, or it is too old */
    private function pending(): ?array
    {
        $pending     = $this->app->getSession()->get(self::SESSION);
        $pending     = \is_array($pending) ? $pending : [];
        $state       = $pending['state'] ?? null;
        $environment = $pending['environment'] ?? null;
        $at          = $pending['at'] ?? null;

        return (
            \is_string($state)
            && \is_int($at)
            && $environment === $this->factory->environment()
            && $at > ($this->factory->clock->now() - self::VALID)
                ? ['state' => $state, 'environment' => $environment, 'at' => $at]
                : null
        );
    }
}
