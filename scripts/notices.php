<?php

/**
 * Prints the notices of all dependencies of the extension and the helper: each crate with its license and the license
 * texts in its package.
 *
 *   php scripts/notices.php [NAME=FILE…] > THIRD-PARTY-NOTICES.txt
 *
 * FILE is the license of another dependency, such as a C library.
 *
 * The exit code is 1, with a message on stderr, if a crate's package has no text. Needs cargo, and the crates that a
 * build has fetched.
 */

declare(strict_types=1);

(static function (string ...$others): void {
    $root = \dirname(__DIR__);

    $run = static function (string $command) use ($root): string {
        $pipes   = [];
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR], $pipes, $root);
        $output  = isset($pipes[1]) ? (string) stream_get_contents($pipes[1]) : '';

        return $process !== false && proc_close($process) === 0
            ? trim($output)
            : throw new RuntimeException("“{$command}” failed.");
    };

    $host = preg_match('/^host: (\S+)$/m', $run('rustc -vV'), $m) === 1
        ? $m[1]
        : throw new RuntimeException('rustc names no host.');
    /**
     * @var array{
     *     packages: list<array{id: string, name: string, version: string, source: ?string, license: ?string,
     *         repository: ?string, homepage: ?string, manifest_path: string}>,
     *     resolve: array{nodes: list<array{id: string, deps: list<array{pkg: string,
     *         dep_kinds: list<array{kind: ?string}>}>}>},
     * } $metadata
     */
    $metadata = json_decode(
        $run("cargo metadata --format-version 1 --locked --filter-platform $host"),
        true,
        512,
        JSON_THROW_ON_ERROR,
    );
    $packages = array_column($metadata['packages'], null, 'id');
    $nodes    = array_column($metadata['resolve']['nodes'], null, 'id');
    $open     = array_keys(array_filter(
        $packages,
        static fn (array $p): bool => \in_array($p['name'], ['cloversync', 'clover-helper'], true)
        && $p['source'] === null,
    ));
    $linked = [];

    while ($open !== []) {
        $id = array_pop($open);

        if (isset($linked[$id])) {
            continue;
        }

        $linked[$id] = $packages[$id];

        foreach ($nodes[$id]['deps'] as $dependency) {
            // Build and test dependencies are not in the library.
            if (\in_array(null, array_column($dependency['dep_kinds'], 'kind'), true)) {
                $open[] = $dependency['pkg'];
            }
        }
    }

    $linked = array_filter($linked, static fn (array $p): bool => $p['source'] !== null);
    uasort($linked, static fn (array $a, array $b): int => [$a['name'], $a['version']] <=> [$b['name'], $b['version']]);
    $texts     = $missing = $ofRepository = [];
    $isLicense = '#(^|/)(LICEN[CS]ES?/[^/]+|(LICEN[CS]E|COPYING|COPYRIGHT|NOTICE|UNLICENSE)[^/]*)$#i';
    echo
        "CloverSync's extension and helper are built from the Rust packages below and Rust's standard library "
        . "(MIT OR Apache-2.0). Each is listed with its version, its license and its home page.\n\n"
    ;

    foreach ($linked as $package) {
        $folder = \dirname($package['manifest_path']);
        $label  = "{$package['name']} {$package['version']}";
        printf(
            "%s  (%s)  %s\n",
            $label,
            $package['license'] ?? 'see its text',
            $package['repository'] ?? $package['homepage'] ?? 'https://crates.io/crates/' . $package['name'],
        );
        $found = array_filter(
            [
                ...(glob("$folder/*") ?: []),
                ...(glob("$folder/LICENSES/*") ?: []),
                ...(glob("$folder/licenses/*") ?: []),
            ],
            static fn (string $file): bool => (
                is_file($file)
                && preg_match($isLicense, substr($file, \strlen($folder) + 1)) === 1
            ),
        );
        $filled = array_filter(
            array_map(static fn (string $file): string => trim(str_replace(
                "\r\n",
                "\n",
                (string) file_get_contents($file),
            )), $found),
            static fn (string $text): bool => $text !== '',
        );

        if ($filled === []) {
            $missing[$label] = $package['repository'] ?? '';
        }

        $ofRepository[$package['repository'] ?? ''] = [
            ...($ofRepository[$package['repository'] ?? ''] ?? []),
            ...$filled,
        ];

        foreach ($filled as $text) {
            $texts[$text][] = $label;
        }
    }

    // Some packages lack the text that is in their repository; another package of the repository has it.
    foreach ($missing as $label => $repository) {
        foreach ($repository === '' ? [] : array_unique($ofRepository[$repository]) as $text) {
            $texts[$text][] = $label;
            unset($missing[$label]);
        }
    }

    // Rust's own standard library is in every library that it builds.
    $rust = $run('rustc --print sysroot') . '/share/doc/rust/COPYRIGHT-library.html';

    if (is_file($rust)) {
        $text = html_entity_decode(
            strip_tags((string) preg_replace('#<(style|head)\b.*?</\1>#s', '', (string) file_get_contents($rust))),
            ENT_QUOTES | ENT_HTML5,
        );
        $texts[trim((string) preg_replace(
            ['/[ \t]+$/m', '/\n{3,}/'],
            ['', "\n\n"],
            $text,
        ))][] = "Rust's standard library";
    } else {
        $missing["Rust's standard library ($rust)"] = '';
    }

    foreach ($others as $other) {
        [$name, $file] = explode('=', $other, 2);
        $texts[trim((string) file_get_contents($file))][] = $name;
    }

    foreach ($texts as $text => $labels) {
        echo
            "\n",
            str_repeat('=', 100),
            "\n",
            wordwrap(implode(', ', array_unique($labels)), 100),
            "\n",
            str_repeat('=', 100),
            "\n\n$text\n"
        ;
    }

    fwrite(STDERR, \sprintf("notices: %d packages, %d different texts\n", \count($linked), \count($texts)));

    if ($missing !== []) {
        fwrite(STDERR, 'notices: no license text of ' . implode(', ', array_keys($missing)) . "\n");

        exit(1);
    }
})(...\array_slice($argv, 1));
