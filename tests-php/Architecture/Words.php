<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

/**
 * Language keys as defined and used. A key is used in full, or as a prefix defined in the file and a word after it:
 */
final class Words
{
    private const ROOT = '(?:PLG_(?:J2COMMERCE_APP_CLOVERPOS|[A-Z]+_CLOVERSYNC)|PKG_CLOVERPOS|LIB_CLOVERSYNC)';

    private const APP = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Functions of templates and scripts that add a prefix to a word: the app's, and `$say` the file's. */
    private const WRAPPED = '/(?<![\w>])(\$word|\$say|text)(\((?:[^()]++|(?2))*\))/';

    /** @var array<string, array<string, true>> File => keys, with * for what is not known until it runs */
    private array $named = [];

    /** @var list<array{string, string, int}> File, key, number of values */
    private array $values = [];

    /** @var array<string, true> Texts in quotes in all files, in capitals */
    private array $literals = [];

    /**
     * @param array<string, string> $defined Key => text
     * @param array<string, string> $files   Path => source
     * @param list<string>          $texts   Sources whose strings may be words, such as the states in the stubs
     */
    public function __construct(
        private readonly array $defined,
        array $files,
        array $texts = [],
    ) {
        foreach ([...$texts, ...array_values($files)] as $source) {
            $literals = [];
            preg_match_all('/[\'"]([A-Za-z0-9_]+)[\'"]/', $source, $literals);
            $this->literals += array_fill_keys(array_map(strtoupper(...), $literals[1]), true);
        }

        foreach ($files as $path => $source) {
            $this->named[$path] = [];
            match (pathinfo($path, PATHINFO_EXTENSION)) {
                'php'   => $this->readPhp($path, $source),
                'js'    => $this->readWrapped($path, $source),
                'xml'   => $this->readXml($path, $source),
                default => throw new \LogicException("No words are read from $path."),
            };
        }
    }

    /** @return list<string> */
    public function undefined(): array
    {
        $found = [];

        foreach ($this->named as $path => $keys) {
            foreach (array_keys($keys) as $key) {
                if ($this->matching($key) === []) {
                    $found[] = "$path: $key";
                }
            }
        }

        return $found;
    }

    /** @return list<string> */
    public function unused(): array
    {
        $used = [];

        foreach (array_keys(array_merge(...array_values($this->named))) as $pattern) {
            foreach ($this->matching($pattern) as $key) {
                $rest = [];

                if (preg_match(self::expression($pattern), $key, $rest) !== 1) {
                    $used[$key] = true;

                    continue;
                }

                // A gap is filled with a string of the code: a state, a setting, another word.
                if (array_filter(\array_slice($rest, 1), fn (string $part): bool => !$this->isText($part)) === []) {
                    $used[$key] = true;
                }
            }
        }

        foreach (array_keys($used) as $key) {
            $used += array_fill_keys($this->plurals($key), true);
        }

        return array_values(array_diff(array_keys($this->defined), array_keys($used)));
    }

    /** @return list<string> */
    public function misfits(): array
    {
        $found = [];

        foreach ($this->values as [$path, $key, $values]) {
            $has = self::placeholders($this->defined[$key] ?? '');

            if (isset($this->defined[$key]) && $has !== $values) {
                $found[] = "$path: $key has $has, gets $values";
            }
        }

        return $found;
    }

    public function calls(): int
    {
        return \count($this->values);
    }

    /** @return list<string> Keys of scripts that PHP does not use, in full or as a word */
    public function unsent(): array
    {
        $php = [];

        foreach ($this->named as $path => $keys) {
            $php += str_ends_with($path, '.php') ? $keys : [];
        }

        $found = [];

        foreach ($this->named as $path => $keys) {
            foreach (str_ends_with($path, '.js') ? array_keys($keys) : [] as $key) {
                if (!isset($php[$key])) {
                    $found[] = "$path: $key";
                }
            }
        }

        return $found;
    }

    private function readXml(string $path, string $source): void
    {
        preg_match_all('/\b' . self::ROOT . '(?:_[A-Z0-9_]*[A-Z0-9])?\b/', $source, $keys);
        $this->named[$path] += array_fill_keys($keys[0], true);

        // Joomla shows a plugin under the key that is its name in capitals.
        $name = strtoupper((string) self::match('/<name>(\w+)<\/name>/', $source));

        if (preg_match('/^' . self::ROOT . '$/', $name) === 1) {
            $this->named[$path][$name] = true;
        }
    }

    private function readWrapped(string $path, string $source, ?string $prefix = null): void
    {
        preg_match_all(self::WRAPPED, $source, $calls, PREG_SET_ORDER);

        foreach ($calls as [, $function, $arguments]) {
            $words = [];
            preg_match_all('/(?:^\(|[?:]\s*)\'([A-Z0-9_]+)\'/', $arguments, $words);

            foreach ($words[1] as $word) {
                $gap = str_ends_with($word, '_') ? '*' : '';

                $this->named[$path][($function === '$say' ? $prefix ?? '' : self::APP) . $word . $gap] = true;
            }
        }
    }

    private function readPhp(string $path, string $source): void
    {
        $source = self::withoutComments($source);
        $prefix = self::match('/(?:const PREFIX|\$prefix)\s*=\s*\'(' . self::ROOT . '_[A-Z0-9_]*)\'/', $source);
        $this->readWrapped($path, $source, $prefix);
        // From here on every key is one string: 'PREFIX_WORD', or 'PREFIX_' . $unknown.
        $source = (string) preg_replace(
            '/(?:(?:self|static)::PREFIX|\$prefix)(?=\s*\.)/',
            "'" . ($prefix ?? '') . "'",
            $source,
        );
        $root   = '\'(' . self::ROOT . '_(?:[A-Z0-9_]*_)?)\'\s*\.\s*';
        $source = (string) preg_replace('/' . $root . '\'([A-Z0-9_]+)\'/', "'\\1\\2'", $source);
        $source = (string) preg_replace(
            '/' . $root . '\((?:[^()\']|\'[^\']*\'|\([^()]*\))*?\?\s*\'([A-Z0-9_]+)\'\s*:\s*\'([A-Z0-9_]+)\'\)/',
            "'\\1\\2'|'\\1\\3'",
            $source,
        );
        preg_match_all(
            '/\'('
            . self::ROOT
            . '(?:_[A-Z0-9_]+)?)\'(\s*\.\s*(?:strtoupper\([^()]*(?:\([^()]*\))?[^()]*\)|[\w\\\\]+\([^()]*\)'
            . '|\$\w+(?=\s*\.\s*\')))?(\s*\.\s*\'(\w+)\')?/',
            $source,
            $texts,
            PREG_SET_ORDER,
        );

        foreach ($texts as $text) {
            $key = $text[1] . (($text[2] ?? '') === '' ? '' : '*' . ($text[4] ?? ''));

            if (!str_ends_with($key, '_')) {
                $this->named[$path][$key] = true;
            }
        }

        preg_match_all("/$root\"\{\\\$\w+\}([A-Z0-9_]+)\"/", $source, $texts, PREG_SET_ORDER);

        foreach ($texts as [, $begin, $end]) {
            $this->named[$path]["$begin*$end" . (str_ends_with($end, '_') ? '*' : '')] = true;
        }

        // Joomla's tasks have a title and a description with this prefix.
        preg_match_all('/\'langConstPrefix\'\s*=>\s*\'(\w+)\'/', $source, $tasks);

        foreach ($tasks[1] as $task) {
            unset($this->named[$path][$task]);
            $this->named[$path] += ["{$task}_TITLE" => true, "{$task}_DESC" => true];
        }

        // Joomla lists mail templates by a title and a description, whose keys it makes of their names.
        foreach (array_keys($this->named[$path]) as $key) {
            if (preg_match('/_MAIL_\*_SUBJECT$/', $key) === 1) {
                $this->named[$path] += [
                    substr($key, 0, -\strlen('SUBJECT')) . 'TITLE' => true,
                    substr($key, 0, -\strlen('SUBJECT')) . 'DESC'  => true,
                ];
            }
        }

        // Words of a list or of a call that get their prefix elsewhere in the file.
        if ($prefix !== null) {
            preg_match_all('/\'([A-Z][A-Z0-9_]+)\'/', $source, $words);

            foreach ($words[1] as $word) {
                if (isset($this->defined[$prefix . $word])) {
                    $this->named[$path][$prefix . $word] = true;
                }
            }
        }

        $this->readCalls($path, $source);
    }

    private function readCalls(string $path, string $source): void
    {
        $tokens = array_values(array_filter(
            \PhpToken::tokenize($source),
            static fn (\PhpToken $token): bool => !$token->isIgnorable(),
        ));

        foreach ($tokens as $i => $token) {
            if (
                $token->text !== 'Text'
                || ($tokens[$i + 1]->text ?? '') !== '::'
                || ($tokens[$i + 3]->text ?? '') !== '('
            ) {
                continue;
            }

            $function  = $tokens[$i + 2]->text;
            $arguments = self::arguments($tokens, $i + 4);
            $keys      = array_map(static fn (string $key): string => trim($key, "'"), explode('|', $arguments[0]));

            foreach ($keys as $key) {
                if (preg_match('/^' . self::ROOT . '\w*$/', $key) !== 1) {
                    continue;
                }

                if (\in_array($function, ['sprintf', '_'], true) && !str_contains(implode('', $arguments), '...')) {
                    $this->values[] = [$path, $key, $function === '_' ? 0 : \count($arguments) - 1];
                }
            }
        }
    }

    /**
     * @param list<\PhpToken> $tokens
     *
     * @return non-empty-list<string> Without spaces; a trailing comma adds none
     */
    private static function arguments(array $tokens, int $i): array
    {
        $arguments = [];
        $argument  = '';
        $depth     = 0;

        for (; $i < \count($tokens); $i++) {
            $text  = $tokens[$i]->text;
            $depth += match ($text) {
                '(', '[', '{', '#[' => 1,
                ')', ']', '}'       => -1,
                default             => 0,
            };

            if ($depth < 0) {
                break;
            }

            if ($depth === 0 && $text === ',') {
                $arguments[] = $argument;
                $argument    = '';
            } else {
                $argument .= $text;
            }
        }

        return $arguments !== [] && $argument === '' ? $arguments : [...$arguments, $argument];
    }

    /** Whether the code contains this string, or its parts: 'callback_' . $kind. */
    private function isText(string $part): bool
    {
        if (isset($this->literals[$part])) {
            return true;
        }

        $begin = '';

        foreach (explode('_', $part) as $word) {
            $begin .= "{$word}_";

            if (isset($this->literals[$begin], $this->literals[substr($part, \strlen($begin))])) {
                return true;
            }
        }

        return false;
    }

    /** @return list<string> Defined keys that match a key with or without gaps */
    private function matching(string $key): array
    {
        if (!str_contains($key, '*')) {
            return isset($this->defined[$key]) ? [$key] : array_values(array_intersect($this->plurals($key), [
                    "{$key}_OTHER",
                    "{$key}_MORE",
                ]));
        }

        return array_values(preg_grep(self::expression($key), array_keys($this->defined)) ?: []);
    }

    /** @return list<string> */
    private function plurals(string $key): array
    {
        return array_values(array_filter(
            ["{$key}_0", "{$key}_1", "{$key}_ONE", "{$key}_OTHER", "{$key}_MORE"],
            fn (string $plural): bool => isset($this->defined[$plural]),
        ));
    }

    private static function expression(string $key): string
    {
        return '/^' . str_replace('\*', '([A-Z0-9_]+?)', preg_quote($key, '/')) . '$/';
    }

    /** The highest number of a numbered placeholder, or the number of placeholders. */
    private static function placeholders(string $text): int
    {
        preg_match_all('/%(\d+)\$[sd]/', $text, $numbered);

        preg_match_all('/%[sd]/', $text, $plain);

        return $numbered[1] !== [] ? max(array_map(intval(...), $numbered[1])) : \count($plain[0]);
    }

    private static function withoutComments(string $source): string
    {
        return implode('', array_map(static fn (\PhpToken $token): string => $token->is([T_COMMENT, T_DOC_COMMENT])
            ? ''
            : $token->text, \PhpToken::tokenize($source)));
    }

    private static function match(string $pattern, string $text): ?string
    {
        return preg_match($pattern, $text, $match) === 1 ? $match[1] : null;
    }
}
