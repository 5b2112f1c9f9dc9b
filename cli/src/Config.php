<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Dev\ShopCurrency;
use CloverSync\Exception\SettingsException;
use CloverSync\Settings;
use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Platform;
use CloverSync\Vault;

/**
 * Settings from cloversync.json in the working folder and from CLOVERSYNC_* variables, which take precedence. It opens
 * the shop that they describe.
 */
final readonly class Config
{
    private const FILE = 'cloversync.json';

    /** Keys of the file; in capitals after CLOVERSYNC_ also variables. */
    private const KEYS = [
        'environment',
        'app_id',
        'app_secret',
        'api_token',
        'merchant_id',
        'base_url',
        'dsn',
        'db_user',
        'db_password',
        'db_prefix',
        'site',
        'site_secret',
        'previous_site_secret',
        'webhook_secret',
        'settings',
        'currency',
    ];

    private const PREFIX = 'jos_';

    /** Keys that become settings of the extension. */
    public const CONNECTION = ['environment', 'app_id', 'app_secret', 'base_url', 'webhook_secret'];

    /**
     * @param array<string, scalar> $values   By key
     * @param array<string, mixed>  $settings Input of {@see Settings::fromArray()}, which checks it
     */
    private function __construct(
        #[\SensitiveParameter]
        private array $values,
        #[\SensitiveParameter]
        private array $settings,
    ) {
    }

    /** @return array<string, string> For var_dump: names only, since the values hold every secret */
    public function __debugInfo(): array
    {
        return ['values' => implode(', ', array_keys($this->values + ['settings' => '']))];
    }

    /** @throws UsageException */
    public static function read(): self
    {
        $values = [];
        $wrong  = [];

        if (is_file(self::FILE)) {
            $values = json_decode((string) file_get_contents(self::FILE), true);

            if (!\is_array($values) || $values !== [] && array_is_list($values)) {
                throw new UsageException(self::FILE . ' must hold one JSON object.');
            }
        }

        foreach (array_diff(array_keys($values), self::KEYS) as $key) {
            $wrong[(string) $key] = 'is not a setting of ' . self::FILE;
        }

        foreach (self::KEYS as $key) {
            $value = Platform::variable('CLOVERSYNC_' . strtoupper($key));

            if ($value !== null) {
                $values[$key] = $value;
            }
        }

        if (\is_string($values['settings'] ?? null)) {
            $values['settings'] = json_decode($values['settings'], true);

            if (!\is_array($values['settings'])) {
                $wrong['settings'] = 'must be a JSON object';
            }
        }

        if (
            isset($values['settings'])
            && (!\is_array($values['settings']) || $values['settings'] !== [] && array_is_list($values['settings']))
        ) {
            $wrong['settings'] = 'must be a JSON object';
        }

        if (isset($values['currency'])) {
            $values['currency'] = self::currencyCode((string) $values['currency']);

            if ($values['currency'] === null) {
                $wrong['currency'] = 'must be a code of three letters, such as USD';
            }
        }

        if (
            isset($values['db_prefix'])
            && preg_match(
                '/^[A-Za-z_][A-Za-z0-9_]{0,31}$/D',
                \is_scalar($values['db_prefix']) ? (string) $values['db_prefix'] : '',
            ) !== 1
        ) {
            $wrong['db_prefix'] = 'must be at most 32 letters, digits and underscores, and not begin with a digit';
        }

        if (
            \is_string($values['dsn'] ?? null)
            && preg_match('/^sqlite:(:memory:|file:.*|\s*)$/Ds', $values['dsn']) === 1
        ) {
            $wrong['dsn'] = 'must name a file: each command is its own process, and a database in memory ends with it';
        }

        foreach (['api_token' => 'merchant_id', 'merchant_id' => 'api_token'] as $key => $other) {
            if (($values[$key] ?? '') !== '' && ($values[$other] ?? '') === '') {
                $wrong[$other] = "must be set beside $key";
            }
        }

        $texts = [];

        foreach (array_diff(self::KEYS, ['settings']) as $key) {
            $value = $values[$key] ?? null;

            if (\is_scalar($value)) {
                $texts[$key] = $value;
            } elseif ($value !== null) {
                $wrong[$key] = 'must be text';
            }
        }

        if ($wrong !== []) {
            throw new UsageException('These settings are wrong:', $wrong);
        }

        $settings = [];

        foreach (\is_array($values['settings'] ?? null) ? $values['settings'] : [] as $name => $value) {
            $settings[(string) $name] = $value;
        }

        return new self($texts, $settings);
    }

    /** Whether a file or a variable gives this key a value. */
    public function has(string $key): bool
    {
        return (string) ($this->values[$key] ?? '') !== '';
    }

    /** @return ?array{merchant: string, token: string} The API token to connect with, in place of an app */
    public function apiToken(): ?array
    {
        return (
            $this->has('api_token')
                ? ['merchant' => (string) $this->values['merchant_id'], 'token' => (string) $this->values['api_token']]
                : null
        );
    }

    public static function currencyCode(string $text): ?string
    {
        return preg_match('/^[A-Za-z]{3}$/', trim($text)) === 1 ? strtoupper(trim($text)) : null;
    }

    /**
     * @throws SettingsException
     * @throws UsageException
     */
    public function shop(): Services
    {
        $settings = Settings::fromArray(
            array_intersect_key($this->values, array_flip(self::CONNECTION)) + $this->settings,
        );
        $sql = $this->database();
        $log = $settings->debug
            ? static fn (string $level, string $message) => fwrite(STDERR, "$level: $message\n")
            : null;

        $shop = new Services(
            $sql,
            $settings,
            new Vault(
                $this->siteSecret(),
                isset($this->values['previous_site_secret']) ? (string) $this->values['previous_site_secret'] : null,
            ),
            $this->site(),
            $log,
        );
        $chosen = $shop->settings->defaultCategory === 0 ? $shop->state->get('default_category') : null;

        return $chosen === null ? $shop : $shop->withDefaultCategory((int) $chosen);
    }

    /** @throws UsageException */
    private function database(): Sql
    {
        $driver = $this->file() === null ? 'pdo_mysql' : 'pdo_sqlite';

        if (!Platform::hasExtension($driver)) {
            throw new \RuntimeException(
                "PHP's extension $driver is not loaded on this server: ask the host to enable it.",
            );
        }

        // The database contains customers' names. SQLite gives its journal files the same mode.
        $mask = Platform::has('umask') ? umask(0o077) : null;
        $this->closeToOthers();

        try {
            $sql = PdoSql::connect(
                $this->dsn(),
                isset($this->values['db_user']) ? (string) $this->values['db_user'] : null,
                isset($this->values['db_password']) ? (string) $this->values['db_password'] : null,
                (string) ($this->values['db_prefix'] ?? self::PREFIX),
            );
        } catch (\InvalidArgumentException $e) {
            throw new UsageException('These settings are wrong:', ['dsn' => $e->getMessage()]);
        } catch (\PDOException $e) {
            throw new \RuntimeException(
                'The database cannot be opened: '
                . $e->getMessage()
                . '. Look at CLOVERSYNC_DSN, CLOVERSYNC_DB_USER and CLOVERSYNC_DB_PASSWORD.',
            );
        } finally {
            $mask === null || umask($mask);
        }

        $schema = new Schema($sql);

        if (!$schema->exists('#__extensions')) {
            $schema->install(__DIR__ . '/../../dev/shop/shop.mysql.sql');
        }

        (new AppSchema($sql))->ensure();

        if (isset($this->values['currency'])) {
            ShopCurrency::write($sql, (string) $this->values['currency']);
        }

        return $sql;
    }

    /** Version 0.1.0 made the database readable for all users; a group's permissions stay. */
    private function closeToOthers(): void
    {
        $file = $this->file();

        if ($file === null || !is_file($file) || !Platform::has('fileperms') || !Platform::has('chmod')) {
            return;
        }

        $mode = (int) @fileperms($file) & 0o777;

        if (($mode & 0o007) !== 0) {
            @chmod($file, $mode & 0o770);
        }
    }

    private function dsn(): string
    {
        return (string) ($this->values['dsn'] ?? 'sqlite:cloversync.sqlite');
    }

    /** The file of a SQLite database. */
    private function file(): ?string
    {
        return str_starts_with($this->dsn(), 'sqlite:') ? substr($this->dsn(), 7) : null;
    }

    /** A copied database file must not act for its original. */
    private function site(): string
    {
        if (isset($this->values['site'])) {
            return (string) $this->values['site'];
        }

        $file = $this->file();

        return $file === null ? $this->dsn() : 'sqlite:' . (realpath($file) ?: $file);
    }

    /** The secret that encrypts the tokens: the given one, else one that is created once in the database's folder. */
    private function siteSecret(): string
    {
        if (isset($this->values['site_secret'])) {
            return (string) $this->values['site_secret'];
        }

        $file = ($this->file() ?? 'cloversync.mysql') . '-secret';

        if (!is_file($file)) {
            $this->makeSecret($file);
        }

        $secret = (string) @file_get_contents($file);

        // Another process may have created the file and not written it yet: see copy().
        for ($try = 0; $secret === '' && $try < 20 && is_file($file); $try++) {
            Platform::sleep(0.05);
            $secret = (string) @file_get_contents($file);
        }

        if ($secret === '') {
            throw new \RuntimeException(
                "The site secret $file can be neither read nor made: set CLOVERSYNC_SITE_SECRET, or make the "
                . 'folder writable.',
            );
        }

        return $secret;
    }

    /** Atomic: two processes may create the file at once, and one may be killed while it writes. */
    private function makeSecret(string $file): void
    {
        $mask = Platform::has('umask') ? umask(0o077) : null;
        $own  = "$file." . bin2hex(random_bytes(8));

        try {
            if (@file_put_contents($own, bin2hex(random_bytes(32))) === 64) {
                // Both fail when another process was first; then its secret is used.
                Platform::has('link') ? @link($own, $file) : self::copy($own, $file);
            }
        } finally {
            @unlink($own);
            $mask === null || umask($mask);
        }
    }

    /** Not atomic: a killed process may leave part of the file, and a file of the wrong length is refused. */
    private static function copy(string $from, string $to): void
    {
        try {
            (new \SplFileObject($to, 'x'))->fwrite((string) file_get_contents($from));
        } catch (\RuntimeException) {
            // The file exists.
        }
    }
}
