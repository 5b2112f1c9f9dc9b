<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\ConnectionStatus;
use CloverSync\Credential;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Settings;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\Secrets;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerAction;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook\GuestAccess;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Event\Model\SaveEvent;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Table\TableInterface;

/**
 * Handles the app's settings when Joomla's plugin manager saves them. It rejects invalid settings as a whole, and
 * stores secrets in the app's own table, because every user who can edit plugins can read the parameters.
 */
final readonly class SettingsForm
{
    private const ELEMENT = 'app_cloverpos';

    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** @param ShopFactory $factory With the previous parameters */
    public function __construct(
        private ShopFactory $factory,
        private TypedSecrets $typed = new TypedSecrets(null),
        private OpenedForm $form = new OpenedForm(null),
    ) {
    }

    /** The app's own row, when the plugin manager saves it; else null. */
    public static function table(SaveEvent $event): ?TableInterface
    {
        $item = $event->getItem();

        return $event->getContext() === 'com_plugins.plugin'
        && $item instanceof TableInterface
        && $item->folder === 'j2commerce'
        && $item->element === self::ELEMENT
            ? $item
            : null;
    }

    /** Address of the settings, relative to the administrator. */
    public static function url(Sql $sql): string
    {
        $id = $sql->fetchValue(
            "SELECT extension_id FROM #__extensions
              WHERE type = 'plugin' AND folder = 'j2commerce' AND element = ?",
            [self::ELEMENT],
        );

        return 'index.php?option=com_plugins&task=plugin.edit&extension_id=' . (int) $id;
    }

    /** @throws \RuntimeException with a sentence for the owner when something is invalid: then nothing is stored */
    public function beforeSave(TableInterface $table): void
    {
        $given   = self::decode($table->params);
        $secrets = [];

        foreach (Secrets::NAMES as $name) {
            $secret = $given[$name] ?? null;

            if (\is_string($secret) && trim($secret) !== '') {
                $secrets[$name] = $secret;
            }
        }

        $forget = (int) ($given['forget_webhook_secret'] ?? 0) === 1;
        $kept   = array_intersect_key($given, array_flip(ShopFactory::parameters()));

        $environment = self::text($given['environment'] ?? null);
        $this->refuseOldForm($given, $kept, $environment, $secrets);

        if (Requirements::isMet()) {
            $typed = $this->typed->read($environment);

            if ($forget) {
                unset($typed['webhook_secret']);
            }

            $secrets += $typed;

            $this->check($kept + $secrets);

            if ($this->factory->knownEnvironment() === null) {
                // The stored environment is wrong, so stranded secrets belong to the one that is chosen now.
                $secrets += $this->factory->strandedSecrets();
            } else {
                $this->factory->adoptSecrets();
            }
        } elseif ($secrets !== []) {
            $this->typed->keep($environment, $secrets);

            throw new \RuntimeException(Text::sprintf(
                self::PREFIX . 'SETTINGS_SECRET_WAITS',
                Text::_(ErrorPresenter::label(array_key_first($secrets))),
                (string) Requirements::problem(),
            ));
        }

        $store = $this->factory->secrets(ShopFactory::environmentOf($kept));
        $this->factory->forgetAdoptableCategory();

        foreach ($secrets as $name => $secret) {
            $store->keep($name, trim($secret), $this->factory->vault());
        }

        // Those of another environment still wait.
        if (Requirements::isMet() && $this->typed->read($environment) !== []) {
            $this->typed->forget();
        }

        // A shop with an API token has no App Secret to enter.
        if (isset($secrets['app_secret']) || Requirements::isMet() && !$store->has('app_secret')) {
            $this->forgetLostTokens($kept + $secrets);
        }

        if ($forget && !isset($secrets['webhook_secret'])) {
            $store->forget('webhook_secret');
        }

        // Without an engine they cannot be encrypted, and the form does not show them.
        $stranded = Requirements::isMet() || ShopFactory::environmentOf($kept) !== $this->factory->knownEnvironment()
            ? []
            : $this->factory->strandedSecrets();

        if ($forget) {
            unset($stranded['webhook_secret']);
        }

        $table->params = json_encode(
            $kept + $stranded,
            JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE,
        );
    }

    public function afterSave(TableInterface $table, CMSApplicationInterface $app): void
    {
        $now         = self::decode($table->params);
        $environment = ShopFactory::environmentOf($now);

        if (!GuestAccess::includes((int) $table->access)) {
            $app->enqueueMessage(Text::_(self::PREFIX . 'ACCESS_ALERT'), 'warning');
        }

        if ($environment !== $this->factory->knownEnvironment()) {
            $merchant = $this->merchantOf($now);
            $name     = Text::_(self::PREFIX . 'ENVIRONMENT_' . strtoupper($environment));
            $app->enqueueMessage(
                $merchant === null
                    ? Text::sprintf(self::PREFIX . 'SETTINGS_ENVIRONMENT_CHANGED', $name)
                    : Text::sprintf(self::PREFIX . 'SETTINGS_ENVIRONMENT_BACK', $name, $merchant),
                'notice',
            );
        } elseif (
            self::text($now['app_id'] ?? null) !== self::text($this->factory->parameter('app_id'))
            && Requirements::isMet()
            && self::isOfApp($this->factory->shop()->connection->status())
        ) {
            $app->enqueueMessage(Text::_(self::PREFIX . 'SETTINGS_APP_CHANGED'), 'warning');
        }

        if (ShopFactory::isOn($now['debug'] ?? null) && !$this->factory->isDebug()) {
            (new SyncLog($this->factory->sql(), $environment, $this->factory->clock))->add(
                'sync',
                'item',
                '',
                'success',
                new Message(MessageCode::DebugOn, ['file' => DebugLog::FILE]),
            );
        }

        (new OwnerActions($app))->did(OwnerAction::SettingsSaved, $environment, self::url($this->factory->sql()));
    }

    /**
     * A setting that was changed elsewhere after the form was opened is not overwritten before the owner knows it.
     *
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $given
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $kept
     * @param array<string, string>                                    $secrets
     */
    private function refuseOldForm(
        array $given,
        array $kept,
        string $environment,
        #[\SensitiveParameter]
        array $secrets,
    ): void {
        $changed = $this->form->changed($given[OpenedForm::FIELD] ?? null, $kept, $this->factory->storedParameters());

        if ($changed === []) {
            return;
        }

        if ($secrets !== []) {
            $this->typed->keep($environment, $secrets);
        }

        throw new \RuntimeException(Text::sprintf(self::PREFIX . 'SETTINGS_CHANGED_ELSEWHERE', implode(', ', array_map(
            static fn (string $name): string => Text::_(ErrorPresenter::label($name)),
            $changed,
        ))));
    }

    /**
     * Tokens encrypted with another site secret can never be decrypted and would prevent a new connection. They are
     * kept until the owner enters the App Secret again, or saves without one, because the old site secret may return.
     *
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters
     */
    private function forgetLostTokens(#[\SensitiveParameter] array $parameters): void
    {
        try {
            $this->connection($parameters)->status();
        } catch (VaultException) {
            $this->tokens($parameters)->delete();
        }
    }

    /**
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters
     *
     * @return ?string The merchant to which the shop is connected with these settings
     */
    private function merchantOf(array $parameters): ?string
    {
        if (!Requirements::isMet()) {
            return null;
        }

        try {
            $status = $this->connection($parameters)->status();
        } catch (VaultException) {
            return null;
        }

        return $status->connected ? $status->merchantId : null;
    }

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters */
    private function connection(#[\SensitiveParameter] array $parameters): Connection
    {
        return new Connection($this->check($parameters), $this->factory->vault(), $this->tokens($parameters));
    }

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters */
    private function tokens(#[\SensitiveParameter] array $parameters): DatabaseTokenStore
    {
        return new DatabaseTokenStore(
            $this->factory->sql(),
            ShopFactory::environmentOf($parameters),
            $this->factory->clock,
        );
    }

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters */
    private function check(#[\SensitiveParameter] array $parameters): Settings
    {
        try {
            return Settings::fromArray(
                ShopFactory::settings($parameters) + array_intersect_key($parameters, array_flip(Secrets::NAMES)),
            );
        } catch (SettingsException $e) {
            // Joomla shows it as HTML, and it may name a category.
            throw new \RuntimeException(Text::sprintf(self::PREFIX . 'SETTINGS_WRONG', htmlspecialchars(
                ErrorPresenter::problems(array_map(Message::ofProblem(...), $e->getFields())),
                ENT_NOQUOTES,
                'UTF-8',
            )));
        }
    }

    /** Whether the connection belongs to the app of the settings. */
    private static function isOfApp(ConnectionStatus $status): bool
    {
        return $status->connected && $status->credential === Credential::App;
    }

    private static function text(mixed $setting): string
    {
        return \is_scalar($setting) ? trim((string) $setting) : '';
    }

    /** @return array<string, scalar|array<array-key, scalar|array|null>|null> */
    private static function decode(mixed $params): array
    {
        return ShopFactory::decode(\is_string($params) ? $params : '');
    }
}
