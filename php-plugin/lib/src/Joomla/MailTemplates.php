<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Alerts\MailKind;
use Joomla\CMS\Mail\MailTemplate;

/** The app's rows among Joomla's mail templates. An owner changes a copy of a row for each language, never the row. */
final class MailTemplates
{
    /** Joomla looks for the texts in the language files of the extension that a template's name begins with. */
    public const EXTENSION = 'plg_task_cloversync';

    private const PREFIX = 'PLG_TASK_CLOVERSYNC_MAIL_';

    /** What a template may contain in braces. */
    private const TAGS = [
        MailKind::Alert->value   => ['sitename', 'subjects', 'troubles'],
        MailKind::Summary->value => ['sitename', 'day', 'figures', 'troubles', 'url'],
        MailKind::Test->value    => ['sitename', 'url'],
    ];

    public static function id(MailKind $kind): string
    {
        return self::EXTENSION . ".$kind->value";
    }

    /** Makes the rows that are missing, and brings the others to this version. */
    public static function install(): void
    {
        foreach (MailKind::cases() as $kind) {
            $id      = self::id($kind);
            $subject = self::PREFIX . strtoupper($kind->value) . '_SUBJECT';
            $body    = self::PREFIX . strtoupper($kind->value) . '_BODY';
            $tags    = self::TAGS[$kind->value];

            MailTemplate::getTemplate($id, '') === null
                ? MailTemplate::createTemplate($id, $subject, $body, $tags)
                : MailTemplate::updateTemplate($id, $subject, $body, $tags);
        }
    }
}
