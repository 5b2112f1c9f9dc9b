<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Shop\Engine\Wire;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;

/**
 * Encrypts secrets for the shop's database: ChaCha20-Poly1305 with a key derived from the site's secret.
 *
 * A sealed text can be decrypted only in the context that it was sealed for. A row copied to another environment or
 * merchant is useless.
 */
final readonly class Vault
{
    /**
     * @param string  $secret   The site's secret, at least 16 bytes
     * @param ?string $previous The secret before the last change: still decrypts, never encrypts
     *
     * @throws SettingsException when a secret is too short
     */
    public function __construct(#[\SensitiveParameter] string $secret, #[\SensitiveParameter] ?string $previous = null)
    {
        Handle::create($this, 'Vault', [$secret, $previous]);
    }

    /** @param string $context The owner of the text, such as "na/M1M2M3M4M5M6M/tokens" */
    public function seal(#[\SensitiveParameter] string $plaintext, string $context): string
    {
        return Wire::bytes(Handle::call($this, 'seal', [$plaintext, $context]));
    }

    /** @throws VaultException when the text was changed, belongs to another context, or the secret is another */
    public function open(string $sealed, string $context): string
    {
        return Wire::bytes(Handle::call($this, 'open', [$sealed, $context]));
    }

    /** False when the text was sealed with the previous secret and must be sealed again. */
    public function isCurrent(string $sealed): bool
    {
        return Handle::call($this, 'isCurrent', [$sealed]);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
