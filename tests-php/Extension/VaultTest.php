<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Tests\Support\English;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

final class VaultTest extends TestCase
{
    private const SECRET = '0123456789abcdef';

    #[TestDox('a sealed text, also with binary bytes, can be opened with the same secret in the same context')]
    public function testRoundTrip(): void
    {
        $vault  = new Vault(self::SECRET);
        $sealed = $vault->seal("to\0ken\xff", 'na/M1/tokens');

        self::assertSame("to\0ken\xff", $vault->open($sealed, 'na/M1/tokens'));
        self::assertNotSame($sealed, $vault->seal("to\0ken\xff", 'na/M1/tokens'));
    }

    #[TestDox('a sealed text that was copied to another merchant cannot be opened')]
    public function testContext(): void
    {
        $vault = new Vault(self::SECRET);

        $this->expectException(VaultException::class);
        $vault->open($vault->seal('token', 'na/M1/tokens'), 'na/M2/tokens');
    }

    #[TestDox('after a change of the secret, old texts can be opened and ask to be sealed again')]
    public function testRotation(): void
    {
        $sealed  = (new Vault(self::SECRET))->seal('token', 'c');
        $rotated = new Vault('fedcba9876543210', self::SECRET);

        self::assertSame('token', $rotated->open($sealed, 'c'));
        self::assertFalse($rotated->isCurrent($sealed));
        self::assertTrue($rotated->isCurrent($rotated->seal('token', 'c')));
    }

    #[TestDox('a secret that is too short is refused by field')]
    public function testShortSecret(): void
    {
        try {
            new Vault('short');
            self::fail('accepted');
        } catch (SettingsException $e) {
            self::assertSame(
                ['secret' => 'must have at least 16 bytes'],
                array_map(English::problem(...), $e->getFields()),
            );
        }
    }

    #[TestDox('a backtrace does not show the secret')]
    public function testSensitive(): void
    {
        ini_set('zend.exception_ignore_args', '0');

        try {
            new Vault('canary-short');
            self::fail('accepted');
        } catch (SettingsException $e) {
            self::assertStringNotContainsString('canary', (string) $e);
        } finally {
            ini_restore('zend.exception_ignore_args');
        }
    }
}
