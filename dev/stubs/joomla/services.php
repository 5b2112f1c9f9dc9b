<?php

/**
 * Signatures of Joomla's action logs, Privacy component and web services, as far as the plugins and their tests name
 * them.
 */

declare(strict_types=1);

namespace Joomla\Component\Actionlogs\Administrator\Plugin;

use Joomla\CMS\Plugin\CMSPlugin;

abstract class ActionLogPlugin extends CMSPlugin
{
    /**
     * @param list<array<string, scalar>> $messages
     * @param string                      $messageLanguageKey
     * @param string                      $context
     * @param ?int                        $userId
     *
     * @return void
     */
    protected function addLog($messages, $messageLanguageKey, $context, $userId = null)
    {
    }
}

namespace Joomla\Component\Actionlogs\Administrator\Helper;

class ActionlogsHelper
{
    /**
     * @param \stdClass $log
     * @param bool      $generateLinks
     *
     * @return string
     */
    public static function getHumanReadableLogMessage($log, $generateLinks = true)
    {
        return '';
    }
}

namespace Joomla\Component\Privacy\Administrator\Plugin;

use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\Component\Privacy\Administrator\Export\Domain;
use Joomla\Component\Privacy\Administrator\Export\Item;
use Joomla\Database\DatabaseAwareTrait;

abstract class PrivacyPlugin extends CMSPlugin
{
    use DatabaseAwareTrait;

    /**
     * @param string $name
     * @param string $description
     *
     * @return Domain
     */
    protected function createDomain($name, $description = '')
    {
        return new Domain();
    }

    /**
     * @param array<string, scalar|null> $data
     * @param ?int                       $itemId
     *
     * @return Item
     */
    protected function createItemFromArray(array $data, $itemId = null)
    {
        return new Item();
    }
}

namespace Joomla\Component\Privacy\Administrator\Export;

class Domain
{
    /** @var string */
    public $name = '';

    /** @return void */
    public function addItem(Item $item)
    {
    }

    /** @return list<Item> */
    public function getItems()
    {
        return [];
    }
}

class Item
{
    /** @return list<Field> */
    public function getFields()
    {
        return [];
    }
}

class Field
{
    /** @var string */
    public $name = '';

    /** @var mixed */
    public $value = null;
}

namespace Joomla\Component\Privacy\Administrator\Removal;

class Status
{
    /** @var bool */
    public $canRemove = true;

    /** @var ?string */
    public $reason = null;
}

namespace Joomla\Component\Privacy\Administrator\Table;

use Joomla\Database\DatabaseInterface;

/** @property string $email */
class RequestTable
{
    public function __construct(DatabaseInterface $db)
    {
    }

    public function __get(string $column): mixed
    {
        return null;
    }

    public function __set(string $column, mixed $value): void
    {
    }
}

namespace Joomla\CMS\Event\Privacy;

use Joomla\CMS\Event\AbstractImmutableEvent;
use Joomla\CMS\User\User;
use Joomla\Component\Privacy\Administrator\Table\RequestTable;

abstract class PrivacyEvent extends AbstractImmutableEvent
{
    /** @param mixed $data */
    public function addResult($data): void
    {
    }

    public function getRequest(): RequestTable
    {
        throw new \LogicException();
    }

    public function getUser(): ?User
    {
        return null;
    }
}

class CanRemoveDataEvent extends PrivacyEvent
{
}

class CollectCapabilitiesEvent extends PrivacyEvent
{
}

class ExportRequestEvent extends PrivacyEvent
{
}

class RemoveDataEvent extends PrivacyEvent
{
}

namespace Joomla\CMS\Event\Application;

use Joomla\CMS\Event\AbstractImmutableEvent;
use Joomla\CMS\Router\ApiRouter;

class BeforeApiRouteEvent extends AbstractImmutableEvent
{
    public function getRouter(): ApiRouter
    {
        throw new \LogicException();
    }
}

class AfterApiRouteEvent extends AbstractImmutableEvent
{
}

namespace Joomla\CMS\Router;

use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\Router\Route;

class ApiRouter
{
    public function __construct(CMSApplicationInterface $app)
    {
    }

    /**
     * @param list<Route> $routes
     *
     * @return $this
     */
    public function addRoutes(array $routes): self
    {
        return $this;
    }

    /** @return list<Route> */
    public function getRoutes(): array
    {
        return [];
    }
}

namespace Joomla\Router;

class Route
{
    /**
     * @param list<string>          $methods
     * @param array<string, string> $rules
     * @param array<string, mixed>  $defaults
     */
    public function __construct(
        array $methods,
        string $pattern,
        mixed $controller,
        array $rules = [],
        array $defaults = [],
    ) {
    }

    public function getController(): mixed
    {
        return null;
    }

    /** @return array<string, mixed> */
    public function getDefaults(): array
    {
        return [];
    }

    /** @return list<string> */
    public function getMethods(): array
    {
        return [];
    }

    public function getPattern(): string
    {
        return '';
    }
}

namespace Joomla\CMS\MVC\Controller;

use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\Input\Input;

class BaseController
{
    /** @var CMSApplicationInterface */
    protected $app;

    /** @param array<string, mixed> $config */
    public function __construct(
        $config = [],
        mixed $factory = null,
        ?CMSApplicationInterface $app = null,
        ?Input $input = null,
    ) {
    }

    /**
     * @param string $task
     *
     * @return mixed
     */
    public function execute($task)
    {
        return null;
    }
}

namespace Joomla\CMS\MVC\Controller\Exception;

class ResourceNotFound extends \RuntimeException
{
}

namespace Joomla\CMS\Access\Exception;

class NotAllowed extends \RuntimeException
{
}

namespace Joomla\CMS\Document;

use Tobscure\JsonApi\ElementInterface;

class JsonapiDocument extends Document
{
    /** @return $this */
    public function setData(ElementInterface $element)
    {
        return $this;
    }

    /**
     * @param list<array<string, string>> $errors
     *
     * @return $this
     */
    public function setErrors($errors)
    {
        return $this;
    }

    /** @return array<string, mixed> */
    public function toArray()
    {
        return [];
    }
}

namespace Joomla\CMS\Serializer;

use Tobscure\JsonApi\AbstractSerializer;

class JoomlaSerializer extends AbstractSerializer
{
    public function __construct(string $type)
    {
    }
}

namespace Tobscure\JsonApi;

interface ElementInterface
{
}

abstract class AbstractSerializer
{
}

class Resource implements ElementInterface
{
    public function __construct(mixed $data, AbstractSerializer $serializer)
    {
    }
}
