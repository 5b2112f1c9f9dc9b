<?php

declare(strict_types=1);

namespace CloverSync\Exception;

use CloverSync\Problem;

/** The settings are invalid. */
final class SettingsException extends CloverException
{
    /**
     * Field name => what is wrong with it.
     *
     * @return array<string, Problem>
     */
    public function getFields(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
