<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;

/**
 * Encrypts secrets for the shop's database: ChaCha20-Poly1305 with a key derived from the site's secret.
 *
 * A sealed text can be decrypted only in the context that it was sealed for. A row copied to another environment or
 * merchant is useless.
 */
final class Vault
{
    /**
     * @param string  $secret   The site's secret, at least 16 bytes
     * @param ?string $previous The secret before the last change: still decrypts, never encrypts
     *
     * @throws SettingsException when a secret is too short
     */
    public function __construct(#[\SensitiveParameter] string $secret, #[\SensitiveParameter] ?string $previous = null)
    {
        throw new \LogicException('provided by the extension');
    }

    /** @param string $context The owner of the text, such as "na/M1M2M3M4M5M6M/tokens" */
    public function seal(#[\SensitiveParameter] string $plaintext, string $context): string
    {
        throw new \LogicException('provided by the extension');
    }

    /** @throws VaultException when the text was changed, belongs to another context, or the secret is another */
    public function open(string $sealed, string $context): string
    {
        throw new \LogicException('provided by the extension');
    }

    /** False when the text was sealed with the previous secret and must be sealed again. */
    public function isCurrent(string $sealed): bool
    {
        throw new \LogicException('provided by the extension');
    }
}
