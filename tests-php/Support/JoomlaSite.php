<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Extension\AppCloverpos;
use J2Commerce\Plugin\Task\Cloversync\Extension\Cloversync;
use Joomla\CMS\Application\ConsoleApplication;
use Joomla\CMS\Cache\CacheControllerFactoryInterface;
use Joomla\CMS\Factory;
use Joomla\CMS\Log\Log;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\Component\Plugins\Administrator\Model\PluginModel;
use Joomla\Component\Scheduler\Administrator\Event\ExecuteTaskEvent;
use Joomla\Component\Scheduler\Administrator\Task\Task;
use Joomla\Database\DatabaseFactory;
use Joomla\Database\DatabaseInterface;
use Joomla\DI\Container;
use Joomla\Event\Dispatcher;

/**
 * The classes of the Joomla in JOOMLA_ROOT, in this process and with their own configuration. They know only the tests'
 * private MariaDB, so a test cannot reach that site's database, cache or logs. The app's classes come from the working
 * tree.
 */
final class JoomlaSite
{
    public const SECRET = 'sixteen letters!';

    private static ?string $folder = null;

    /** @var list<DatabaseInterface> */
    private static array $open = [];

    /** @return ?string Why the tests cannot run here */
    public static function lacks(): ?string
    {
        $root = (string) getenv('JOOMLA_ROOT');

        return match (true) {
            $root === '' => 'JOOMLA_ROOT is not set: point it to an installed Joomla 6 with J2Commerce 6.',
            !is_file("$root/libraries/bootstrap.php") => 'JOOMLA_ROOT does not point to an installed Joomla.',
            !is_dir("$root/administrator/components/com_j2commerce/src")
                => 'The Joomla that JOOMLA_ROOT points to has no J2Commerce.',
            MariaDb::get() === null => 'MariaDB is not installed: run scripts/setup.sh, or set CLOVERSYNC_TEST_DSN.',
            default => null,
        };
    }

    public static function boot(): void
    {
        if (self::$folder !== null) {
            return;
        }

        self::$folder = self::makeFolder();
        $errors       = set_error_handler(null);
        restore_error_handler();
        $exceptions = set_exception_handler(null);
        restore_exception_handler();
        $level = error_reporting();

        \defined('_JEXEC') || \define('_JEXEC', 1);
        \define('JPATH_BASE', realpath((string) getenv('JOOMLA_ROOT')));
        \define('JPATH_CONFIGURATION', self::$folder);
        \define('JPATH_CACHE', self::$folder . '/cache');
        require_once JPATH_BASE . '/includes/defines.php';
        require_once JPATH_BASE . '/includes/framework.php';
        // Joomla has registered its own loader first, and it may know an installed copy of the app.
        spl_autoload_register(self::load(...), prepend: true);

        // As on Joomla's command line, for classes that need an address.
        $_SERVER['HTTP_HOST'] ??= 'shop.example';
        $_SERVER['HTTPS']     ??= 'on';

        $container = Factory::getContainer();
        $container
            ->alias('session', 'session.cli')
            ->alias(\Joomla\CMS\Session\Session::class, 'session.cli')
            ->alias(\Joomla\Session\Session::class, 'session.cli')
            ->alias(\Joomla\Session\SessionInterface::class, 'session.cli');
        /** @var ConsoleApplication $app */
        $app                  = $container->get(ConsoleApplication::class);
        Factory::$application = $app;
        $app->createExtensionNamespaceMap();
        Factory::$language = $app->getLanguage();
        // Otherwise it would look for the plugins in a database that does not exist.
        (new \ReflectionProperty(PluginHelper::class, 'plugins'))->setValue(null, []);

        // PHPUnit reports errors with its own handlers, and expects them to stay.
        while (self::top(set_error_handler(...), restore_error_handler(...)) !== $errors) {
            restore_error_handler();
        }

        while (self::top(set_exception_handler(...), restore_exception_handler(...)) !== $exceptions) {
            restore_exception_handler();
        }

        error_reporting($level);
    }

    public static function app(): ConsoleApplication
    {
        return Factory::$application instanceof ConsoleApplication
            ? Factory::$application
            : throw new \LogicException('boot() comes first.');
    }

    /** Replaces the site's database and dispatcher by a test's own. */
    public static function useDatabase(DatabaseInterface $db): Dispatcher
    {
        static $original = null;
        $original           ??= Factory::getContainer();
        Factory::$container = (new Container($original))->share(
            DatabaseInterface::class,
            static fn (): DatabaseInterface => $db,
        );
        self::app()->setContainer(Factory::$container);

        // J2Commerce's helpers keep the first one.
        foreach (get_declared_classes() as $class) {
            if (
                str_starts_with($class, 'J2Commerce\\Component\\')
                && \array_key_exists('db', (new \ReflectionClass($class))->getStaticProperties())
            ) {
                (new \ReflectionProperty($class, 'db'))->setValue(null, null);
            }
        }

        self::app()->setDispatcher($dispatcher = new Dispatcher());

        return $dispatcher;
    }

    /**
     * A driver and its last query reference each other, so no connection would end before PHP collects cycles.
     */
    public static function disconnect(): void
    {
        foreach (self::$open as $db) {
            $db->disconnect();
        }

        self::$open = [];
    }

    /** The app as Joomla runs it, subscribed to its events. */
    public static function plugin(ShopFactory $factory, Dispatcher $dispatcher): AppCloverpos
    {
        $plugin = new AppCloverpos(['type' => 'j2commerce', 'name' => 'app_cloverpos', 'params' => '{}'], $factory);
        $plugin->setApplication(self::app());
        $dispatcher->addSubscriber($plugin);
        self::loadWords();

        return $plugin;
    }

    /** The app's texts of this repository, in place of those of an installed copy, if there is one. */
    public static function loadWords(): void
    {
        self::app()
            ->getLanguage()
            ->load('plg_j2commerce_app_cloverpos', \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos', 'en-GB', true);
    }

    /**
     * Saves as the plugin manager does, from the validated form's values on.
     *
     * @param array<string, mixed> $parameters
     *
     * @return string The refusal; empty when the settings were saved
     */
    public static function save(DatabaseInterface $db, int $extension, array $parameters): string
    {
        $dispatcher = self::useDatabase($db);
        self::plugin(ShopFactory::stored(self::app(), $db), $dispatcher);
        $model = new PluginModel(['ignore_request' => true, 'dbo' => $db]);
        $model->setDispatcher($dispatcher);
        /** @var CacheControllerFactoryInterface $cache */
        $cache = Factory::getContainer()->get(CacheControllerFactoryInterface::class);
        $model->setCacheControllerFactory($cache);
        $saved = $model->save(['extension_id' => $extension, 'enabled' => 1, 'access' => 1, 'params' => $parameters]);
        $error = (string) $model->getError();

        if ($saved !== ($error === '')) {
            throw new \LogicException("Saved or not: $error");
        }

        return $error;
    }

    /** @return list<string> "type message" of each that the owner has been shown since the last call */
    public static function messages(): array
    {
        $messages = [];

        foreach (self::app()->getMessageQueue() as $type => $texts) {
            foreach ($texts as $text) {
                $messages[] = "$type $text";
            }
        }

        (new \ReflectionProperty(ConsoleApplication::class, 'messages'))->setValue(self::app(), []);

        return $messages;
    }

    /** Starts the app's log in a new folder with this name, next to the site's configuration. */
    public static function beginLog(string $folder = 'logs'): void
    {
        (new \ReflectionProperty(DebugLog::class, 'debug'))->setValue(null, null);
        $log = new class() extends Log {
            public function __construct()
            {
                parent::__construct();
            }
        };
        Log::setInstance($log);
        self::app()->set('log_path', self::folder() . "/$folder");
        @unlink(self::folder() . '/logs/' . DebugLog::FILE);
    }

    /** @param string $driver mysqli, or mysql, which is PDO */
    public static function database(TestDatabase $db, string $driver): DatabaseInterface
    {
        return self::connect($db->prefix, $driver);
    }

    /** @param string $prefix Of a shop on the tests' MariaDB */
    public static function connect(string $prefix, string $driver): DatabaseInterface
    {
        $server = MariaDb::require();

        return self::$open[] = (new DatabaseFactory())->getDriver($driver, [
            'host'     => self::host($server->dsn),
            'user'     => $server->user,
            'password' => $server->password,
            'database' => self::part($server->dsn, 'dbname'),
            'prefix'   => $prefix,
        ] + ($driver === 'mysqli' ? ['utf8mb4' => true] : ['charset' => 'utf8mb4']));
    }

    public static function log(): string
    {
        return (string) @file_get_contents(self::folder() . '/logs/' . DebugLog::FILE);
    }

    private static function folder(): string
    {
        return self::$folder ?? throw new \LogicException('boot() comes first.');
    }

    private static function makeFolder(): string
    {
        $folder = sys_get_temp_dir() . '/cloversync-joomla-' . bin2hex(random_bytes(4));

        foreach (['', '/cache', '/logs', '/tmp'] as $part) {
            mkdir($folder . $part, 0o700);
        }

        $server = MariaDb::require();
        $values = [
            'dbtype'          => 'mysqli',
            'host'            => self::host($server->dsn),
            'user'            => $server->user,
            'password'        => $server->password,
            'db'              => self::part($server->dsn, 'dbname'),
            'dbprefix'        => 'nobody_',
            'dbencryption'    => 0,
            'secret'          => self::SECRET,
            'error_reporting' => 'default',
            'debug'           => false,
            'debug_lang'      => false,
            'language'        => 'en-GB',
            'offset'          => 'UTC',
            'caching'         => 0,
            'cache_handler'   => 'file',
            'cachetime'       => 15,
            'log_path'        => "$folder/logs",
            'tmp_path'        => "$folder/tmp",
            'log_deprecated'  => 0,
            'live_site'       => 'https://shop.example',
            'sitename'        => 'Tests',
        ];
        file_put_contents(
            "$folder/configuration.php",
            "<?php\nclass JConfig\n{\n"
            . implode('', array_map(
                static fn (string $name, mixed $value): string => (
                    "    public \$$name = " . var_export($value, true) . ";\n"
                ),
                array_keys($values),
                $values,
            ))
            . "}\n",
        );
        $owner = getmypid();
        register_shutdown_function(static function () use ($folder, $owner): void {
            if (getmypid() === $owner) {
                exec('rm -rf ' . escapeshellarg($folder));
            }
        });

        return $folder;
    }

    private static function load(string $class): void
    {
        $folders = [
            'J2Commerce\\Plugin\\J2Commerce\\AppCloverpos\\' => 'app_cloverpos/src',
            'J2Commerce\\Plugin\\Actionlog\\Cloversync\\'    => 'plg_actionlog_cloversync/src',
            'J2Commerce\\Plugin\\Console\\Cloversync\\'      => 'plg_console_cloversync/src',
            'J2Commerce\\Plugin\\Privacy\\Cloversync\\'      => 'plg_privacy_cloversync/src',
            'J2Commerce\\Plugin\\Webservices\\Cloversync\\'  => 'plg_webservices_cloversync/src',
            'J2Commerce\\Plugin\\Task\\Cloversync\\'         => 'plg_task_cloversync/src',
            'CloverSync\\Shop\\'                             => 'lib/src',
        ];

        foreach ($folders as $prefix => $folder) {
            $file =
                \dirname(__DIR__, 2)
                . "/php-plugin/$folder/"
                . str_replace('\\', '/', substr($class, \strlen($prefix)))
                . '.php';

            if (str_starts_with($class, $prefix) && is_file($file)) {
                require $file;
            }
        }
    }

    /**
     * @param callable(null): mixed $set
     * @param callable(): mixed     $restore
     */
    private static function top(callable $set, callable $restore): mixed
    {
        $top = $set(null);
        $restore();

        return $top;
    }

    private static function host(string $dsn): string
    {
        $socket = self::part($dsn, 'unix_socket');
        $port   = self::part($dsn, 'port');

        return $socket !== '' ? "unix:$socket" : self::part($dsn, 'host') . ($port === '' ? '' : ":$port");
    }

    private static function part(string $dsn, string $name): string
    {
        return preg_match("/[:;]$name=([^;]*)/", $dsn, $m) === 1 ? $m[1] : '';
    }

    /** @return int The status of the scheduled task that renews the tokens */
    public static function refreshToken(DatabaseInterface $db): int
    {
        $plugin = new Cloversync(['type' => 'task', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(self::app());
        $plugin->setDatabase($db);

        // The scheduler names it when it starts a routine.
        (new \ReflectionProperty($plugin, 'snapshot'))->setValue($plugin, ['logCategory' => 'task']);

        return $plugin->refreshToken(new ExecuteTaskEvent('onExecuteTask', [
            'subject' => (new \ReflectionClass(Task::class))->newInstanceWithoutConstructor(),
        ]));
    }
}
