<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use Joomla\CMS\Log\Log;

/** The app's own log file: J2Commerce's log drops everything below an error. */
final class DebugLog
{
    public const FILE = 'plg_j2commerce_app_cloverpos.php';

    private const CATEGORY = 'plg_j2commerce_app_cloverpos';

    private const PRIORITIES = [
        'error'   => Log::ERROR,
        'warn'    => Log::WARNING,
        'warning' => Log::WARNING,
        'info'    => Log::INFO,
    ];

    private static ?bool $debug = null;

    /**
     * @param bool $debug Whether messages below a warning are written too
     *
     * @return \Closure(string, string): void For {@see \CloverSync\Shop\Services}
     */
    public static function create(bool $debug): \Closure
    {
        self::open($debug);

        return static fn (string $level, string $message) => self::write(
            $message,
            self::PRIORITIES[$level] ?? Log::DEBUG,
        );
    }

    /** Logs an error where no page can show it; never throws. */
    public static function failed(\Throwable $e): void
    {
        self::open(false);
        self::write(
            $e::class . ': ' . $e->getMessage() . ' in ' . basename($e->getFile()) . ':' . $e->getLine(),
            Log::ERROR,
        );
    }

    private static function write(string $message, int $priority): void
    {
        try {
            Log::add($message, $priority, self::CATEGORY);
        } catch (\Throwable) {
            // Joomla throws when the log folder is not writable. No order and no sync may fail for that.
        }
    }

    private static function open(bool $debug): void
    {
        if (self::$debug === null) {
            self::$debug = $debug;
            Log::addLogger(
                ['text_file' => self::FILE],
                $debug ? Log::ALL : Log::ALL & ~Log::DEBUG & ~Log::INFO & ~Log::NOTICE,
                [self::CATEGORY],
            );
        }
    }
}
