<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** The settings are invalid. */
final class SettingsException extends CloverException
{
    protected array $fields = [];

    /**
     * Field name => what is wrong with it.
     *
     * @return array<string, string>
     */
    public function getFields(): array
    {
        return $this->fields;
    }
}
