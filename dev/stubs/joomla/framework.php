<?php

/** Signatures of the Joomla Framework, as far as the plugins and their tests name them. */

declare(strict_types=1);

namespace Joomla\Application;

use Joomla\Session\SessionInterface;

interface ApplicationInterface
{
    /**
     * @param int $code
     *
     * @return void
     */
    public function close($code = 0);
}

interface ConfigurationAwareApplicationInterface extends ApplicationInterface
{
    /**
     * @param string $key
     *
     * @return mixed
     */
    public function get($key, mixed $default = null);

    /**
     * @param string $key
     *
     * @return mixed
     */
    public function set($key, mixed $value = null);
}

interface WebApplicationInterface extends ApplicationInterface
{
    /** @param int $status */
    public function redirect(string $url, $status = 303): void;

    /**
     * @param string $name
     * @param string $value
     * @param bool   $replace
     *
     * @return $this
     */
    public function setHeader($name, $value, $replace = false);
}

interface SessionAwareWebApplicationInterface extends WebApplicationInterface
{
    public function getSession(): SessionInterface;
}

namespace Joomla\Session;

class Session implements SessionInterface
{
    public function __construct(?StorageInterface $store = null)
    {
    }

    public function get($name, mixed $default = null)
    {
    }

    public function set($name, mixed $value = null)
    {
    }

    public function remove(string $name)
    {
    }

    public function close()
    {
    }
}

interface SessionInterface
{
    /**
     * @param string $name
     *
     * @return mixed
     */
    public function get($name, mixed $default = null);

    /**
     * @param string $name
     *
     * @return mixed
     */
    public function set($name, mixed $value = null);

    /**
     * @param string $name
     *
     * @return mixed
     */
    public function remove(string $name);

    /** @return void */
    public function close();
}

interface StorageInterface
{
}

namespace Joomla\Session\Storage;

class RuntimeStorage implements \Joomla\Session\StorageInterface
{
}

namespace Joomla\DI;

class Container
{
    public function __construct(?self $parent = null)
    {
    }

    /** @return $this */
    public function alias(string $alias, string $key)
    {
        return $this;
    }

    /** @return $this */
    public function share(string $key, mixed $value, bool $protected = false)
    {
        return $this;
    }

    /**
     * @param string $resourceName
     *
     * @return mixed
     */
    public function get($resourceName)
    {
        return null;
    }

    /**
     * @param string $key
     * @param bool   $shared
     * @param bool   $protected
     *
     * @return $this
     */
    public function set($key, mixed $value, $shared = false, $protected = false)
    {
        return $this;
    }
}

interface ServiceProviderInterface
{
    /** @return void */
    public function register(Container $container);
}

namespace Joomla\Event;

interface EventInterface
{
    /**
     * @param string $name
     *
     * @return mixed
     */
    public function getArgument($name, mixed $default = null);

    /** @return array<int|string, mixed> */
    public function getArguments();

    /** @return string */
    public function getName();
}

abstract class AbstractEvent implements EventInterface
{
    /**
     * @param string                   $name
     * @param array<int|string, mixed> $arguments
     */
    public function __construct($name, array $arguments = [])
    {
    }

    public function getArgument($name, mixed $default = null)
    {
        return $default;
    }

    public function getArguments()
    {
        return [];
    }

    public function getName()
    {
        return '';
    }
}

class Event extends AbstractEvent
{
    /**
     * @param string $name
     *
     * @return $this
     */
    public function setArgument($name, mixed $value)
    {
        return $this;
    }
}

interface SubscriberInterface
{
    /** @return array<string, string|array{string, int}> */
    public static function getSubscribedEvents(): array;
}

interface DispatcherInterface
{
    public function dispatch(string $name, ?EventInterface $event = null): EventInterface;

    public function addSubscriber(SubscriberInterface $subscriber): void;
}

interface DispatcherAwareInterface
{
    /** @return $this */
    public function setDispatcher(DispatcherInterface $dispatcher);
}

class Dispatcher implements DispatcherInterface
{
    /** @param callable(EventInterface): void $callback */
    public function addListener(string $eventName, callable $callback, int $priority = 0): bool
    {
        return true;
    }

    public function dispatch(string $name, ?EventInterface $event = null): EventInterface
    {
        return $event ?? new Event($name);
    }

    public function addSubscriber(SubscriberInterface $subscriber): void
    {
    }
}

final class Priority
{
    public const MIN = -3;
}

namespace Joomla\Input;

/** @property-read Input $post */
class Input
{
    /** @param ?array<int|string, mixed> $source */
    public function __construct($source = null)
    {
    }

    /** @return mixed */
    public function __get(string $name)
    {
        return null;
    }

    /**
     * @param string $name
     * @param string $filter
     *
     * @return mixed
     */
    public function get($name, mixed $default = null, $filter = 'cmd')
    {
        return $default;
    }

    /**
     * @param string $name
     *
     * @return void
     */
    public function set($name, mixed $value)
    {
    }

    /** @return string */
    public function getMethod()
    {
        return '';
    }

    public function getCmd(string $name, ?string $default = ''): string
    {
        return (string) $default;
    }

    public function getAlnum(string $name, ?string $default = ''): string
    {
        return (string) $default;
    }

    public function getString(string $name, ?string $default = ''): string
    {
        return (string) $default;
    }

    public function getInt(string $name, ?int $default = 0): int
    {
        return (int) $default;
    }
}

namespace Joomla\Uri;

class Uri
{
    /** @return ?string */
    public function getHost()
    {
        return null;
    }
}

namespace Joomla\Database;

final class ParameterType
{
    public const BOOLEAN = 'boolean';
    public const INTEGER = 'int';
    public const NULL    = 'null';
    public const STRING  = 'string';
}

interface QueryInterface
{
    /**
     * @param int|string|array<int|string, mixed> $key
     * @param mixed                               $value
     * @param string|list<string>                 $dataType
     *
     * @return $this
     */
    public function bind($key, &$value, $dataType = ParameterType::STRING);

    /**
     * @param string $sql
     *
     * @return $this
     */
    public function setQuery($sql);
}

interface QueryMonitorInterface
{
}

interface DatabaseInterface
{
    public function createQuery(): QueryInterface;

    /** @return bool */
    public function execute();

    /** @return int */
    public function getAffectedRows();

    /** @return mixed */
    public function loadAssocList(?string $key = null, ?string $column = null);

    /** @return mixed */
    public function loadResult();

    /**
     * @param string|QueryInterface $query
     * @param int                   $offset
     * @param int                   $limit
     *
     * @return $this
     */
    public function setQuery($query, $offset = 0, $limit = 0);

    /**
     * @param bool $asSavepoint
     *
     * @return void
     */
    public function transactionStart($asSavepoint = false);

    /**
     * @param bool $toSavepoint
     *
     * @return void
     */
    public function transactionCommit($toSavepoint = false);

    /**
     * @param bool $toSavepoint
     *
     * @return void
     */
    public function transactionRollback($toSavepoint = false);

    /** @return void */
    public function connect();

    /** @return void */
    public function disconnect();
}

abstract class DatabaseDriver implements DatabaseInterface
{
    /** @return ?QueryMonitorInterface */
    public function getMonitor()
    {
        return null;
    }

    /** @return $this */
    public function setMonitor(?QueryMonitorInterface $monitor = null)
    {
        return $this;
    }
}

class DatabaseFactory
{
    /**
     * @param string               $name
     * @param array<string, mixed> $options
     */
    public function getDriver(string $name = 'mysqli', array $options = []): DatabaseInterface
    {
        throw new \LogicException();
    }
}

trait DatabaseAwareTrait
{
    protected function getDatabase(): DatabaseInterface
    {
        throw new \LogicException();
    }

    public function setDatabase(DatabaseInterface $db): void
    {
    }
}

namespace Joomla\Database\Exception;

class ExecutionFailureException extends \RuntimeException
{
}

namespace Joomla\Registry;

class Registry
{
    public function __construct(mixed $data = null)
    {
    }

    /**
     * @param string $path
     *
     * @return mixed
     */
    public function get($path, mixed $default = null)
    {
        return $default;
    }

    /**
     * @param string $path
     *
     * @return mixed
     */
    public function set($path, mixed $value)
    {
        return $value;
    }
}

namespace Joomla\Filesystem;

class File
{
    /**
     * @param string $file
     * @param string $buffer
     * @param bool   $useStreams
     * @param bool   $appendToFile
     *
     * @return bool
     *
     * @throws Exception\FilesystemException
     */
    public static function write($file, $buffer, $useStreams = false, $appendToFile = false)
    {
        return true;
    }

    /**
     * @param string $src
     * @param string $dest
     * @param string $path
     * @param bool   $useStreams
     *
     * @return bool
     *
     * @throws Exception\FilesystemException
     */
    public static function move($src, $dest, $path = '', $useStreams = false)
    {
        return true;
    }
}

abstract class Folder
{
    /**
     * @param string $path
     * @param int    $mode
     *
     * @return bool
     *
     * @throws Exception\FilesystemException
     */
    public static function create($path = '', $mode = 0o755)
    {
        return true;
    }
}

namespace Joomla\Filesystem\Exception;

class FilesystemException extends \RuntimeException
{
}
