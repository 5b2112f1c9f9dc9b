<?php

/**
 * Writes the publisher of a release and its update server.
 *
 *   php scripts/manifests.php manifests FILE…    changes the package's manifests
 *   php scripts/manifests.php update ZIP         prints the update server's XML
 *   php scripts/manifests.php changelog          prints the XML of the changes, from CHANGELOG.md
 *
 * Environment: AUTHOR, AUTHOR_URL, AUTHOR_EMAIL, and UPDATE_URL, the address of the update server's XML. The zip and
 * changelog.xml are in the same folder of that server. Without UPDATE_URL the package has none.
 */

declare(strict_types=1);

(static function (string ...$arguments): void {
    $root = \dirname(__DIR__);
    $fail = static function (string $sentence): never {
        fwrite(STDERR, "manifests: $sentence\n");

        exit(1);
    };
    $variable = static fn (string $name): string => trim((string) getenv($name));
    $xml      = static fn (string $text): string => htmlspecialchars($text, ENT_XML1 | ENT_QUOTES, 'UTF-8');
    $address  = static function (string $name) use ($variable, $fail): string {
        $url = $variable($name);

        return $url === '' || preg_match('#^https://[^/\s]+(/\S*)?$#D', $url) === 1
            ? $url
            : $fail("$name is not an address with https: $url");
    };
    $author    = $variable('AUTHOR') ?: 'CloverSync';
    $authorUrl = $address('AUTHOR_URL');
    $updateUrl = $address('UPDATE_URL');

    if ($updateUrl !== '' && !str_ends_with($updateUrl, '.xml')) {
        $fail("UPDATE_URL does not end with .xml: $updateUrl");
    }

    $beside  = \dirname($updateUrl);
    $version = preg_match('/^version = "(.+)"$/m', (string) file_get_contents("$root/Cargo.toml"), $m) === 1
        ? $m[1]
        : $fail('Cargo.toml names no version.');

    $manifest = static function (string $file) use (
        $variable,
        $xml,
        $author,
        $authorUrl,
        $updateUrl,
        $beside,
        $fail,
    ): void {
        $lines = ['<author>' . $xml($author) . '</author>'];

        if ($variable('AUTHOR_EMAIL') !== '') {
            $lines[] = '<authorEmail>' . $xml($variable('AUTHOR_EMAIL')) . '</authorEmail>';
        }

        if ($authorUrl !== '') {
            $lines[] = '<authorUrl>' . $xml($authorUrl) . '</authorUrl>';
        }

        $text = (string) preg_replace_callback(
            '#<author>.*?</author>#s',
            static fn (): string => implode("\n    ", $lines),
            (string) file_get_contents($file),
            -1,
            $authors,
        );

        if ($authors !== 1) {
            $fail("$file names no author, or more than one.");
        }

        if ($variable('AUTHOR') !== '') {
            $text = str_replace('the authors of CloverSync', $xml($author), $text);
        }

        if ($updateUrl !== '' && str_contains($text, '<extension type="package"')) {
            $server =
                "\n    <changelogurl>"
                . $xml("$beside/changelog.xml")
                . "</changelogurl>\n"
                . "    <updateservers>\n        <server type=\"extension\" priority=\"1\" "
                . 'name="Clover POS Integration">'
                . $xml($updateUrl)
                . "</server>\n    </updateservers>\n</extension>";
            $text = str_replace('</extension>', $server, $text);
        }

        file_put_contents($file, $text) === false
        && $fail("$file cannot be written.");
    };

    $update = static function (string $zip) use (
        $xml,
        $author,
        $authorUrl,
        $updateUrl,
        $beside,
        $version,
        $fail,
    ): string {
        $updateUrl !== ''
        || $fail('UPDATE_URL is not set.');
        is_file($zip) || $fail("$zip does not exist.");
        $fields = [
            '<name>Clover POS Integration</name>',
            '<description>Clover POS for J2Commerce</description>',
            '<element>pkg_cloverpos</element>',
            '<type>package</type>',
            '<client>site</client>',
            "<version>$version</version>",
            '<changelogurl>' . $xml("$beside/changelog.xml") . '</changelogurl>',
            '<downloads>',
            '    <downloadurl type="full" format="zip">' . $xml("$beside/" . basename($zip)) . '</downloadurl>',
            '</downloads>',
            '<sha512>' . (string) hash_file('sha512', $zip) . '</sha512>',
            '<tags><tag>stable</tag></tags>',
            '<maintainer>' . $xml($author) . '</maintainer>',
            ...($authorUrl === '' ? [] : ['<maintainerurl>' . $xml($authorUrl) . '</maintainerurl>']),
            '<targetplatform name="joomla" version="6\..*" />',
            '<php_minimum>8.3.0</php_minimum>',
        ];

        return (
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<updates>\n    <update>\n        "
            . implode("\n        ", $fields)
            . "\n    </update>\n</updates>\n"
        );
    };

    $changelog = static function () use ($root, $xml, $fail): string {
        $changes = '';

        // A heading names its version, alone or in parentheses.
        foreach (\array_slice(
            preg_split('/^## /m', (string) file_get_contents("$root/CHANGELOG.md")) ?: [],
            1,
        ) as $part) {
            [$heading, $text] = explode("\n", $part, 2);
            $of = explode(' ', trim((string) preg_replace('/[^\d.]+/', ' ', $heading)))[0];

            if ($of === '') {
                $fail("The heading “{$heading}” names no version.");
            }

            $items = '';

            foreach (\array_slice(preg_split('/^- /m', $text) ?: [], 1) as $item) {
                $items .=
                    '            <item>'
                    . $xml(trim((string) preg_replace(['/`/', '/\s+/'], ['', ' '], $item)))
                    . "</item>\n";
            }

            $changes .=
                "    <changelog>\n        <element>pkg_cloverpos</element>\n        <type>package</type>\n"
                . "        <version>$of</version>\n        <change>\n$items        </change>\n    </changelog>\n";
        }

        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<changelogs>\n$changes</changelogs>\n";
    };

    match (true) {
        ($arguments[0] ?? '') === 'manifests' => array_map($manifest, \array_slice($arguments, 1)),
        ($arguments[0] ?? '') === 'update' && isset($arguments[1]) => print $update($arguments[1]),
        ($arguments[0] ?? '') === 'changelog' => print $changelog(),
        default => $fail('say manifests FILE…, update ZIP or changelog.'),
    };
})(...\array_slice($argv, 1));
