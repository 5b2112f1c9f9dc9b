<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

/** The names and texts in one PHP file, read from its tokens: comments and the contents of strings are not names. */
final readonly class SourceFile
{
    /** @var list<\PhpToken> Without blanks and comments */
    private array $tokens;

    /** @param string $path Below the folder of the library's classes, such as Sales/Worker.php */
    public function __construct(
        public string $path,
        string $source,
    ) {
        $this->tokens = array_values(array_filter(
            \PhpToken::tokenize($source),
            static fn (\PhpToken $token): bool => !$token->isIgnorable(),
        ));
    }

    /** @return list<self> Of every class below this folder, by path */
    public static function below(string $folder): array
    {
        $texts = self::texts($folder, 'php');

        return array_map(static fn (string $path): self => new self($path, $texts[$path]), array_keys($texts));
    }

    /** @return array<string, string> Texts of the files below this folder, by path */
    public static function texts(string $folder, string $extension, string $except = 'node_modules'): array
    {
        $texts = [];
        /** @var iterable<\SplFileInfo> $files */
        $files = new \RecursiveIteratorIterator(
            new \RecursiveCallbackFilterIterator(
                new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS),
                static fn (mixed $file): bool => $file instanceof \SplFileInfo && $file->getFilename() !== $except,
            ),
        );

        foreach ($files as $file) {
            if ($file->getExtension() === $extension) {
                $path         = substr($file->getPathname(), \strlen($folder) + 1);
                $texts[$path] = (string) file_get_contents($file->getPathname());
            }
        }

        ksort($texts);

        return $texts;
    }

    /** The first folder of the path; the class itself when it is in none. */
    public function folder(): string
    {
        return explode('/', substr($this->path, 0, -\strlen('.php')))[0];
    }

    /** @return list<string> The first folders of this namespace whose classes the file names, without its own */
    public function folders(string $namespace = 'CloverSync\Shop'): array
    {
        $begin   = '/^' . preg_quote($namespace, '/') . '\\\\(\w+)/';
        $folders = [];
        $match   = [];

        foreach ($this->classes() as $class) {
            if (preg_match($begin, $class, $match) === 1 && $match[1] !== $this->folder()) {
                $folders[$match[1]] = $match[1];
            }
        }

        return array_values($folders);
    }

    /** @return list<string> Qualified class names, sorted: imported ones and those written in full */
    public function classes(): array
    {
        $namespace = '';
        $names     = [];

        foreach ($this->tokens as $i => $token) {
            if (!$token->is([T_NAME_QUALIFIED, T_NAME_FULLY_QUALIFIED])) {
                continue;
            }

            $before = $this->tokens[$i - 1] ?? null;
            $next   = $this->tokens[$i + 1] ?? null;

            if ($before?->is(T_NAMESPACE)) {
                $namespace = $token->text;
            } elseif ($token->is(T_NAME_FULLY_QUALIFIED) || $before?->is(T_USE)) {
                // A fully qualified function call is not a class.
                if ($next?->text !== '(' || $before?->is(T_NEW)) {
                    $names[] = ltrim($token->text, '\\');
                }
            } else {
                $names[] = "$namespace\\$token->text";
            }
        }

        sort($names);

        return array_values(array_unique($names));
    }

    /** @return list<string> Plain names outside strings: functions, constants, types, sorted */
    public function words(): array
    {
        $words = array_map(static fn (\PhpToken $token): string => ltrim($token->text, '\\'), array_filter(
            $this->tokens,
            static fn (\PhpToken $token): bool => $token->is([
                T_STRING,
                T_NAME_FULLY_QUALIFIED,
            ]),
        ));
        sort($words);

        return array_values(array_unique($words));
    }

    public function countsInFloats(): bool
    {
        return (
            \in_array('float', array_map(strtolower(...), $this->words()), true)
            || array_intersect(['floatval', 'doubleval', 'round', 'fdiv'], $this->words()) !== []
            || array_filter($this->tokens, static fn (\PhpToken $token): bool => $token->is([
                T_DOUBLE_CAST,
                T_DNUMBER,
            ])) !== []
        );
    }

    /** @return bool Whether a string starts with an SQL statement */
    public function hasSql(): bool
    {
        foreach ($this->tokens as $token) {
            if (
                $token->is([T_CONSTANT_ENCAPSED_STRING, T_ENCAPSED_AND_WHITESPACE])
                && preg_match(
                    '/^["\']?\s*(SELECT\s|INSERT\s+(IGNORE\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|UPDATE #__|DELETE\s+FROM\s'
                    . '|REPLACE\s+INTO\s|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|TRIGGER))/',
                    $token->text,
                ) === 1
            ) {
                return true;
            }
        }

        return false;
    }

    /** @return list<string> Functions that open a file and whose first argument starts with http */
    public function opensAddresses(): array
    {
        $found = [];

        foreach ($this->tokens as $i => $token) {
            if (
                \in_array(ltrim($token->text, '\\'), ['file_get_contents', 'fopen', 'file', 'copy', 'readfile'], true)
                && ($this->tokens[$i + 1] ?? null)?->text === '('
                && preg_match('/^["\']https?:/', $this->tokens[$i + 2]->text) === 1
            ) {
                $found[] = ltrim($token->text, '\\');
            }
        }

        return $found;
    }
}
