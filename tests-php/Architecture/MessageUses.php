<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

/**
 * Messages as PHP makes them: `new Message(MessageCode::Case, ['name' => …])`. The first argument names its codes, and
 * the second its data as a literal array, so that both can be compared with the language file.
 */
final class MessageUses
{
    private const ENUMS = ['MessageCode', 'ProblemCode'];

    /** @var array<string, list<list<string>>> "Enum::Case" => data by name, of each place */
    public array $data = [];

    /** @var list<string> Places that cannot be read */
    public array $unreadable = [];

    /** @param array<string, string> $files Path => source */
    public function __construct(array $files)
    {
        foreach ($files as $path => $source) {
            $this->read($path, $source);
        }
    }

    private function read(string $path, string $source): void
    {
        $tokens = array_values(array_filter(
            \PhpToken::tokenize($source),
            static fn (\PhpToken $token): bool => !$token->isIgnorable(),
        ));
        $name = str_ends_with($path, 'Messages/Message.php') ? 'self' : 'Message';

        foreach ($tokens as $i => $token) {
            if ($token->is(T_NEW) && ($tokens[$i + 1]->text ?? '') === $name && ($tokens[$i + 2]->text ?? '') === '(') {
                $this->note($path, self::arguments($tokens, $i + 3));
            }
        }
    }

    /** @param list<list<\PhpToken>> $arguments */
    private function note(string $path, array $arguments): void
    {
        $codes = self::codes($arguments[0] ?? []);
        $data  = isset($arguments[1]) && ($arguments[1][1]->text ?? '') !== ':' ? self::names($arguments[1]) : [];

        if ($codes === [] || $data === null) {
            $this->unreadable[] = "$path: " . self::text($arguments[0] ?? []);

            return;
        }

        sort($data);

        foreach ($codes as $code) {
            $this->data[$code][] = $data;
        }
    }

    /**
     * @param list<\PhpToken> $argument
     *
     * @return list<string>
     */
    private static function codes(array $argument): array
    {
        $found = [];

        foreach ($argument as $i => $token) {
            if (\in_array($token->text, self::ENUMS, true) && ($argument[$i + 1]->text ?? '') === '::') {
                $found[] = "$token->text::" . ($argument[$i + 2]->text ?? '');
            }
        }

        return $found;
    }

    /**
     * @param list<\PhpToken> $argument
     *
     * @return ?list<string> The array's keys; null when it is not a literal array with keys
     */
    private static function names(array $argument): ?array
    {
        if (($argument[0]->text ?? '') !== '[' || ($argument[\count($argument) - 1]->text ?? '') !== ']') {
            return null;
        }

        $names = [];

        foreach (self::split(\array_slice($argument, 1, -1)) as $element) {
            if (!isset($element[1]) || !$element[0]->is(T_CONSTANT_ENCAPSED_STRING) || $element[1]->text !== '=>') {
                return null;
            }

            $names[] = trim($element[0]->text, '\'"');
        }

        return $names;
    }

    /**
     * @param list<\PhpToken> $tokens
     *
     * @return list<list<\PhpToken>>
     */
    private static function arguments(array $tokens, int $start): array
    {
        $depth = 0;

        for ($end = $start; $end < \count($tokens); $end++) {
            $depth += self::depth($tokens[$end]);

            if ($depth < 0) {
                break;
            }
        }

        return self::split(\array_slice($tokens, $start, $end - $start));
    }

    /**
     * @param list<\PhpToken> $tokens
     *
     * @return list<list<\PhpToken>> The parts between commas of the outermost level
     */
    private static function split(array $tokens): array
    {
        $parts = [];
        $part  = [];
        $depth = 0;

        foreach ($tokens as $token) {
            $depth += self::depth($token);

            if ($depth === 0 && $token->text === ',') {
                $parts[] = $part;
                $part    = [];
            } else {
                $part[] = $token;
            }
        }

        return $part === [] ? $parts : [...$parts, $part];
    }

    private static function depth(\PhpToken $token): int
    {
        return match ($token->text) {
            '(', '[', '{' => 1,
            ')', ']', '}' => -1,
            default       => 0,
        };
    }

    /** @param list<\PhpToken> $tokens */
    private static function text(array $tokens): string
    {
        return implode('', array_map(static fn (\PhpToken $token): string => $token->text, $tokens));
    }
}
