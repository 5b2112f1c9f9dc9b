<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Alerts\Mail;
use CloverSync\Shop\Exception\MailException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Joomla\SiteMailer;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The owner's actions on the mails to him. */
final readonly class MailActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Seconds after which no mail is begun once one has failed: a mail server that hangs does so for each address. */
    private const SECONDS = 45.0;

    public function __construct(
        private ShopFactory $factory,
        private CMSApplicationInterface $app,
    ) {
    }

    public function actions(): array
    {
        return ['mail.test' => $this->test(...)];
    }

    /**
     * Sends the addresses of the saved settings a mail.
     *
     * @return array{message: string}
     */
    private function test(Input $input): array
    {
        $addresses = $this->factory->shop()->settings->alertEmail;
        $mailer    = new SiteMailer($this->app, $this->factory->sql(), $this->factory->state());

        if ($addresses === []) {
            throw new ShopException(Message::said(Text::_(self::PREFIX . 'TEST_MAIL_NONE')));
        }

        LongRequest::begin();
        $budget  = new TimeBudget(self::SECONDS);
        $reason  = null;
        $refused = [];

        foreach ($addresses as $address) {
            if ($reason !== null && $budget->isSpent()) {
                $refused[] = $address;

                continue;
            }

            try {
                $mailer->send($address, Mail::test());
            } catch (MailException $e) {
                $reason    = $e->description();
                $refused[] = $address;
            }
        }

        $sent = array_diff($addresses, $refused);
        $done = $sent === [] ? '' : Text::sprintf(self::PREFIX . 'TEST_MAIL_DONE', implode(', ', $sent));

        if ($reason !== null) {
            $words = Text::sprintf(
                self::PREFIX . 'TEST_MAIL_REFUSED',
                implode(', ', $refused),
                SiteLocale::formatter()->text($reason),
            );

            throw new ShopException(new Message(MessageCode::Said, ['text' => trim("$done $words")], $reason->details));
        }

        return ['message' => $done];
    }
}
