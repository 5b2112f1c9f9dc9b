<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\NeededFunctions;
use CloverSync\Shop\Support\Platform;

/** The PHP that reads it, as far as the choice of the engine depends on it. */
final readonly class PhpFacts
{
    /** Number of the interface that PHP extensions are built for, by PHP version. */
    private const INTERFACES = ['8.3' => 20_230_831, '8.4' => 20_240_924, '8.5' => 20_250_925];

    /** Paths that name a user or a customer; the name is the part after them. */
    private const USERS = '~(?<=/)(home\d*|Users|usr/home|vhosts)/[^/\s]+~';

    /**
     * @param list<string> $disabled Functions that the product calls and this PHP has disabled
     */
    public function __construct(
        public string $version,
        public string $sapi,
        public string $system,
        public ?string $machine,
        public string $libc,
        public bool $hasPlainBuild,
        public ?string $iniFile,
        public string $extensionFolder,
        public bool $isConfined,
        /** Whether no program may be started from the helpers' folder (noexec). */
        public bool $noexec,
        public array $disabled,
    ) {
    }

    public static function read(): self
    {
        return new self(
            version: PHP_VERSION,
            sapi: PHP_SAPI,
            system: Platform::system() ?? PHP_OS_FAMILY,
            machine: Platform::machine(),
            libc: self::libc(),
            // Integers before PHP 8.4.
            hasPlainBuild: !(bool) PHP_ZTS && !(bool) PHP_DEBUG,
            iniFile: Platform::iniFile(),
            extensionFolder: Platform::setting('extension_dir'),
            isConfined: Platform::setting('open_basedir') !== '',
            noexec: self::isNoexec(Engine::folder(), (string) @file_get_contents('/proc/self/mounts')),
            disabled: self::disabled(),
        );
    }

    /** @return ?string Name of the library file that fits this PHP; null when none is built for it */
    public function libraryName(): ?string
    {
        $interface = self::INTERFACES[implode('.', \array_slice(explode('.', $this->version), 0, 2))] ?? null;

        return $interface === null
        || !$this->hasPlainBuild
        || !\in_array($this->machine, ['x86_64', 'aarch64'], true)
        || $this->libc === 'musl'
            ? null
            : 'cloversync-' . Engine::VERSION . "-$interface-nts-$this->machine.so";
    }

    /**
     * @param list<string> $folders Where to look beside PHP's own folder
     *
     * @return ?string Path of a library file that fits this PHP
     */
    public function library(array $folders): ?string
    {
        $name = $this->libraryName();

        foreach ($name === null ? [] : [$this->extensionFolder, ...$folders] as $folder) {
            // PHP warns of a folder outside open_basedir.
            if ($folder !== '' && @is_file("$folder/$name")) {
                return "$folder/$name";
            }
        }

        return null;
    }

    /** The text without names of users in paths. */
    public static function withoutUsers(string $text): string
    {
        return (string) preg_replace(self::USERS, '$1/…', $text);
    }

    /**
     * Whether the folder's file system is mounted with noexec.
     *
     * @param string $mounts As Linux lists them: what, where, kind, options
     */
    public static function isNoexec(string $folder, string $mounts): bool
    {
        $found   = '';
        $options = [];

        foreach (explode("\n", $mounts) as $line) {
            $parts = explode(' ', $line);
            $where = rtrim(strtr($parts[1] ?? '', ['\\040' => ' ']), '/');

            // A later line covers an earlier one of the same folder.
            if (isset($parts[3]) && str_starts_with("$folder/", "$where/") && \strlen($where) >= \strlen($found)) {
                $found   = $where;
                $options = explode(',', $parts[3]);
            }
        }

        return \in_array('noexec', $options, true);
    }

    private static function libc(): string
    {
        // The C library contains iconv where PHP is built with that.
        return match (true) {
            \defined('ICONV_IMPL') && str_starts_with(ICONV_IMPL, 'glibc') => 'glibc ' . ICONV_VERSION,
            @is_file('/lib/ld-musl-x86_64.so.1'), @is_file('/lib/ld-musl-aarch64.so.1') => 'musl',
            default => 'unknown',
        };
    }

    /** @return list<string> */
    private static function disabled(): array
    {
        $used = array_merge(
            Platform::OPTIONAL,
            ...array_values(NeededFunctions::LIBRARY),
            ...array_values(NeededFunctions::JOOMLA),
        );
        $named = array_map(trim(...), explode(',', Platform::setting('disable_functions')));

        return array_values(array_unique(array_intersect($used, $named)));
    }
}
