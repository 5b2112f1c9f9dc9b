<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** English, from the language file itself: for the command line, which has no Joomla. Times are UTC. */
final class EnglishLocale implements Locale
{
    private const FILE = __DIR__ . '/../../language/en-GB/lib_cloversync.ini';

    /** @var ?array<string, string> */
    private static ?array $texts = null;

    public static function formatter(): Formatter
    {
        return new Formatter(new self());
    }

    public function text(string $key): ?string
    {
        return (self::$texts ??= self::load())[$key] ?? null;
    }

    public function pluralSuffixes(int $count): array
    {
        return $count === 1 ? ['1'] : [];
    }

    public function number(string $digits): string
    {
        return Digits::grouped($digits, '.', ',');
    }

    public function time(int $unix): string
    {
        return gmdate('Y-m-d H:i', $unix) . ' UTC';
    }

    /** @return array<string, string> By key */
    private static function load(): array
    {
        $lines = [];
        preg_match_all('/^([A-Z0-9_]+)="(.*)"$/m', (string) file_get_contents(self::FILE), $lines);

        return array_combine($lines[1], $lines[2]);
    }
}
