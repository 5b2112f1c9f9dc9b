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
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteMailer;
use CloverSync\Shop\Messages\Message;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The owner's actions on the mails to him. */
final readonly class MailActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
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

        foreach ($addresses as $address) {
            $mailer->send($address, Mail::test());
        }

        return ['message' => Text::sprintf(self::PREFIX . 'TEST_MAIL_DONE', implode(', ', $addresses))];
    }
}
