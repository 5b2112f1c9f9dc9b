<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Tests\Support\JoomlaTestCase;
use CloverSync\Tests\Support\MariaDb;
use PHPUnit\Framework\Attributes\TestDox;

/** The app in a PHP that has not loaded the extension and finds no helper program. */
final class WithoutExtensionTest extends JoomlaTestCase
{
    private const HELPER = '/no/such/helper';

    private const SECRET = '11111111-2222-3333-4444-555555555555';

    #[TestDox('One sentence names what is missing and where')]
    public function test_sentence(): void
    {
        $sentence = $this->without('sentence');
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

    #[TestDox('Settings are saved, a secret is refused with a sentence, and nothing is stored with it')]
    public function test_settings(): void
    {
        self::assertSame('', $this->without(['app_id' => 'APPID00000001', 'app_secret' => '']));
        self::assertSame(['app_id' => 'APPID00000001'], $this->stored());
        $refusal = $this->without(['app_id' => 'ANOTHER', 'app_secret' => self::SECRET]);
        self::assertStringStartsWith('App Secret cannot be stored yet', $refusal);
        self::assertStringContainsString($this->without('sentence'), $refusal);
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

    /** @param string|array<string, mixed> $what The event, or the settings that are saved */
    private function without(string|array $what): mixed
    {
        $server  = MariaDb::get();
        $process = proc_open(
            [
                PHP_BINARY,
                __DIR__ . '/scripts/without-extension.php',
                $this->db->prefix,
                \is_array($what) ? json_encode($what, JSON_THROW_ON_ERROR) : $what,
            ],
            [1 => ['pipe', 'w'], 2 => ['pipe', 'w']],
            $pipes,
            env_vars: [
                'CLOVERSYNC_ENGINE'        => 'auto',
                'CLOVERSYNC_HELPER'        => self::HELPER,
                'CLOVERSYNC_TEST_DSN'      => $server->dsn,
                'CLOVERSYNC_TEST_USER'     => $server->user,
                'CLOVERSYNC_TEST_PASSWORD' => $server->password,
            ] + getenv(),
        );
        $output = stream_get_contents($pipes[1]);
        $errors = stream_get_contents($pipes[2]);
        proc_close($process);
        $answer = json_decode($output, true);
        self::assertIsArray($answer, $output . $errors);
        self::assertFalse($answer['loaded'], 'php.ini loads the extension, so that this PHP cannot go without it.');

        return $answer['outcome'];
    }
}
