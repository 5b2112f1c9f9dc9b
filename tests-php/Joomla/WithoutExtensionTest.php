<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Tests\Support\JoomlaTestCase;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\MailSink;
use CloverSync\Tests\Support\MariaDb;
use CloverSync\Tests\Support\Program;
use Joomla\Component\Scheduler\Administrator\Task\Status;
use PHPUnit\Framework\Attributes\TestDox;

/** The app in a PHP that has not loaded the extension and finds no helper program. */
final class WithoutExtensionTest extends JoomlaTestCase
{
    private const HELPER = '/no/such/helper';

    private const SECRET = '11111111-2222-3333-4444-555555555555';

    #[TestDox('One sentence names what is missing and where')]
    public function test_sentence(): void
    {
        $sentence = $this->sentence('sentence');
        self::assertStringContainsString(self::HELPER, $sentence);
        self::assertStringNotContainsString('PLG_', $sentence);
        self::assertSame([ExtensionException::class, $sentence], $this->without('shop'));
    }

    public function test_an_order_is_noted_all_the_same(): void
    {
        $this->without('order');
        self::assertEquals(
            [['order_id' => '179540797553', 'event' => 'status', 'old_status' => 5, 'new_status' => 1]],
            $this->sql->fetchAll('SELECT order_id, event, old_status, new_status FROM #__j2commerce_clover_outbox'),
        );
    }

    #[TestDox('A scheduled task mails the owner what is missing, once')]
    public function test_mail(): void
    {
        $this->sql->execute(MailSink::TEMPLATES);
        $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [json_encode([
            'alert_email' => 'owner@shop.example',
        ], JSON_THROW_ON_ERROR)]);
        $sink = MailSink::start();
        putenv("CLOVERSYNC_TEST_MAIL_PORT=$sink->port");
        self::assertSame([Status::KNOCKOUT, Status::KNOCKOUT], [$this->without('task'), $this->without('task')]);
        self::assertCount(1, $sink->mails());
        self::assertStringContainsString('The exchange with Clover does not run', $sink->mails()[0]);
        self::assertStringContainsString(self::HELPER, $sink->mails()[0]);
    }

    #[TestDox('Settings are saved, a secret is refused with a sentence, and nothing is stored with it')]
    public function test_settings(): void
    {
        self::assertSame('', $this->without(['app_id' => 'APPID00000001', 'app_secret' => '']));
        self::assertSame(['app_id' => 'APPID00000001'], $this->stored());
        $refusal = $this->sentence(['app_id' => 'ANOTHER', 'app_secret' => self::SECRET]);
        self::assertStringStartsWith('App Secret cannot be stored yet', $refusal);
        self::assertStringContainsString($this->sentence('sentence'), $refusal);
        self::assertStringNotContainsString(self::SECRET, $refusal);
        self::assertSame(['app_id' => 'APPID00000001'], $this->stored());
        self::assertStringNotContainsString(self::SECRET, $this->everything());
    }

    #[TestDox('Secrets in the parameters stay there, unless they are forgotten or the environment changes')]
    public function test_stranded_secrets(): void
    {
        $this->sql->execute("UPDATE #__extensions SET params = ? WHERE element = 'app_cloverpos'", [json_encode([
            'app_secret'     => self::SECRET,
            'webhook_secret' => 'the auth code',
        ], JSON_THROW_ON_ERROR)]);
        self::assertSame('', $this->without(['app_id' => 'APPID00000001', 'app_secret' => '', 'webhook_secret' => '']));
        self::assertSame(
            ['app_id' => 'APPID00000001', 'app_secret' => self::SECRET, 'webhook_secret' => 'the auth code'],
            $this->stored(),
        );
        $this->without(['app_id' => 'APPID00000001', 'forget_webhook_secret' => 1]);
        self::assertSame(['app_id' => 'APPID00000001', 'app_secret' => self::SECRET], $this->stored());
        $this->without(['app_id' => 'APPID00000001', 'environment' => 'eu']);
        self::assertSame(['app_id' => 'APPID00000001', 'environment' => 'eu'], $this->stored());
    }

    /** @param string|array<string, mixed> $what */
    private function sentence(string|array $what): string
    {
        return Json::string($this->without($what));
    }

    /** @param string|array<string, mixed> $what The event, or the settings that are saved */
    private function without(string|array $what): mixed
    {
        $server  = MariaDb::get() ?? self::fail('These tests run on MariaDB.');
        $program = Program::start(
            [
                PHP_BINARY,
                __DIR__ . '/scripts/without-extension.php',
                $this->db->prefix,
                \is_array($what) ? json_encode($what, JSON_THROW_ON_ERROR) : $what,
            ],
            [
                'CLOVERSYNC_ENGINE'        => 'auto',
                'CLOVERSYNC_HELPER'        => self::HELPER,
                'CLOVERSYNC_TEST_DSN'      => $server->dsn,
                'CLOVERSYNC_TEST_USER'     => (string) $server->user,
                'CLOVERSYNC_TEST_PASSWORD' => (string) $server->password,
            ] + getenv(),
        );
        $output = $program->rest();
        $program->end();
        $answer = json_decode($output, true);
        self::assertIsArray($answer, $output . $program->errors());
        self::assertFalse($answer['loaded'], 'php.ini loads the extension, so that this PHP cannot go without it.');

        return $answer['outcome'];
    }
}
