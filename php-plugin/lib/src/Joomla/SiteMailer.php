<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Alerts\Mail;
use CloverSync\Shop\Alerts\Mailer;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\MailException;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Status\SiteUser;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Component\ComponentHelper;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Language;
use Joomla\CMS\Language\LanguageFactoryInterface;
use Joomla\CMS\Language\LanguageHelper;
use Joomla\CMS\Mail\Exception\MailDisabledException;
use Joomla\CMS\Mail\Mail as JoomlaMail;
use Joomla\CMS\Mail\MailerFactoryInterface;
use Joomla\CMS\Mail\MailTemplate;

/**
 * Sends mails by Joomla's mail templates and settings. A user of the site reads them in the language and time zone of
 * his account, all others in those of the administrator.
 */
final readonly class SiteMailer implements Mailer
{
    /** Seconds for each answer of the mail server. */
    private const PATIENCE = 15;

    private const LANGUAGE = 'en-GB';

    /** Format of a day where a language has none. */
    private const DAY = 'Y-m-d';

    /** @param KeyValueStore $state The facts of the connection's environment */
    public function __construct(
        private CMSApplicationInterface $app,
        private Sql $sql,
        private KeyValueStore $state,
    ) {
    }

    public function send(string $address, Mail $mail): void
    {
        try {
            $sent = $this->template($address, $mail)->send();
        } catch (MailDisabledException $e) {
            throw new MailException(new Message(MessageCode::MailOff), $e);
        } catch (\Throwable $e) {
            // Joomla's mailer throws exceptions of many libraries, and each means the same here.
            throw new MailException(new Message(MessageCode::MailRefused, details: $e->getMessage()), $e);
        }

        if (!$sent) {
            throw new MailException(new Message(MessageCode::MailRefused));
        }
    }

    private function template(string $address, Mail $mail): OwnerMail
    {
        $user     = SiteUser::parameters($this->sql, $address);
        $tag      = self::languageOf($user);
        $language = $this->language($tag);
        $words    = SiteLocale::of(
            $language,
            LocalTime::zone($user['timezone'] ?? '') ?? LocalTime::siteZone($this->app),
        );
        $tags     = $this->tags($mail, $words, $language);
        $template = new OwnerMail($mail->kind, $tag, $language, $this->app->getLanguage()->getTag(), self::mailer());

        // The rows may have been deleted.
        if (MailTemplate::getTemplate(MailTemplates::id($mail->kind), '') === null) {
            MailTemplates::install();
        }

        $template->addRecipient($address);
        $template->addTemplateData($tags);
        $template->addUnsafeTags(array_keys($tags));

        return $template;
    }

    /** @param array<string, string> $user Parameters of the reader's account */
    private static function languageOf(array $user): string
    {
        $standard = ComponentHelper::getParams('com_languages')->get('administrator', self::LANGUAGE);

        foreach ([$user['admin_language'] ?? '', $standard] as $tag) {
            if (\is_string($tag) && $tag !== '' && LanguageHelper::exists($tag, JPATH_ADMINISTRATOR)) {
                return $tag;
            }
        }

        return self::LANGUAGE;
    }

    private static function mailer(): JoomlaMail
    {
        /** @var MailerFactoryInterface $factory */
        $factory = Factory::getContainer()->get(MailerFactoryInterface::class);
        $mailer  = $factory->createMailer();

        if (!$mailer instanceof JoomlaMail) {
            throw new \UnexpectedValueException('Joomla’s mail templates need Joomla’s mailer.');
        }

        $mailer->Timeout = self::PATIENCE;

        return $mailer;
    }

    private function language(string $tag): Language
    {
        $language = $this->app->getLanguage();

        if ($language->getTag() !== $tag) {
            /** @var LanguageFactoryInterface $factory */
            $factory  = Factory::getContainer()->get(LanguageFactoryInterface::class);
            $language = $factory->createLanguage($tag, false);
            // A language of the administrator need not be one of the site, which Joomla's command line belongs to.
            $language->load('joomla', JPATH_ADMINISTRATOR);
        }

        if (!$language->load(MailTemplates::EXTENSION, JPATH_ADMINISTRATOR)) {
            $language->load(MailTemplates::EXTENSION, JPATH_PLUGINS . '/task/cloversync');
        }

        return $language;
    }

    /** @return array<string, string> */
    private function tags(Mail $mail, Formatter $words, Language $language): array
    {
        $subjects = $mail->subjects();
        $more     = \count($subjects) - 1;
        $troubles = array_map(fn (Trouble $trouble): string => $this->trouble($trouble, $words), $mail->troubles);
        $figures  = array_map($words->text(...), $mail->figures);

        return [
            'sitename' => (string) $this->app->get('sitename'),
            'subjects' => $words->text($subjects[0]) . ($more > 0 ? " (+$more)" : ''),
            'day'      => $mail->day === '' ? '' : self::day($mail->day, $language),
            'figures'  => $figures === [] ? $words->text(new Message(MessageCode::DayQuiet)) : implode("\n", $figures),
            'troubles' => $troubles === []
                ? $words->text(new Message(MessageCode::DayNothingWaits))
                : implode("\n\n", $troubles),
            'url'      => $this->link('dashboard'),
        ];
    }

    private function trouble(Trouble $trouble, Formatter $words): string
    {
        $page = $trouble->kind->page();

        return implode("\n", array_filter(
            [
                $words->text($trouble->kind->title()),
                $words->text($trouble->message)
                    . ($trouble->advice === null ? '' : ' ' . $words->text($trouble->advice)),
                $page === null ? '' : $this->link($page),
            ],
            static fn (string $line): bool => $line !== '',
        ));
    }

    /** Empty before the first connection. */
    private function link(string $page): string
    {
        $root = SiteAddress::root($this->state);

        return $root === null ? '' : "{$root}administrator/" . PageAddress::of($page);
    }

    private static function day(string $day, Language $language): string
    {
        $format = $language->hasKey('DATE_FORMAT_LC4') ? $language->_('DATE_FORMAT_LC4') : self::DAY;

        return (new \DateTimeImmutable($day))->format($format);
    }
}
