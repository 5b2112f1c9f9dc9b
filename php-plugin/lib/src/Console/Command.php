<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** A command that the command line and Joomla's console have in common. */
interface Command
{
    public static function usage(): Usage;

    public function run(Options $options): ExitCode;
}
