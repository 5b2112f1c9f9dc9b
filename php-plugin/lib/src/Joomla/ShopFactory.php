<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Environment;
use CloverSync\Settings;
use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Sales\OrderEvents;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Vault;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\CMS\Uri\Uri;
use Joomla\Database\DatabaseInterface;

/**
 * Builds the shop services from Joomla's data: the app's parameters, the database, the site's secret and address.
 */
final class ShopFactory
{
    /** Environment of facts that belong to the whole site. */
    private const SITE = 'site';

    private const CATEGORY = 'default_category';

    private const LANGUAGE = 'plg_j2commerce_app_cloverpos';

    private const ROW = "type = 'plugin' AND folder = 'j2commerce' AND element = 'app_cloverpos'";

    private readonly Sql $sql;

    private ?Services $shop = null;

    private bool $ready = false;

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters As Joomla stores them */
    public function __construct(
        DatabaseInterface $db,
        private array $parameters,
        #[\SensitiveParameter]
        private readonly string $siteSecret,
        private readonly SiteAddress $address,
        public readonly Clock $clock = new SystemClock(),
        #[\SensitiveParameter]
        private readonly string $previousSecret = '',
    ) {
        // The classes of the core are needed by whoever uses the shop. Nothing is started by this.
        Engine::register();
        $this->sql = new JoomlaSql($db, $clock);
    }

    public static function create(CMSApplicationInterface $app, DatabaseInterface $db, string $parameters): self
    {
        return new self(
            $db,
            self::decode($parameters),
            (string) $app->get('secret'),
            new SiteAddress(
                $app->isClient('cli') ? null : Uri::root(),
                (string) $app->get('db') . '/' . (string) $app->get('dbprefix') . '@' . (string) $app->get('host'),
                static fn (): string => hash(
                    'sha256',
                    implode(
                        "\n",
                        (new JoomlaSql($db))->fetchOne('SELECT @@hostname AS host, @@port AS port, @@datadir AS folder')
                        ?? [],
                    )
                    . "\n"
                    . JPATH_ROOT,
                ),
                static fn (): bool => (bool) $app->getIdentity()?->authorise('core.login.admin'),
            ),
            previousSecret: (string) $app->get('cloverpos_previous_secret'),
        );
    }

    /** Null when the app is not enabled, or not for guests. Also loads the sentences of the app. */
    public static function enabled(CMSApplicationInterface $app, DatabaseInterface $db): ?self
    {
        $language = $app->getLanguage();

        // Where the app itself does not run, no other code loads them.
        if (!$language->load(self::LANGUAGE, JPATH_ADMINISTRATOR)) {
            $language->load(self::LANGUAGE, JPATH_PLUGINS . '/j2commerce/app_cloverpos');
        }

        $plugin = PluginHelper::getPlugin('j2commerce', 'app_cloverpos');

        return \is_object($plugin)
            ? self::create($app, $db, isset($plugin->params) ? (string) $plugin->params : '')
            : null;
    }

    /** Reads the stored parameters of the app, whether or not it is enabled. */
    public static function stored(CMSApplicationInterface $app, DatabaseInterface $db): self
    {
        return self::create(
            $app,
            $db,
            (string) (new JoomlaSql($db))->fetchValue('SELECT params FROM #__extensions WHERE ' . self::ROW),
        );
    }

    /**
     * The database, after its tables were brought to this version.
     *
     * @throws \CloverSync\Shop\Exception\SchemaException when that is not possible
     */
    public function sql(): Sql
    {
        if (!$this->ready) {
            (new AppSchema($this->sql))->ensure();
            $this->ready = true;
        }

        return $this->sql;
    }

    /** The database for Joomla's own rows, whatever is wrong with the app's tables. */
    public function siteSql(): Sql
    {
        return $this->sql;
    }

    /** @throws ShopException when the parameters name no environment of Clover */
    public function environment(): string
    {
        return self::environmentOf($this->parameters);
    }

    /** Null when the parameters name no environment of Clover. */
    public function knownEnvironment(): ?string
    {
        return self::find($this->parameters);
    }

    /**
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters
     *
     * @throws ShopException when the parameters name no environment of Clover: a wrong one must not pass for the
     *   sandbox
     */
    public static function environmentOf(array $parameters): string
    {
        $given = $parameters['environment'] ?? '';

        return self::find($parameters) ?? throw new ShopException(new Message(MessageCode::EnvironmentUnknown, [
            'environment'  => \is_scalar($given) ? (string) $given : 'list',
            'environments' => array_map(static fn (Environment $known): string => $known->value, Environment::cases()),
        ]));
    }

    /** @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters */
    private static function find(array $parameters): ?string
    {
        $given = $parameters['environment'] ?? '';
        $given = \is_string($given) ? trim($given) : $given;

        return match (true) {
            // The default of the settings.
            $given === '' => Environment::cases()[0]->value,
            \is_string($given) => Environment::tryFrom($given)?->value,
            default => null,
        };
    }

    // mixed: a setting as Joomla stores it, decoded from JSON.
    public function parameter(string $name): mixed
    {
        return $this->parameters[$name] ?? null;
    }

    public function isDebug(): bool
    {
        return self::isOn($this->parameter('debug'));
    }

    // mixed: a setting as Joomla stores it, decoded from JSON.
    public static function isOn(mixed $switch): bool
    {
        return \is_scalar($switch) && (bool) $switch;
    }

    /**
     * Read without the core, for what must be mailed although it cannot be used.
     *
     * @return list<string> The addresses of the setting Alert Email
     */
    public function alertAddresses(): array
    {
        $given = $this->parameter('alert_email');

        return array_values(array_unique(array_filter(
            array_map(trim(...), explode(',', \is_string($given) ? $given : '')),
            static fn (string $address): bool => str_contains($address, '@'),
        )));
    }

    /** Facts of the connection's environment. */
    public function state(): KeyValueStore
    {
        return new KeyValueStore($this->sql(), $this->environment(), $this->clock);
    }

    /** Facts of the whole site, without an environment. */
    public function siteState(): KeyValueStore
    {
        return new KeyValueStore($this->sql(), self::SITE, $this->clock);
    }

    public function requirements(): Requirements
    {
        return new Requirements($this->siteState(), $this->clock);
    }

    public function secrets(?string $environment = null): Secrets
    {
        $environment ??= $this->environment();

        return new Secrets(new KeyValueStore($this->sql(), $environment, $this->clock), $environment);
    }

    public function vault(): Vault
    {
        return new Vault($this->siteSecret, $this->previousSecret === '' ? null : $this->previousSecret);
    }

    public function address(): SiteAddress
    {
        return $this->address;
    }

    /** Works without the extension, so that an order never waits for it. */
    public function orderEvents(): OrderEvents
    {
        return new OrderEvents($this->sql, $this->environment(), $this->clock, DebugLog::failed(...));
    }

    /**
     * The shop with the owner's settings.
     *
     * @throws \CloverSync\Exception\SettingsException naming the wrong fields
     * @throws \CloverSync\Exception\VaultException    when the site's secret has changed since the secrets were stored
     * @throws ExtensionException                      when neither the extension nor a helper program can be used
     */
    public function shop(): Services
    {
        if ($this->shop !== null) {
            return $this->shop;
        }

        if (!Requirements::isMet()) {
            throw new ExtensionException((string) Requirements::problem());
        }

        $vault = $this->vault();
        $this->adoptSecrets();
        $this->adoptCategory();
        $state    = $this->state();
        $settings = Settings::fromArray(self::settings($this->parameters) + $this->secrets()->open($vault));
        $shop     = new Services(
            $this->sql(),
            $settings,
            $vault,
            $this->address->identity($state),
            DebugLog::create($this->isDebug()),
            $this->clock,
            new SiteMedia(),
        );

        return $this->shop = $shop;
    }

    /**
     * @param array<string, scalar|array<array-key, scalar|array|null>|null> $parameters
     *
     * @return array<string, scalar|array<array-key, scalar|array|null>|null> The parameters that
     *   {@see Settings::fromArray()} knows, and the simulator's address where a developer has set one
     */
    public static function settings(array $parameters): array
    {
        $simulator = Platform::variable('CLOVERSYNC_BASE_URL');

        return (
            array_intersect_key($parameters, array_flip(self::parameters()))
            + ($simulator === null ? [] : ['base_url' => $simulator])
        );
    }

    /**
     * Read from the class, which exists without the extension and without a helper program too.
     *
     * @return list<string> Parameters that are settings: all but the secrets and the simulator's address
     */
    public static function parameters(): array
    {
        $names = array_map(static fn (\ReflectionProperty $property): string => strtolower((string) preg_replace(
            '/[A-Z]/',
            '_$0',
            $property->name,
        )), (new \ReflectionClass(Settings::class))->getProperties());

        return array_values(array_diff($names, ['base_url']));
    }

    /**
     * Secrets remain in the parameters when they are saved while the app is disabled: no event is then sent to it.
     *
     * @return array<string, string> Secrets that are still in the parameters
     */
    public function strandedSecrets(): array
    {
        $found = [];

        foreach (array_intersect_key($this->parameters, array_flip(Secrets::NAMES)) as $name => $secret) {
            if (\is_string($secret) && trim($secret) !== '') {
                $found[$name] = $secret;
            }
        }

        return $found;
    }

    /** Moves these secrets to the app's table; needs the extension. */
    public function adoptSecrets(): void
    {
        $found = $this->strandedSecrets();

        if ($found === []) {
            return;
        }

        foreach ($found as $name => $secret) {
            $this->secrets()->keep($name, trim($secret), $this->vault());
        }

        $this->change(static fn (array $parameters): array => array_diff_key($parameters, $found));
    }

    /**
     * Stores settings that the owner chose elsewhere than in the form, which shows them from then on.
     *
     * @param array<string, scalar> $settings
     */
    public function choose(array $settings): void
    {
        $this->change(static fn (array $parameters): array => array_replace($parameters, $settings));
        $this->shop = null;
    }

    /** Earlier versions stored the Default Category that was chosen on the dashboard apart from the settings. */
    private function adoptCategory(): void
    {
        $chosen = (string) $this->parameter('default_category') === '' ? $this->state()->get(self::CATEGORY) : null;

        if ($chosen !== null) {
            $this->choose(['default_category' => $chosen]);
            $this->state()->delete(self::CATEGORY);
        }
    }

    /** The form's choice replaces it. */
    public function forgetAdoptableCategory(): void
    {
        $this->state()->delete(self::CATEGORY);
    }

    /**
     * The settings that are stored now; those of this request may be older.
     *
     * @return array<string, scalar|array<array-key, scalar|array|null>|null>
     */
    public function storedParameters(): array
    {
        return array_intersect_key(
            self::decode((string) $this->sql->fetchValue('SELECT params FROM #__extensions WHERE ' . self::ROW)),
            array_flip(self::parameters()),
        );
    }

    /**
     * Changes the stored parameters, which may be newer than those of this request.
     *
     * @param \Closure(array<string, scalar|array<array-key, scalar|array|null>|null>): array<string,
     *   scalar|array<array-key, scalar|array|null>|null> $change
     */
    private function change(\Closure $change): void
    {
        $this->sql->transaction(function () use ($change): void {
            $stored = (string) $this->sql->fetchValue(
                'SELECT params FROM #__extensions WHERE ' . self::ROW . $this->sql->dialect()->lockRows(),
            );
            $this->sql->execute('UPDATE #__extensions SET params = ? WHERE ' . self::ROW, [json_encode(
                $change(self::decode($stored)),
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE,
            )]);
        });
        $this->parameters = $change($this->parameters);
        ShopCache::cleanParameters();
    }

    /** @return array<string, scalar|array<array-key, scalar|array|null>|null> */
    public static function decode(string $parameters): array
    {
        /** @var array<string, scalar|array<array-key, scalar|array|null>|null>|scalar|null $decoded */
        $decoded = json_decode($parameters, true);

        return \is_array($decoded) ? $decoded : [];
    }
}
