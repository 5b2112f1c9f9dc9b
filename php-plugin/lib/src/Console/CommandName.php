<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** The commands that the command line and Joomla's console have in common. */
enum CommandName: string
{
    case Status  = 'status';
    case Sync    = 'sync';
    case Preview = 'preview';
    case Log     = 'log';
    case Work    = 'work';
    case Drift   = 'drift';
    case Doctor  = 'doctor';

    public function usage(): Usage
    {
        return match ($this) {
            self::Status => StatusCommand::usage(),
            self::Sync => SyncCommand::usage(),
            self::Preview => PreviewCommand::usage(),
            self::Log => LogCommand::usage(),
            self::Work => WorkCommand::usage(),
            self::Drift => DriftCommand::usage(),
            self::Doctor => DoctorCommand::usage(),
        };
    }

    public function create(Console $console, Host $host): Command
    {
        return match ($this) {
            self::Status => new StatusCommand($console, $host),
            self::Sync => new SyncCommand($console, $host),
            self::Preview => new PreviewCommand($console, $host),
            self::Log => new LogCommand($console, $host),
            self::Work => new WorkCommand($console, $host),
            self::Drift => new DriftCommand($console, $host),
            self::Doctor => new DoctorCommand($console, $host),
        };
    }
}
