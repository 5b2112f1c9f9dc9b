<?php

/** Signatures of J2Commerce, as far as the plugins and their tests name them. */

declare(strict_types=1);

namespace J2Commerce\Component\J2commerce\Administrator\Helper;

class J2CommerceHelper
{
    public static function canAccess(string $action): bool
    {
        return true;
    }
}

namespace J2Commerce\Component\J2commerce\Administrator\Field;

use Joomla\CMS\Form\Field\ListField;

class OrderstatusField extends ListField
{
}

class PaymentmethodsField extends ListField
{
    /** @return list<object> */
    public function getOptions(): array
    {
        return [];
    }
}

namespace J2Commerce\Component\J2commerce\Administrator\Event;

use Joomla\CMS\Event\AbstractImmutableEvent;

class PluginEvent extends AbstractImmutableEvent
{
    /** @param mixed $value */
    public function addResult($value): void
    {
    }

    /** @return mixed */
    public function getEventResult()
    {
        return null;
    }
}

namespace J2Commerce\Component\J2commerce\Administrator\Model;

class OrderModel
{
    /** @param array<string, mixed> $config */
    public function __construct($config = [])
    {
    }

    public function updateOrderStatus(int $orderId, int $newStatusId): bool
    {
        return true;
    }

    /** @return string|false */
    public function getError()
    {
        return false;
    }
}

namespace J2Commerce\Component\J2commerce\Administrator\Table;

use Joomla\Database\DatabaseInterface;

/**
 * @property int    $j2commerce_order_id
 * @property string $order_id
 * @property int    $order_state_id
 */
class OrderTable
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

    /**
     * @param array<string, mixed> $src
     *
     * @return bool
     */
    public function bind($src)
    {
        return true;
    }

    /** @return bool */
    public function store()
    {
        return true;
    }
}
