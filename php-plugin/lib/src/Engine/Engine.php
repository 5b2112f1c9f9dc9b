<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;

/**
 * What runs the Rust core: the PHP extension where it is loaded, else a helper program. Both offer the same classes.
 *
 * CLOVERSYNC_ENGINE (auto, extension, helper) and CLOVERSYNC_HELPER (a path) are for tests and the command line.
 */
enum Engine: string
{
    case Extension = 'extension';
    case Helper    = 'helper';

    /** Of this library, of the extension and of the helper. */
    public const VERSION = '0.2.0';

    /** Versions of the extension that fit begin with it. */
    public const MINOR = '0.2';

    /** The package has a helper for each. */
    private const MACHINES = ['x86_64', 'aarch64'];

    /** Makes the classes of the extension available where it is not loaded. Starts nothing. */
    public static function register(): void
    {
        /** @var bool $registered */
        static $registered = false;

        if ($registered) {
            return;
        }

        $registered = true;

        spl_autoload_register(static function (string $class): void {
            if (!str_starts_with($class, 'CloverSync\\') || self::current() !== self::Helper) {
                return;
            }

            $file = __DIR__ . '/Classes/' . str_replace('\\', '/', substr($class, \strlen('CloverSync\\'))) . '.php';

            if (is_file($file)) {
                require $file;
            }
        });
    }

    /** The one that is used, without a look whether it works. */
    public static function current(): self
    {
        return match (Platform::variable('CLOVERSYNC_ENGINE')) {
            'extension' => self::Extension,
            'helper'    => self::Helper,
            default     => Platform::hasExtension('cloversync') ? self::Extension : self::Helper,
        };
    }

    /** Whether a variable names the engine, whatever PHP has loaded. */
    public static function isChosen(): bool
    {
        return \in_array(Platform::variable('CLOVERSYNC_ENGINE'), ['extension', 'helper'], true);
    }

    /** What runs the core here. Tries a helper where one is needed, which costs a millisecond once a process. */
    public static function report(): EngineReport
    {
        if (self::current() === self::Extension) {
            return new EngineReport(self::Extension, Platform::extensionVersion('cloversync'));
        }

        try {
            HelperProcess::use();

            return new EngineReport(self::Helper, self::VERSION);
        } catch (HelperException $e) {
            return new EngineReport(self::Helper, null, $e->problem, $e->detail);
        }
    }

    /** Where the package puts the helper programs. */
    public static function folder(): string
    {
        return substr(__DIR__, 0, -\strlen('/src/Engine')) . '/helpers';
    }

    /** @return list<string> Paths of the programs to be tried, the likeliest first */
    public static function programs(): array
    {
        $chosen = Platform::variable('CLOVERSYNC_HELPER');

        if ($chosen !== null) {
            return [$chosen];
        }

        $machine = Platform::machine();
        $found   = [];

        foreach (self::MACHINES as $name) {
            $path = self::folder() . '/clover-helper-' . self::VERSION . "-$name";

            if (is_file($path)) {
                $found = $name === $machine ? [$path, ...$found] : [...$found, $path];
            }
        }

        return $found;
    }

    /**
     * The first helper that answers.
     *
     * @throws HelperException of the likeliest one
     */
    public static function startHelper(): HelperProcess
    {
        $first = null;

        foreach (self::programs() as $program) {
            try {
                return HelperProcess::start($program);
            } catch (HelperException $e) {
                $first ??= $e;
            }
        }

        // The program of another machine says nothing about why this machine's has gone.
        $own = self::ownProgram();

        throw $first === null || $own !== null && !is_file($own)
            ? new HelperException(HelperProblem::Missing, $own ?? self::folder())
            : $first;
    }

    /** The package's program for this machine; null when another one is chosen, or the machine is not known. */
    private static function ownProgram(): ?string
    {
        $machine = Platform::machine();

        return Platform::variable('CLOVERSYNC_HELPER') === null && \in_array($machine, self::MACHINES, true)
            ? self::folder() . '/clover-helper-' . self::VERSION . "-$machine"
            : null;
    }
}
