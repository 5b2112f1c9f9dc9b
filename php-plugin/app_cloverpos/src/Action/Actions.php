<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** Actions that the app's pages call by script. The caller has checked token and permissions. */
final readonly class Actions
{
    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /**
     * @param string $name Such as "sync.slice"
     *
     * @return array<string, mixed> The action's result, or error: {kind, message}
     */
    public function answer(string $name, Input $input): array
    {
        // J2Commerce accepts a GET with a valid token, but a link must not change anything.
        if ($input->getMethod() !== 'POST') {
            return ['error' => [
                'kind'    => 'method',
                'message' => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION'),
            ]];
        }

        $owner = new OwnerActions($this->app);

        try {
            $group = match (strstr($name, '.', true)) {
                'connection' => new ConnectionActions($this->factory, $this->app, $owner),
                'sync'       => new SyncActions($this->factory, $this->app, $owner),
                'mapping'    => new MappingActions($this->factory, $this->app, $owner),
                'outbox'     => new OutboxActions($this->factory, $owner),
                'product'    => new ProductActions($this->factory, $owner),
                'order'      => new OrderActions($this->factory, $this->app, $owner),
                'tax'        => new TaxActions($this->factory),
                'mail'       => new MailActions($this->factory, $this->app),
                default      => null,
            };
            $action = $group?->actions()[$name] ?? null;

            return (
                $action === null
                    ? ['error' => [
                        'kind'    => 'unknown',
                        'message' => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_NO_SUCH_ACTION'),
                    ]] : $action($input)
            );
        } catch (\Throwable $e) {
            return ['error' => ErrorPresenter::of($e)];
        }
    }
}
