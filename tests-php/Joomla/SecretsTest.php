<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Exception\VaultException;
use CloverSync\Tests\Support\JoomlaTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Storage of App Secret and Auth Code. */
final class SecretsTest extends JoomlaTestCase
{
    private const SECRET = '11111111-2222-3333-4444-555555555555';

    public function test_the_table_holds_sealed_text_and_not_the_secret(): void
    {
        $factory = $this->factory();
        $secrets = $factory->secrets();
        self::assertSame([false, []], [$secrets->has('app_secret'), $secrets->open($factory->vault())]);
        $secrets->keep('app_secret', self::SECRET, $factory->vault());

        self::assertSame([true, false], [$secrets->has('app_secret'), $secrets->has('webhook_secret')]);
        self::assertSame(['app_secret' => self::SECRET], $secrets->open($factory->vault()));
        self::assertStringNotContainsString(self::SECRET, $this->everything());
        self::assertStringNotContainsString(base64_encode(self::SECRET), $this->everything());
        self::assertNotSame('', (string) $this->state()->get('secret_app_secret'));
    }

    public function test_the_same_secret_is_sealed_into_another_text_each_time(): void
    {
        $factory = $this->factory();
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());
        $first = $this->state()->get('secret_app_secret');
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());
        self::assertNotSame($first, $this->state()->get('secret_app_secret'));
    }

    public function test_each_environment_has_its_own(): void
    {
        $factory = $this->factory();
        $vault   = $factory->vault();
        $factory->secrets('sandbox')->keep('app_secret', 'of the sandbox', $vault);
        $factory->secrets('eu')->keep('app_secret', 'of europe', $vault);
        $factory->secrets('eu')->keep('webhook_secret', 'of its webhooks', $vault);

        self::assertSame(['app_secret' => 'of the sandbox'], $factory->secrets()->open($vault));
        self::assertSame(
            ['app_secret' => 'of europe', 'webhook_secret' => 'of its webhooks'],
            $this->factory(['environment' => 'eu'])->secrets()->open($vault),
        );
        self::assertSame([], $factory->secrets('na')->open($vault));
        $factory->secrets('eu')->forget('app_secret');
        self::assertSame([true, false, true], [
            $factory->secrets()->has('app_secret'),
            $factory->secrets('eu')->has('app_secret'),
            $factory->secrets('eu')->has('webhook_secret'),
        ]);
    }

    #[TestDox('A sealed text that was copied to another environment, or to another secret, cannot be opened')]
    public function test_sealed_texts_cannot_be_exchanged(): void
    {
        $factory = $this->factory();
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());

        foreach (['eu' => 'secret_app_secret', 'sandbox' => 'secret_webhook_secret'] as $environment => $name) {
            $this->state($environment)->set($name, (string) $this->state()->get('secret_app_secret'));

            try {
                $factory->secrets($environment)->open($factory->vault());
                self::fail("$environment/$name was opened.");
            } catch (VaultException $e) {
                self::assertStringNotContainsString(self::SECRET, (string) $e);
            }
        }
    }

    #[TestDox('With another site secret nothing can be opened; a secret that is stored again can')]
    public function test_another_site_secret(): void
    {
        $factory = $this->factory();
        $factory->secrets()->keep('app_secret', self::SECRET, $factory->vault());
        $other = $this->factory(secret: 'another secret..');

        try {
            $other->secrets()->open($other->vault());
            self::fail('It was opened.');
        } catch (VaultException $e) {
            self::assertStringNotContainsString(self::SECRET, (string) $e);
        }

        self::assertTrue($other->secrets()->has('app_secret'));
        $other->secrets()->keep('app_secret', self::SECRET, $other->vault());
        self::assertSame(['app_secret' => self::SECRET], $other->secrets()->open($other->vault()));
    }
}
