<?php

/**
 * Lists every built-in PHP function that the product calls, by its PHP extension.
 *
 *   php scripts/functions.php           prints the list, with the places of the calls
 *   php scripts/functions.php --write   writes php-plugin/lib/src/Support/NeededFunctions.php; --print prints its
 *   content
 *
 * Needs PHP with the extensions that the product may use (mbstring, pcntl, posix) and the tokenizer. Functions of {@see
 * CloverSync\Shop\Support\Platform::OPTIONAL} are not needed and are left out of the file.
 */

declare(strict_types=1);

require __DIR__ . '/../cli/autoload.php';

(static function (?string $option): void {
    $write = $option !== null;
    $root  = \dirname(__DIR__);
    $dev   = ["$root/scripts/demo.php", "$root/scripts/functions.php", "$root/scripts/notices.php"];

    /** @return array<string, list<string>> Places of the calls, by function */
    $calls = static function (string ...$folders) use ($root, $dev): array {
        $found = [];

        foreach ($folders as $folder) {
            foreach (new RecursiveIteratorIterator(
                new RecursiveDirectoryIterator("$root/$folder", FilesystemIterator::SKIP_DOTS),
            ) as $file) {
                $path = (string) $file;

                if (
                    !str_ends_with($path, '.php')
                    || \in_array($path, $dev, true)
                    || $folder === 'php-plugin/lib'
                    && str_contains($path, '/lib/src/Joomla/')
                ) {
                    continue;
                }

                $tokens = array_values(array_filter(
                    PhpToken::tokenize((string) file_get_contents($path)),
                    static fn (PhpToken $t): bool => !$t->isIgnorable(),
                ));

                foreach ($tokens as $i => $token) {
                    if (
                        $i === 0
                        || ($tokens[$i + 1]->text ?? '') !== '('
                        || !$token->is([T_STRING, T_NAME_FULLY_QUALIFIED])
                        || $tokens[$i - 1]->is([
                            T_OBJECT_OPERATOR,
                            T_NULLSAFE_OBJECT_OPERATOR,
                            T_DOUBLE_COLON,
                            T_FUNCTION,
                            T_NEW,
                            T_ATTRIBUTE,
                        ])
                    ) {
                        continue;
                    }

                    $name = strtolower(ltrim($token->text, '\\'));

                    $known = \function_exists($name);

                    if ($known || \in_array($name, CloverSync\Shop\Support\Platform::OPTIONAL, true)) {
                        $found[$name][] = substr($path, \strlen($root) + 1) . ':' . $token->line;
                    }
                }
            }
        }

        ksort($found);

        return $found;
    };

    $groups = [
        'LIBRARY'      => ['php-plugin/lib'],
        'JOOMLA'       => [
            'php-plugin/app_cloverpos',
            'php-plugin/plg_task_cloversync',
            'php-plugin/plg_console_cloversync',
            'php-plugin/plg_actionlog_cloversync',
            'php-plugin/plg_privacy_cloversync',
            'php-plugin/plg_webservices_cloversync',
            'php-plugin/lib/src/Joomla',
        ],
        'COMMAND_LINE' => ['cli', 'dev'],
    ];
    $shared = [];
    $text   = <<<'PHP'
        <?php

        declare(strict_types=1);

        namespace CloverSync\Shop\Support;

        \defined('_JEXEC') or die;

        /**
         * Built-in functions that the product cannot do without, by PHP extension. Written by scripts/functions.php.
         */
        final class NeededFunctions
        {
        PHP;

    foreach ($groups as $group => $folders) {
        $found    = $calls(...$folders);
        $needed   = array_diff(array_keys($found), CloverSync\Shop\Support\Platform::OPTIONAL, $shared);
        $sections = [];

        foreach ($needed as $name) {
            $sections[(string) (new ReflectionFunction($name))->getExtensionName()][] = $name;
        }

        if ($group === 'LIBRARY') {
            $shared = $needed;
        }

        if (!$write) {
            foreach ($found as $name => $places) {
                printf(
                    "%-13s %-9s %-32s %3d  %s\n",
                    $group,
                    \in_array($name, CloverSync\Shop\Support\Platform::OPTIONAL, true) ? 'optional' : 'needed',
                    $name,
                    \count($places),
                    $places[0],
                );
            }
        }

        ksort($sections);
        $text .= "\n    public const $group = [\n";

        foreach ($sections as $extension => $names) {
            $quoted = wordwrap("'" . implode("', '", $names) . "',", 105);
            $text   .= "        '$extension' => [\n            "
            . str_replace("\n", "\n            ", $quoted)
            . "\n        ],\n";
        }

        $text .= "    ];\n";
    }

    if ($write) {
        file_put_contents(
            $option === '--print' ? 'php://stdout' : "$root/php-plugin/lib/src/Support/NeededFunctions.php",
            "$text}\n",
        );
    }
})(array_values(array_intersect(['--write', '--print'], $argv))[0] ?? null);
