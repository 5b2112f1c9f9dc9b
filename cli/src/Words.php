<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Console\Option;
use CloverSync\Shop\Console\Options;
use CloverSync\Shop\Console\Usage;
use CloverSync\Shop\Console\UsageException;

/** The words of a command line, and the list that explains them. */
final class Words
{
    /** Characters of a line of the list. */
    private const WIDTH = 118;

    /**
     * @param list<string> $words After the command: options as `--name`, `--name value` or `--name=value`. A single
     *   dash counts as an argument
     *
     * @throws UsageException
     */
    public static function parse(array $words, Usage $usage): Options
    {
        $given     = [];
        $arguments = $usage->arguments;
        $options   = array_column($usage->options, null, 'name');

        while ($words !== []) {
            $word = array_shift($words);

            if ($arguments !== [] && $word !== '' && ($word[0] !== '-' || $word === '-')) {
                $given[array_shift($arguments)] = $word;

                continue;
            }

            $m = [];

            if (preg_match('/^--([a-z][a-z-]*)(?:=(.*))?$/s', $word, $m) !== 1) {
                throw new UsageException("“{$word}” is not understood here.");
            }

            $name   = $m[1];
            $option = $options[$name] ?? throw new UsageException("--$name is not an option here.");

            if ($option->value === null) {
                if (isset($m[2])) {
                    throw new UsageException("--$name takes no value.");
                }

                $given[$name] = true;

                continue;
            }

            $value = $m[2] ?? array_shift($words);

            if ($value === null || $value === '') {
                throw new UsageException("--$name needs a value.");
            }

            $given[$name] = $value;
        }

        if ($arguments !== []) {
            throw new UsageException("{$arguments[0]} is missing.");
        }

        return new Options($given);
    }

    /** @param array<string, Usage> $commands By name */
    public static function list(array $commands): string
    {
        $text = '';

        foreach ($commands as $name => $usage) {
            $text  .= self::row('  ', implode(' ', [$name, ...$usage->arguments]), 13, $usage->summary);
            $names = array_map(self::name(...), $usage->options);

            foreach ($usage->options as $i => $option) {
                $width = max(array_map(strlen(...), $names)) + 2;
                $text  .= self::row(str_repeat(' ', 17), $names[$i], $width, $option->help);
            }
        }

        return $text;
    }

    private static function name(Option $option): string
    {
        return "--$option->name" . ($option->value === null ? '' : " $option->value");
    }

    private static function row(string $indent, string $name, int $width, string $text): string
    {
        $begin = $indent . str_pad($name, $width);
        $lines = wordwrap($text, self::WIDTH - \strlen($begin), "\n" . str_repeat(' ', \strlen($begin)));

        return "$begin$lines\n";
    }
}
