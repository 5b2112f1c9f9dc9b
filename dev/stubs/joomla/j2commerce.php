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
