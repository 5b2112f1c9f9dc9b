<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\ErrorCode;
use CloverSync\Shop\Support\ErrorReport;
use Joomla\CMS\Language\Text;

/** The sentence that the owner reads about an error, and the word that a script reads. */
final class ErrorPresenter
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PROBLEM_';

    /** @return array{kind: string, message: string, details: string} */
    public static function of(\Throwable $e): array
    {
        $error = ErrorReport::of($e);
        $kind  = match ($error->code) {
            ErrorCode::Callback => 'callback_' . ($error->callback->value ?? ''),
            // Joomla's own database throws other exceptions: this one is a fault in this code too.
            ErrorCode::Database => ErrorCode::Unexpected->value,
            default             => $error->code->value,
        };

        if ($kind === ErrorCode::Unexpected->value) {
            DebugLog::failed($e);
        }

        return [
            'kind'    => $kind,
            'message' => self::sentence($kind, $error),
            'details' => SiteLocale::formatter()->details($error->message),
        ];
    }

    /** Language key of a setting's name. */
    public static function label(string $setting): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_FIELD_' . strtoupper($setting) . '_LABEL';
    }

    /**
     * "Label: what is wrong" of each setting.
     *
     * @param array<string, Message> $fields
     */
    public static function problems(array $fields): string
    {
        $problems = [];

        foreach ($fields as $field => $problem) {
            $problems[] = Text::_(self::label($field)) . ' ' . SiteLocale::formatter()->text($problem);
        }

        return implode('; ', $problems);
    }

    private static function sentence(string $kind, ErrorReport $error): string
    {
        $key = self::PREFIX . strtoupper($kind);

        return match ($error->code) {
            ErrorCode::Settings                        => Text::sprintf($key, self::problems($error->fields)),
            ErrorCode::Permission                      => Text::sprintf($key, $error->permission),
            ErrorCode::Refused => Text::sprintf(
                $key,
                LocalTime::unix($error->refusedAt),
                LocalTime::unix($error->nextTryAt),
            ),
            ErrorCode::Database, ErrorCode::Unexpected => Text::sprintf($key, DebugLog::FILE),
            // Their own words say what no general sentence could.
            ErrorCode::Extension, ErrorCode::Host => SiteLocale::formatter()->text($error->message),
            ErrorCode::Unavailable,
            ErrorCode::Blocked,
            ErrorCode::SiteMoved,
            ErrorCode::Currency,
            ErrorCode::Clover,
            ErrorCode::Shop,
            ErrorCode::Reconnect,
                => Text::sprintf($key, SiteLocale::formatter()->text($error->message)),
            ErrorCode::SiteSecret,
            ErrorCode::Callback,
            ErrorCode::NotConnected,
            ErrorCode::DefaultCategory,
            ErrorCode::AlreadyRunning,
            ErrorCode::AlreadySending,
                => Text::_($key),
        };
    }
}
