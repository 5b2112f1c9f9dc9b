<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Cli\Callback;
use CloverSync\Shop\Alerts\Mail;
use CloverSync\Shop\Alerts\MailKind;
use CloverSync\Shop\Alerts\MailRecords;
use CloverSync\Shop\Exception\MailException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Health\TroubleKind;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\MailTemplates;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteMailer;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use CloverSync\Tests\Support\MailSink;
use CloverSync\Tests\Support\Simulator;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\MailActions;
use Joomla\CMS\Factory;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\Component\Scheduler\Administrator\Task\Status;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\TestDox;

/** Mails by Joomla's own mailer and templates, into a mail server of the test. */
final class MailsTest extends JoomlaTestCase
{
    private const OWNER = 'owner@shop.example';

    private MailSink $sink;

    protected function setUp(): void
    {
        parent::setUp();
        $this->sink = MailSink::start();
        $this->sql->execute(MailSink::TEMPLATES);
        $this->sql->execute('CREATE TABLE #__scheduler_tasks (title VARCHAR(255), type VARCHAR(128), state TINYINT,
            next_execution DATETIME)');
        // Joomla's class of mail templates asks for it in the old way.
        Factory::$database = null;

        foreach (MailSink::configuration($this->sink->port) as $name => $value) {
            JoomlaSite::app()->set($name, $value);
        }

        JoomlaSite::app()->getLanguage()->load(
            'plg_task_cloversync',
            \dirname(__DIR__, 2) . '/php-plugin/plg_task_cloversync',
            'en-GB',
            true,
        );
        $this->state()->set('site_root', 'https://shop.example/');
    }

    protected function tearDown(): void
    {
        Factory::$database = null;
        putenv('CLOVERSYNC_BASE_URL');
        (new \ReflectionProperty(PluginHelper::class, 'plugins'))->setValue(null, []);
        parent::tearDown();
    }

    #[TestDox('An alert has the site’s name, each trouble with what to do and its page, and nothing in braces')]
    public function test_alert(): void
    {
        $this->mailer()->send(self::OWNER, Mail::alert([
            new Trouble(TroubleKind::Uncertain, new Message(MessageCode::SalesUncertain, ['count' => 1_234])),
            new Trouble(TroubleKind::SiteMoved, Message::said('moved')),
        ]));
        [$mail] = $this->sink->mails();
        self::assertMatchesRegularExpression('/^To: .*' . preg_quote(self::OWNER, '/') . '/m', $mail);
        self::assertStringContainsString('Subject: Tests: Web sales whose outcome is uncertain (+1)', $mail);
        self::assertStringContainsString('1,234 stock changes or orders may or may not have reached Clover.', $mail);
        self::assertStringContainsString(
            'https://shop.example/administrator/index.php?option=com_j2commerce&task=appPlugin.display'
            . '&plugin=app_cloverpos&pluginview=outbox',
            $mail,
        );
        self::assertStringContainsString("This site is not the one that was connected\nmoved\n\n", $mail);
        self::assertDoesNotMatchRegularExpression('/[{}]|PLG_|LIB_/', $mail);
    }

    #[TestDox('Times are in the time zone of the reader’s account, else in the site’s')]
    public function test_time(): void
    {
        $this->sql->execute('UPDATE #__users SET email = ?, params = ?', [
            self::OWNER,
            '{"timezone":"Asia/Tokyo","admin_language":""}',
        ]);
        $mail = Mail::alert([new Trouble(TroubleKind::SyncStalled, new Message(MessageCode::CheckSyncStalled, [
            'at' => new Time(1_700_000_000),
        ]))]);
        $this->mailer()->send(self::OWNER, $mail);
        $this->mailer()->send('other@shop.example', $mail);
        [$owner, $other] = $this->sink->mails();
        self::assertStringContainsString('2023-11-15 07:13', $owner);
        self::assertStringContainsString('2023-11-14 22:13', $other);
    }

    #[TestDox('A summary has the day, its figures and what waits; a quiet one says so')]
    public function test_summary(): void
    {
        $this->mailer()->send(self::OWNER, Mail::summary(
            '2026-12-01',
            [
                new Message(MessageCode::DayOrders, ['count' => 3]),
                new Message(MessageCode::DayErrors, ['count' => 2]),
            ],
            [],
        ));
        [$mail] = $this->sink->mails();
        self::assertStringContainsString('Subject: Tests: Clover on 2026-12-01', $mail);
        self::assertStringContainsString("Web orders that reached Clover: 3.\nErrors in the Sync Log: 2.", $mail);
        self::assertStringContainsString("What needs you:\n\nNothing.", $mail);
        self::assertStringContainsString('pluginview=dashboard', $mail);
    }

    #[TestDox('The owner’s own version of a template is sent, an update keeps it, and deleted rows are made again')]
    public function test_templates(): void
    {
        MailTemplates::install();
        MailTemplates::install();
        self::assertSame(
            ['plg_task_cloversync.alert', 'plg_task_cloversync.summary', 'plg_task_cloversync.test'],
            $this->texts('SELECT template_id FROM #__mail_templates ORDER BY template_id'),
        );
        $this->sql->execute(
            "INSERT INTO #__mail_templates
            SELECT template_id, extension, 'en-GB', 'Ours for {SITENAME}', 'Look at {URL}', '', '', params
              FROM #__mail_templates WHERE template_id = ?",
            [MailTemplates::id(MailKind::Test)],
        );
        MailTemplates::install();
        $this->mailer()->send(self::OWNER, Mail::test());
        $this->sql->execute('DELETE FROM #__mail_templates');
        $this->mailer()->send(self::OWNER, Mail::test());
        [$ours, $standard] = $this->sink->mails();
        self::assertStringContainsString('Subject: Ours for Tests', $ours);
        self::assertStringContainsString('Look at https://shop.example/administrator/', $ours);
        self::assertStringContainsString('Subject: Tests: Test mail of the Clover POS Integration', $standard);
    }

    #[TestDox('A mail that the server refuses, and mails that are switched off, are errors with a sentence')]
    public function test_refused(): void
    {
        foreach (['refused@shop.example' => true, self::OWNER => false] as $address => $online) {
            JoomlaSite::app()->set('mailonline', $online);

            try {
                $this->mailer()->send($address, Mail::test());
                self::fail("$address got a mail.");
            } catch (MailException $e) {
                self::assertSame($online ? MessageCode::MailRefused : MessageCode::MailOff, $e->description()->code);
            }
        }

        self::assertSame([], $this->sink->mails());
    }

    #[TestDox('The test mail goes to all addresses, and the answer names those that were refused')]
    public function test_test_mail(): void
    {
        JoomlaSite::loadWords();
        putenv('CLOVERSYNC_BASE_URL=' . Simulator::get()->url);
        $this->enable(['alert_email' => 'refused@shop.example, ' . self::OWNER . ', refused2@shop.example']);
        $refusal = $this->testMail();
        self::assertCount(1, $this->sink->mails());
        self::assertStringContainsString('A test mail was sent to: ' . self::OWNER . '. Check', $refusal);
        self::assertStringContainsString(
            'No test mail was sent to: refused@shop.example, refused2@shop.example. The mail server did not',
            $refusal,
        );
        $this->enable(['alert_email' => 'refused@shop.example']);
        self::assertStringStartsWith('No test mail was sent to: refused@shop.example. The', $this->testMail());
        $this->enable(['alert_email' => self::OWNER . ', other@shop.example']);
        self::assertSame(
            'A test mail was sent to: ' . self::OWNER . ', other@shop.example. Check whether it arrives.',
            $this->testMail(),
        );
        self::assertCount(3, $this->sink->mails());
    }

    /** What the owner reads when he clicks on the button. */
    private function testMail(): string
    {
        $factory = ShopFactory::stored(JoomlaSite::app(), $this->joomla);

        try {
            return (string) (new MailActions($factory, JoomlaSite::app()))->actions()['mail.test'](
                new Input(),
            )['message'];
        } catch (ShopException $e) {
            return ErrorPresenter::of($e)['message'];
        }
    }

    #[TestDox('A scheduled task mails what needs the owner after its work, once; a refusal does not fail the task')]
    public function test_task(): void
    {
        $clover = Simulator::get();
        $clover->reset();
        putenv("CLOVERSYNC_BASE_URL=$clover->url");
        $this->enable(['alert_email' => 'refused@shop.example']);
        $shop          = ShopFactory::stored(JoomlaSite::app(), $this->joomla)->shop();
        $redirect      = 'https://shop.example/administrator/index.php';
        $authorization = $shop->connection->authorize($redirect);
        $shop->connection->complete(Callback::approve($authorization->url, $redirect), $authorization->state);
        $shop->connectionService()->connected();
        $shop->pauses()->of(WorkKind::Payments)->lacks('Payments Write', Message::said('no right'), 'order_push');
        self::assertSame(Status::OK, $this->task());
        self::assertSame([], $this->sink->mails());

        $this->enable(['alert_email' => self::OWNER]);
        $this->sql->execute("DELETE FROM #__j2commerce_clover_state WHERE name LIKE 'mail:%'");
        self::assertSame([Status::OK, Status::OK], [$this->task(), $this->task()]);
        self::assertCount(1, $this->sink->mails());
        self::assertStringContainsString('Recording payments in Clover: paused', $this->sink->mails()[0]);
    }

    #[TestDox('A task whose App Secret cannot be opened mails it, once')]
    public function test_standstill(): void
    {
        JoomlaSite::loadWords();
        putenv('CLOVERSYNC_BASE_URL=' . Simulator::get()->url);
        $this->enable(['alert_email' => self::OWNER]);
        ShopFactory::stored(JoomlaSite::app(), $this->joomla)->shop();
        $this->enable(['alert_email' => ' ' . self::OWNER . ', no address', 'app_secret' => '']);

        try {
            JoomlaSite::app()->set('secret', 'another secret!!');
            self::assertSame([Status::KNOCKOUT, Status::KNOCKOUT], [$this->task(), $this->task()]);
        } finally {
            JoomlaSite::app()->set('secret', JoomlaSite::SECRET);
        }

        self::assertCount(1, $this->sink->mails());
        self::assertStringContainsString(
            'Subject: Tests: The exchange with Clover does not run',
            $this->sink->mails()[0],
        );
        self::assertStringContainsString('pluginview=health', $this->sink->mails()[0]);
        self::assertStringNotContainsString('another secret', $this->sink->mails()[0]);
        $this->enable(['alert_email' => self::OWNER, 'app_secret' => '']);
        $this->task();
        self::assertNotNull((new MailRecords($this->state()))->get('not_running')?->ended);
    }

    private function task(): int
    {
        return JoomlaSite::refreshToken($this->joomla);
    }

    /** @param array<string, scalar> $settings */
    private function enable(array $settings): void
    {
        $parameters = json_encode(
            $settings
            + [
                'environment' => 'sandbox',
                'app_id'      => 'APPID00000001',
                'app_secret'  => '11111111-2222-3333-4444-555555555555',
                'pace_share'  => '100000',
            ],
            JSON_THROW_ON_ERROR,
        );
        $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [$parameters]);
        (new \ReflectionProperty(PluginHelper::class, 'plugins'))->setValue(null, [
            (object) ['type' => 'j2commerce', 'name' => 'app_cloverpos', 'params' => $parameters],
        ]);
    }

    private function mailer(): SiteMailer
    {
        return new SiteMailer(JoomlaSite::app(), $this->sql, $this->state());
    }
}
