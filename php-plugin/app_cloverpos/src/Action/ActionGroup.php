<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use Joomla\Input\Input;

/** Actions about one subject. */
interface ActionGroup
{
    /** @return array<string, callable(Input): array<string, mixed>> By name, such as "sync.slice" */
    public function actions(): array;
}
