<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Alerts\MailKind;
use Joomla\CMS\Language\Language;
use Joomla\CMS\Mail\Mail;
use Joomla\CMS\Mail\MailTemplate;

/**
 * A mail by a template, in the reader's language. Joomla puts a template into words for one language only in a process,
 * and only for languages of the application that runs, so here it is done with texts that are loaded already.
 */
final class OwnerMail extends MailTemplate
{
    private static ?self $sending = null;

    /**
     * @param string   $tag   The reader's language
     * @param Language $texts In it
     * @param string   $here  The application's language, for which Joomla loads nothing
     */
    public function __construct(
        MailKind $kind,
        private readonly string $tag,
        private readonly Language $texts,
        string $here,
        Mail $mailer,
    ) {
        parent::__construct(MailTemplates::id($kind), $here, $mailer);
    }

    public function send()
    {
        self::$sending = $this;

        try {
            return parent::send();
        } finally {
            self::$sending = null;
        }
    }

    public function addLayoutTemplateData($data)
    {
        parent::addLayoutTemplateData(array_replace($data, ['lang' => substr($this->tag, 0, 2)]));
    }

    public static function getTemplate($key, $language)
    {
        $mail = self::$sending;
        $row  = parent::getTemplate($key, $mail->tag ?? $language);

        if (!$row instanceof \stdClass || $mail === null) {
            return $row;
        }

        foreach (['subject', 'body', 'htmlbody'] as $part) {
            // An owner's own text is not a key, and stays as it is.
            $row->$part = $mail->texts->_((string) $row->$part);
        }

        return $row;
    }
}
