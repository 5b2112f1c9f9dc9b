<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Exception\CallbackException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Exception\VaultException;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Exception\SiteMovedException;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardData;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use Joomla\CMS\Language\Text;

/** What stands in the way, as the owner reads it, and what kind it is, as a script needs it. */
final class ErrorPresenter
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PROBLEM_';

    /** @return array{kind: string, message: string} */
    public static function of(\Throwable $e): array
    {
        $kind = self::kind($e);

        if ($kind === 'unexpected') {
            DebugLog::failed($e);
        }

        return ['kind' => $kind, 'message' => self::sentence($kind, $e)];
    }

    private static function kind(\Throwable $e): string
    {
        return match (true) {
            $e instanceof ExtensionException => 'extension',
            $e instanceof SettingsException => 'settings',
            $e instanceof VaultException => 'vault',
            $e instanceof CallbackException => 'callback_' . $e->getKind(),
            $e instanceof PermissionException => 'permission',
            $e instanceof ReconnectException => 'reconnect',
            $e instanceof RefusedException => 'refused',
            $e instanceof UnavailableException => 'unavailable',
            $e instanceof NotConnectedException => 'not_connected',
            $e instanceof SiteMovedException => 'site_moved',
            $e instanceof CurrencyException => 'currency',
            $e instanceof DefaultCategoryException => 'default_category',
            $e instanceof AlreadyRunningException, $e instanceof LockLostException => 'running',
            $e instanceof CloverException => 'clover',
            $e instanceof ShopException => 'shop',
            default => 'unexpected',
        };
    }

    private static function sentence(string $kind, \Throwable $e): string
    {
        $key = self::PREFIX . strtoupper($kind);

        return match (true) {
            $e instanceof SettingsException => Text::sprintf($key, SettingsForm::problems($e)),
            $e instanceof PermissionException => Text::sprintf($key, $e->getPermission()),
            $e instanceof RefusedException => Text::sprintf(
                $key,
                DashboardData::unix($e->getRefusedAt()),
                DashboardData::unix($e->getNextTryAt()),
            ),
            $kind === 'extension' => $e->getMessage(),
            // Their own words say what no general sentence could.
            \in_array($kind, ['unavailable', 'site_moved', 'currency', 'clover', 'shop', 'reconnect'], true)
                => Text::sprintf($key, $e->getMessage()),
            $kind === 'unexpected' => Text::sprintf($key, DebugLog::FILE),
            default => Text::_($key),
        };
    }
}
