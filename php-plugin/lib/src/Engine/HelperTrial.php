<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;

/** A helper program of this version, and what came of starting it. */
final readonly class HelperTrial
{
    /** The package's checksums, as sha256sum writes them. */
    private const CHECKSUMS = 'SHA256SUMS';

    public function __construct(
        public string $path,
        public string $name,
        /** The processor that it was built for, by its name; null when the name has none. */
        public ?string $machine,
        public ?HelperProblem $problem,
        /** The function, path, version or message that the problem is about. */
        public string $detail,
        public Checksum $checksum,
    ) {
    }

    public function works(): bool
    {
        return $this->problem === null;
    }

    /** Whether the program is for other servers than this one, so that it is right that it does not start. */
    public function isForeign(): bool
    {
        $here = Platform::machine();

        return !$this->works() && $this->machine !== null && $here !== null && $this->machine !== $here;
    }

    /**
     * Starts each program and ends it, whatever runs the core here. Files that the checksums name and that have gone
     * are in the list too.
     *
     * @return list<self> The likeliest first
     */
    public static function all(): array
    {
        $programs = Engine::programs();
        $sums     = self::checksums();
        $current  = 'clover-helper-' . Engine::VERSION . '-';

        foreach (self::isChosen($programs) ? [] : $sums as $name => $_) {
            $path = Engine::folder() . "/$name";

            if (str_starts_with($name, $current) && !\in_array($path, $programs, true)) {
                $programs[] = $path;
            }
        }

        return array_map(static fn (string $path): self => self::of($path, $sums), $programs);
    }

    /** @param array<string, string> $sums By file name */
    public static function of(string $path, array $sums): self
    {
        $problem = null;
        $detail  = '';

        try {
            HelperProcess::start($path)->end();
        } catch (HelperException $e) {
            $problem = $e->problem;
            $detail  = $e->detail;
        }

        $name    = substr($path, (int) strrpos("/$path", '/'));
        $machine = preg_match('/-(x86_64|aarch64)$/', $name, $match) === 1 ? $match[1] : null;

        return new self($path, $name, $machine, $problem, $detail, self::compare($path, $sums[$name] ?? null));
    }

    /**
     * Whether a program outside the package's folder is set to be used.
     *
     * @param list<string> $programs
     */
    private static function isChosen(array $programs): bool
    {
        return $programs !== [] && !str_starts_with($programs[0], Engine::folder() . '/');
    }

    private static function compare(string $path, ?string $expected): Checksum
    {
        $content = is_file($path) && is_readable($path) ? @file_get_contents($path) : false;

        return match (true) {
            $expected === null => Checksum::Unknown,
            !is_file($path) => Checksum::Vanished,
            $content === false => Checksum::Unknown,
            default => hash('sha256', $content) === $expected ? Checksum::Same : Checksum::Changed,
        };
    }

    /** @return array<string, string> By file name */
    private static function checksums(): array
    {
        $sums = [];
        $text = (string) @file_get_contents(Engine::folder() . '/' . self::CHECKSUMS);

        foreach (explode("\n", $text) as $line) {
            [$sum, $name] = [...explode('  ', $line, 2), ''];
            $sums[$name] = $sum;
        }

        return $sums;
    }
}
