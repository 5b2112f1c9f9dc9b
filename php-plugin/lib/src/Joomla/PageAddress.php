<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

/** Addresses of the app's pages in the administrator. */
final class PageAddress
{
    /** @return string Relative to the administrator */
    public static function of(string $page): string
    {
        return "index.php?option=com_j2commerce&task=appPlugin.display&plugin=app_cloverpos&pluginview=$page";
    }
}
