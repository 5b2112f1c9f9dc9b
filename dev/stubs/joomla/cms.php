<?php

/** Signatures of Joomla's own classes, as far as the plugins and their tests name them. */

declare(strict_types=1);

namespace Joomla\CMS;

use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Language\Language;
use Joomla\Database\DatabaseInterface;
use Joomla\DI\Container;

abstract class Factory
{
    /** @var ?CMSApplicationInterface */
    public static $application = null;

    /** @var ?Container */
    public static $container = null;

    /** @var ?DatabaseInterface */
    public static $database = null;

    /** @var ?Language */
    public static $language = null;

    /** @return CMSApplicationInterface */
    public static function getApplication()
    {
        throw new \LogicException();
    }

    public static function getContainer(): Container
    {
        throw new \LogicException();
    }
}

namespace Joomla\CMS\Application;

use Joomla\Application\AbstractApplication;
use Joomla\Application\ConfigurationAwareApplicationInterface;
use Joomla\Application\SessionAwareWebApplicationInterface;
use Joomla\CMS\Document\Document;
use Joomla\CMS\Language\Language;
use Joomla\CMS\User\User;
use Joomla\Console\Command\AbstractCommand;
use Joomla\DI\Container;
use Joomla\Event\DispatcherAwareInterface;
use Joomla\Event\DispatcherInterface;
use Joomla\Input\Input;
use Joomla\Session\SessionInterface;

interface EventAwareInterface extends DispatcherAwareInterface
{
    /** @return DispatcherInterface */
    public function getDispatcher();

    /**
     * @param string                   $eventName
     * @param array<int|string, mixed> $args
     *
     * @return array<int|string, mixed>
     */
    public function triggerEvent($eventName, $args = []);
}

interface CMSApplicationInterface extends ConfigurationAwareApplicationInterface, EventAwareInterface
{
    /**
     * @param string $msg
     * @param string $type
     *
     * @return void
     */
    public function enqueueMessage($msg, $type = 'info');

    /**
     * @param string $identifier
     *
     * @return bool
     */
    public function isClient($identifier);

    /** @return ?User */
    public function getIdentity();

    public function getInput(): Input;

    /** @return Language */
    public function getLanguage();

    /** @return array<string, list<string>> */
    public function getMessageQueue();

    /** @return $this */
    public function loadIdentity(?User $identity = null);
}

interface CMSWebApplicationInterface extends SessionAwareWebApplicationInterface, CMSApplicationInterface
{
    /** @return Document */
    public function getDocument();

    /**
     * @param string $key
     *
     * @return mixed
     */
    public function getUserState($key, mixed $default = null);

    /**
     * @param string $key
     * @param string $request
     * @param string $type
     *
     * @return mixed
     */
    public function getUserStateFromRequest($key, $request, mixed $default = null, $type = 'none');
}

abstract class CMSApplication implements CMSWebApplicationInterface
{
    /** @var string */
    protected $name = '';

    abstract protected function doExecute();

    public function close($code = 0)
    {
    }

    public function enqueueMessage($msg, $type = 'info')
    {
    }

    public function get($key, mixed $default = null)
    {
        return $default;
    }

    public function getDispatcher()
    {
        throw new \LogicException();
    }

    public function getDocument()
    {
        throw new \LogicException();
    }

    public function getIdentity()
    {
        return null;
    }

    public function getInput(): Input
    {
        throw new \LogicException();
    }

    public function getLanguage()
    {
        throw new \LogicException();
    }

    public function getMessageQueue()
    {
        return [];
    }

    public function getSession(): SessionInterface
    {
        throw new \LogicException();
    }

    public function getUserState($key, mixed $default = null)
    {
        return $default;
    }

    public function getUserStateFromRequest($key, $request, mixed $default = null, $type = 'none')
    {
        return $default;
    }

    public function isClient($identifier)
    {
        return true;
    }

    public function loadIdentity(?User $identity = null)
    {
        return $this;
    }

    public function redirect(string $url, $status = 303): void
    {
    }

    public function set($key, mixed $value = null)
    {
        return null;
    }

    public function setDispatcher(DispatcherInterface $dispatcher)
    {
        return $this;
    }

    public function setHeader($name, $value, $replace = false)
    {
        return $this;
    }

    public function triggerEvent($eventName, $args = [])
    {
        return [];
    }
}

abstract class AdministratorApplication extends CMSApplication
{
}

abstract class ConsoleApplication extends AbstractApplication implements CMSApplicationInterface
{
    /** @return void */
    public function createExtensionNamespaceMap()
    {
    }

    public function addCommand(AbstractCommand $command): AbstractCommand
    {
        return $command;
    }

    public function getCommand(string $name): AbstractCommand
    {
        throw new \LogicException();
    }

    /** @return $this */
    public function setContainer(Container $container)
    {
        return $this;
    }
}

namespace Joomla\CMS\Access;

class Access
{
    /**
     * @param int $userId
     *
     * @return list<int>
     */
    public static function getAuthorisedViewLevels($userId)
    {
        return [];
    }
}

namespace Joomla\CMS\Cache;

interface CacheControllerFactoryInterface
{
    /**
     * @param string               $type
     * @param array<string, mixed> $options
     */
    public function createCacheController($type = 'output', $options = []): CacheController;
}

class CacheController
{
    /** @var Cache */
    public $cache;
}

class Cache
{
    /**
     * @param string $group
     * @param string $mode
     *
     * @return bool
     */
    public function clean($group = null, $mode = 'group')
    {
        return true;
    }
}

namespace Joomla\CMS\Document;

use Joomla\CMS\Toolbar\Toolbar;
use Joomla\CMS\WebAsset\WebAssetManager;

class Document
{
    /**
     * @param string               $key
     * @param array<string, mixed> $options
     * @param bool                 $merge
     *
     * @return $this
     */
    public function addScriptOptions($key, $options, $merge = true)
    {
        return $this;
    }

    public function getWebAssetManager(): WebAssetManager
    {
        throw new \LogicException();
    }
}

class HtmlDocument extends Document
{
    public function getToolbar(string $toolbar = 'toolbar', bool $create = true): ?Toolbar
    {
        return null;
    }
}

namespace Joomla\CMS\WebAsset;

class WebAssetRegistry
{
    /** @return $this */
    public function addExtensionRegistryFile(string $name): self
    {
        return $this;
    }
}

/**
 * @method $this registerScript(string $name, string $uri = '',
 *   array<string, mixed> $options = [], array<string, mixed> $attributes = [], list<string> $dependencies = [])
 * @method $this registerAndUseScript(string $name, string $uri = '',
 *   array<string, mixed> $options = [], array<string, mixed> $attributes = [], list<string> $dependencies = [])
 * @method $this registerAndUseStyle(string $name, string $uri = '',
 *   array<string, mixed> $options = [], array<string, mixed> $attributes = [], list<string> $dependencies = [])
 * @method $this useScript(string $name)
 */
class WebAssetManager
{
    public function getRegistry(): WebAssetRegistry
    {
        throw new \LogicException();
    }

    public function assetExists(string $type, string $name): bool
    {
        return false;
    }

    /** @param list<mixed> $arguments */
    public function __call(string $method, array $arguments): mixed
    {
        return $this;
    }
}

namespace Joomla\CMS\Event;

use Joomla\Event\Event;

abstract class AbstractEvent extends Event
{
}

class AbstractImmutableEvent extends AbstractEvent
{
}

namespace Joomla\CMS\Event\Model;

use Joomla\CMS\Event\AbstractImmutableEvent;

abstract class SaveEvent extends AbstractImmutableEvent
{
    public function getContext(): string
    {
        return '';
    }

    public function getItem(): object
    {
        throw new \LogicException();
    }
}

class BeforeSaveEvent extends SaveEvent
{
}

class BeforeChangeStateEvent extends AbstractImmutableEvent
{
    public function getContext(): string
    {
        return '';
    }

    /** @return array<array-key, int|string> */
    public function getPks(): array
    {
        return [];
    }

    public function getValue(): int
    {
        return 0;
    }

    /** @param mixed $data */
    public function addResult($data): void
    {
    }
}

class AfterSaveEvent extends SaveEvent
{
}

class AfterCleanCacheEvent extends AbstractImmutableEvent
{
}

namespace Joomla\CMS\Component;

use Joomla\Registry\Registry;

abstract class ComponentHelper
{
    /**
     * @param string $option
     * @param bool   $strict
     *
     * @return Registry
     */
    public static function getParams($option, $strict = false)
    {
        throw new \LogicException();
    }

    /**
     * @param string $option
     *
     * @return bool
     */
    public static function isEnabled($option)
    {
        return true;
    }
}

namespace Joomla\CMS\Event\Finder;

use Joomla\CMS\Event\AbstractImmutableEvent;

class AfterSaveEvent extends AbstractImmutableEvent
{
}

namespace Joomla\Component\Finder\Administrator\Indexer;

class Indexer
{
    /** @return \stdClass */
    public static function getState()
    {
        return new \stdClass();
    }

    /**
     * @param int  $linkId
     * @param bool $removeTaxonomies
     *
     * @return bool
     */
    public function remove($linkId, $removeTaxonomies = true)
    {
        return true;
    }
}

namespace Joomla\CMS\Extension;

use Joomla\Event\DispatcherAwareInterface;

interface PluginInterface extends DispatcherAwareInterface
{
}

namespace Joomla\CMS\Form;

class Form
{
    /**
     * @param array<string, mixed> $data
     *
     * @return bool
     */
    public function bind($data)
    {
        return true;
    }

    /**
     * @param string $file
     * @param bool   $reset
     * @param string $xpath
     *
     * @return bool
     */
    public function loadFile($file, $reset = true, $xpath = null)
    {
        return true;
    }

    /**
     * @param ?string $group
     *
     * @return array<string, object>
     */
    public function getFieldsets($group = null)
    {
        return [];
    }

    /**
     * @param ?string $set
     *
     * @return array<string, FormField>
     */
    public function getFieldset($set = null)
    {
        return [];
    }

    /**
     * @param string  $name
     * @param ?string $group
     *
     * @return FormField|false
     */
    public function getField($name, $group = null, mixed $value = null)
    {
        return false;
    }
}

interface FormFactoryInterface
{
    /** @param array<string, mixed> $options */
    public function createForm(string $name, array $options = []): Form;
}

abstract class FormField
{
    /** @var string */
    protected $type;

    /** @var mixed */
    protected $value;

    /** @var string */
    protected $id;

    /** @var string */
    protected $fieldname;

    /** @var string */
    protected $hint;

    /** @var string */
    protected $autocomplete = 'on';

    /** @var \SimpleXMLElement */
    protected $element;

    /**
     * @param mixed   $value
     * @param ?string $group
     *
     * @return bool|\Exception
     */
    public function validate($value, $group = null, ?\Joomla\Registry\Registry $input = null)
    {
        return true;
    }

    /**
     * @param mixed   $value
     * @param ?string $group
     *
     * @return bool
     */
    public function setup(\SimpleXMLElement $element, $value, $group = null)
    {
        return true;
    }

    /** @return string */
    protected function getInput()
    {
        return '';
    }

    /**
     * @param array<string, mixed> $options
     *
     * @return string
     */
    public function renderField($options = [])
    {
        return '';
    }
}

namespace Joomla\CMS\Form\Field;

use Joomla\CMS\Form\FormField;

class PasswordField extends FormField
{
}

class HiddenField extends FormField
{
}

class NumberField extends FormField
{
    /** @var ?float */
    protected $max = null;

    /** @var ?float */
    protected $min = null;
}

class CheckboxField extends FormField
{
    /** @var bool */
    protected $checked = false;
}

class ListField extends FormField
{
    /** @return list<object> */
    protected function getOptions()
    {
        return [];
    }
}

namespace Joomla\CMS\HTML;

abstract class HTMLHelper
{
    /** @return mixed */
    final public static function _(string $key, mixed ...$methodArgs)
    {
        return null;
    }
}

namespace Joomla\CMS\Installer;

class InstallerAdapter
{
}

interface InstallerScriptInterface
{
    public function install(InstallerAdapter $adapter): bool;

    public function update(InstallerAdapter $adapter): bool;

    public function uninstall(InstallerAdapter $adapter): bool;

    public function preflight(string $type, InstallerAdapter $adapter): bool;

    public function postflight(string $type, InstallerAdapter $adapter): bool;
}

namespace Joomla\CMS\Language;

interface LanguageFactoryInterface
{
    /**
     * @param string $lang
     * @param bool   $debug
     */
    public function createLanguage($lang, $debug = false): Language;
}

class LanguageHelper
{
    /**
     * @param ?string $lang
     * @param string  $basePath
     *
     * @return bool
     */
    public static function exists($lang, $basePath = '')
    {
        return true;
    }
}

class Language
{
    /**
     * @param string $string
     * @param bool   $jsSafe
     * @param bool   $interpretBackSlashes
     *
     * @return string
     */
    public function _($string, $jsSafe = false, $interpretBackSlashes = true)
    {
        return $string;
    }

    /**
     * @param int $count
     *
     * @return array<array-key, string>
     */
    public function getPluralSuffixes($count)
    {
        return [];
    }

    /**
     * @param string $string
     *
     * @return bool
     */
    public function hasKey($string)
    {
        return true;
    }

    /** @return string */
    public function getTag()
    {
        return '';
    }

    /** @return bool */
    public function isRtl()
    {
        return false;
    }

    /**
     * @param string $extension
     * @param string $basePath
     * @param string $lang
     * @param bool   $reload
     * @param bool   $default
     *
     * @return bool
     */
    public function load($extension = 'joomla', $basePath = '', $lang = null, $reload = false, $default = true)
    {
        return true;
    }
}

class Text
{
    /**
     * @param string                      $string
     * @param bool|array<string, mixed>   $jsSafe
     * @param bool                        $interpretBackSlashes
     * @param bool                        $script
     *
     * @return string
     */
    public static function _($string, $jsSafe = false, $interpretBackSlashes = true, $script = false)
    {
        return $string;
    }

    /**
     * @param string                $string
     * @param int|float|string|null ...$values
     *
     * @return string
     */
    public static function sprintf($string, ...$values)
    {
        return $string;
    }

    /**
     * @param string                $string
     * @param int                   $n
     * @param int|float|string|null ...$values
     *
     * @return string
     */
    public static function plural($string, $n, ...$values)
    {
        return $string;
    }

    /**
     * @param ?string $string
     * @param bool    $jsSafe
     * @param bool    $interpretBackSlashes
     *
     * @return array<string, string>
     */
    public static function script($string = null, $jsSafe = false, $interpretBackSlashes = true)
    {
        return [];
    }
}

namespace Joomla\CMS\Layout;

class FileLayout
{
    /**
     * @param string  $layoutId
     * @param ?string $basePath
     */
    public function __construct($layoutId, $basePath = null, mixed $options = null)
    {
    }

    /**
     * @param array<string, mixed> $displayData
     *
     * @return string
     */
    public function render($displayData = [])
    {
        return '';
    }
}

class LayoutHelper
{
    /**
     * @param string $layoutFile
     * @param string $basePath
     *
     * @return string
     */
    public static function render($layoutFile, mixed $displayData = null, $basePath = '', mixed $options = null)
    {
        return '';
    }
}

namespace Joomla\CMS\Log;

class Log
{
    public const ALL     = 30_719;
    public const ERROR   = 8;
    public const WARNING = 16;
    public const NOTICE  = 32;
    public const INFO    = 64;
    public const DEBUG   = 128;

    protected function __construct()
    {
    }

    /**
     * @param ?self $instance
     *
     * @return void
     */
    public static function setInstance($instance)
    {
    }

    /**
     * @param string               $entry
     * @param int                  $priority
     * @param string               $category
     * @param ?string              $date
     * @param array<string, mixed> $context
     *
     * @return void
     */
    public static function add($entry, $priority = self::INFO, $category = '', $date = null, array $context = [])
    {
    }

    /**
     * @param array<string, mixed> $options
     * @param int                  $priorities
     * @param list<string>         $categories
     * @param bool                 $exclude
     *
     * @return void
     */
    public static function addLogger(array $options, $priorities = self::ALL, $categories = [], $exclude = false)
    {
    }
}

namespace Joomla\CMS\Mail\Exception;

final class MailDisabledException extends \RuntimeException
{
}

namespace Joomla\CMS\Mail;

use Joomla\Registry\Registry;

interface MailerInterface
{
}

interface MailerFactoryInterface
{
    public function createMailer(?Registry $settings = null): MailerInterface;
}

class Mail implements MailerInterface
{
    /** @var int */
    public $Timeout = 300;
}

class MailTemplate
{
    /**
     * @param string $templateId
     * @param string $language
     */
    public function __construct($templateId, $language, ?Mail $mailer = null)
    {
    }

    /**
     * @param string  $mail
     * @param ?string $name
     * @param string  $type
     *
     * @return void
     */
    public function addRecipient($mail, $name = null, $type = 'to')
    {
    }

    /**
     * @param array<string, string> $data
     * @param bool                  $plain
     *
     * @return void
     */
    public function addTemplateData($data, $plain = false)
    {
    }

    /**
     * @param list<string> $tags
     *
     * @return void
     */
    public function addUnsafeTags($tags)
    {
    }

    /**
     * @param array<string, string> $data
     *
     * @return void
     */
    public function addLayoutTemplateData($data)
    {
    }

    /** @return bool */
    public function send()
    {
        return true;
    }

    /**
     * @param string $key
     * @param string $language
     *
     * @return ?\stdClass
     */
    public static function getTemplate($key, $language)
    {
        return null;
    }

    /**
     * @param string       $key
     * @param string       $subject
     * @param string       $body
     * @param list<string> $tags
     * @param string       $htmlbody
     *
     * @return bool
     */
    public static function createTemplate($key, $subject, $body, $tags, $htmlbody = '')
    {
        return true;
    }

    /**
     * @param string       $key
     * @param string       $subject
     * @param string       $body
     * @param list<string> $tags
     * @param string       $htmlbody
     *
     * @return bool
     */
    public static function updateTemplate($key, $subject, $body, $tags, $htmlbody = '')
    {
        return true;
    }
}

namespace Joomla\CMS\Pagination;

class Pagination
{
    /**
     * @param int    $total
     * @param int    $limitstart
     * @param int    $limit
     * @param string $prefix
     */
    public function __construct($total, $limitstart, $limit, $prefix = '')
    {
    }

    /** @return string */
    public function getListFooter()
    {
        return '';
    }
}

namespace Joomla\CMS\Plugin;

use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Extension\PluginInterface;
use Joomla\Event\DispatcherInterface;
use Joomla\Registry\Registry;

abstract class CMSPlugin implements PluginInterface
{
    /** @var Registry */
    public $params;

    /** @var bool */
    protected $autoloadLanguage = false;

    /** @param array<array-key, mixed> $config */
    public function __construct($config = [])
    {
    }

    protected function getApplication(): ?CMSApplicationInterface
    {
        return null;
    }

    public function setApplication(CMSApplicationInterface $application): void
    {
    }

    public function setDispatcher(DispatcherInterface $dispatcher)
    {
        return $this;
    }
}

abstract class PluginHelper
{
    /**
     * @param string  $type
     * @param ?string $plugin
     *
     * @return mixed
     */
    public static function getPlugin($type, $plugin = null)
    {
        return null;
    }

    /**
     * @param string  $type
     * @param ?string $plugin
     *
     * @return bool
     */
    public static function isEnabled($type, $plugin = null)
    {
        return true;
    }

    /**
     * @param string  $type
     * @param ?string $plugin
     * @param bool    $autocreate
     *
     * @return bool
     */
    public static function importPlugin(
        $type,
        $plugin = null,
        $autocreate = true,
        ?DispatcherInterface $dispatcher = null,
    ) {
        return true;
    }
}

namespace Joomla\CMS\Router;

class Route
{
    /**
     * @param string $url
     * @param bool   $xhtml
     * @param int    $tls
     * @param bool   $absolute
     *
     * @return string
     */
    public static function _($url, $xhtml = true, $tls = 0, $absolute = false)
    {
        return $url;
    }
}

namespace Joomla\CMS\Session;

class Session
{
    /**
     * @param string $method
     *
     * @return bool
     */
    public static function checkToken($method = 'post')
    {
        return true;
    }

    /**
     * @param bool $forceNew
     *
     * @return string
     */
    public static function getFormToken($forceNew = false)
    {
        return '';
    }
}

namespace Joomla\CMS\Table;

/**
 * A table has a property for each column.
 *
 * @property int|string $access
 * @property string     $element
 * @property string     $folder
 * @property string     $params
 */
interface TableInterface
{
    public function __get(string $column): mixed;

    public function __set(string $column, mixed $value): void;
}

/** @property string $params */
class Extension implements TableInterface
{
    public function __construct(\Joomla\Database\DatabaseInterface $db)
    {
    }

    public function __get(string $column): mixed
    {
    }

    public function __set(string $column, mixed $value): void
    {
    }
}

namespace Joomla\CMS\Toolbar;

use Joomla\CMS\Toolbar\Button\DropdownButton;
use Joomla\CMS\Toolbar\Button\LinkButton;
use Joomla\CMS\Toolbar\Button\StandardButton;

/**
 * @method DropdownButton dropdownButton(string $name = '', string $text = '')
 * @method LinkButton     linkButton(string $name = '', string $text = '', string $task = '')
 * @method StandardButton standardButton(string $name = '', string $text = '', string $task = '')
 */
class Toolbar
{
    /** @param list<mixed> $arguments */
    public function __call(string $method, array $arguments): mixed
    {
        return null;
    }

    /**
     * @param ToolbarButton|string $button
     *
     * @return ToolbarButton|bool
     */
    public function prependButton($button, mixed ...$args)
    {
        return true;
    }
}

/**
 * @method static attributes(array<string, string> $value)
 * @method static buttonClass(string $value)
 * @method static icon(string $value)
 * @method static onclick(string $value)
 * @method static text(string $value)
 */
abstract class ToolbarButton
{
    /** @param list<mixed> $arguments */
    public function __call(string $method, array $arguments): mixed
    {
        return $this;
    }

    /**
     * @param string               $name
     * @param string               $text
     * @param array<string, mixed> $options
     */
    public function __construct(string $name = '', string $text = '', array $options = [])
    {
    }
}

namespace Joomla\CMS\Toolbar\Button;

use Joomla\CMS\Toolbar\Toolbar;
use Joomla\CMS\Toolbar\ToolbarButton;

class StandardButton extends ToolbarButton
{
}

/** @method static toggleSplit(bool $value) */
class DropdownButton extends ToolbarButton
{
    public function getChildToolbar(): Toolbar
    {
    }
}

/** @method static url(string $value) */
class LinkButton extends ToolbarButton
{
}

namespace Joomla\CMS\Uri;

class Uri extends \Joomla\Uri\Uri
{
    /**
     * @param string $uri
     *
     * @return Uri
     */
    public static function getInstance($uri = 'SERVER')
    {
        return new self();
    }

    /**
     * @param bool $pathonly
     *
     * @return string
     */
    public static function base($pathonly = false)
    {
        return '';
    }

    /**
     * @param bool    $pathonly
     * @param ?string $path
     *
     * @return string
     */
    public static function root($pathonly = false, $path = null)
    {
        return '';
    }
}

namespace Joomla\CMS\User;

class User
{
    /** @var int */
    public $id = 0;

    /** @var string */
    public $username = '';

    /** @param int $identifier */
    public function __construct($identifier = 0)
    {
    }

    /**
     * @param string  $action
     * @param ?string $assetname
     *
     * @return bool
     */
    public function authorise($action, $assetname = null)
    {
        return true;
    }
}

namespace Joomla\Component\Plugins\Administrator\Model;

use Joomla\CMS\Cache\CacheControllerFactoryInterface;
use Joomla\Event\DispatcherInterface;

class PluginModel
{
    /** @param array<string, mixed> $config */
    public function __construct($config = [])
    {
    }

    /**
     * @param array<string, mixed> $data
     *
     * @return bool
     */
    public function save($data)
    {
        return true;
    }

    /** @return string|false */
    public function getError()
    {
        return false;
    }

    public function setCacheControllerFactory(CacheControllerFactoryInterface $factory): void
    {
    }

    /** @return $this */
    public function setDispatcher(DispatcherInterface $dispatcher)
    {
        return $this;
    }
}

namespace Joomla\Component\Scheduler\Administrator\Event;

use Joomla\CMS\Event\AbstractEvent;

class ExecuteTaskEvent extends AbstractEvent
{
}

namespace Joomla\Component\Scheduler\Administrator\Task;

class Task
{
}

abstract class Status
{
    public const OK          = 0;
    public const KNOCKOUT    = 5;
    public const WILL_RESUME = 123;
}

namespace Joomla\Component\Scheduler\Administrator\Traits;

trait TaskPluginTrait
{
    /** @var array<string, mixed> */
    protected $snapshot = [];

    protected function logTask(string $message, string $priority = 'info'): void
    {
    }
}
