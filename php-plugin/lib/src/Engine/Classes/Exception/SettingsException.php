<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

use CloverSync\Problem;

/** The settings are invalid. */
final class SettingsException extends CloverException
{
    protected array $fields = [];

    /**
     * Field name => what is wrong with it.
     *
     * @return array<string, Problem>
     */
    public function getFields(): array
    {
        return (static fn (array $list): array => array_map(Problem::fromRow(...), $list))($this->fields);
    }
}
