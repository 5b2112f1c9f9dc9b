<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

/** The PHP extension is missing or of another version; the message is a sentence for the owner. */
final class ExtensionException extends \RuntimeException
{
}
