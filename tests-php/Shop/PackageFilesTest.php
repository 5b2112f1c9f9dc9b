<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

/** A web server may pass each file of the package to PHP: none may print anything, not even its own path. */
#[Group('once')]
final class PackageFilesTest extends TestCase
{
    public function test_a_file_that_is_opened_directly_says_nothing(): void
    {
        $root = \dirname(__DIR__, 2) . '/php-plugin';
        /** @var iterable<\SplFileInfo> $files */
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS));

        $opened = 0;

        foreach ($files as $file) {
            if ($file->getExtension() !== 'php') {
                continue;
            }

            $command = [
                PHP_BINARY,
                '-n',
                '-d',
                'display_errors=1',
                '-d',
                'html_errors=0',
                '-d',
                'error_reporting=-1',
                (string) $file,
            ];
            $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]], $pipes);
            self::assertIsResource($process);
            $said = stream_get_contents($pipes[1]);
            self::assertSame(
                [0, ''],
                [proc_close($process), $said],
                "$file has no \\defined('_JEXEC') or die; before its first use of another class.",
            );
            $opened++;
        }

        self::assertGreaterThan(130, $opened);
    }

    public function test_the_notices_hold_a_text_of_each_linked_package_and_none_of_what_only_tests_use(): void
    {
        exec(
            escapeshellarg(PHP_BINARY)
            . ' -n '
            . escapeshellarg(\dirname(__DIR__, 2) . '/scripts/notices.php')
            . ' 2>/dev/null',
            $lines,
            $code,
        );
        $text = implode("\n", $lines);
        self::assertSame(0, $code);

        foreach ([
            'reqwest',
            'rustls',
            'aws-lc-sys',
            'tokio',
            'ext-php-rs',
            'chacha20poly1305',
            'serde_json',
        ] as $package) {
            self::assertMatchesRegularExpression("/^$package [\\d.]+.*\\(.+\\)  https:/m", $text);
        }

        self::assertStringContainsString("Rust's standard library\n====", $text);
        self::assertDoesNotMatchRegularExpression('/^(proptest|clap|clap_builder) /m', $text);
    }

    public function test_the_librarys_manifest_names_each_of_its_folders(): void
    {
        $lib   = \dirname(__DIR__, 2) . '/php-plugin/lib';
        $named = array_map(
            strval(...),
            iterator_to_array(simplexml_load_file("$lib/cloversync.xml")->files->folder, false),
        );
        $folder = array_map(basename(...), glob("$lib/*", GLOB_ONLYDIR));
        self::assertSame($folder, $named);
    }

    public function test_the_folder_of_the_helpers_is_closed_to_the_web(): void
    {
        $helpers = \dirname(__DIR__, 2) . '/php-plugin/lib/helpers';
        self::assertStringContainsString('Require all denied', file_get_contents("$helpers/.htaccess"));
        self::assertStringContainsString('accessType="Deny" users="*"', file_get_contents("$helpers/web.config"));
        self::assertTrue(is_file("$helpers/index.html"));
    }

    public function test_without_an_address_the_package_has_no_update_server_and_a_neutral_author(): void
    {
        foreach ($this->manifests([]) as $name => $text) {
            $manifest = simplexml_load_string($text);
            self::assertSame('CloverSync', (string) $manifest->author, $name);
            self::assertStringNotContainsString('https:', $text, $name);
            self::assertStringNotContainsString('updateservers', $text, $name);
        }
    }

    public function test_author_and_update_server_are_written_into_the_manifests(): void
    {
        $manifests = $this->manifests([
            'AUTHOR'       => 'Shops & Sons',
            'AUTHOR_EMAIL' => 'help@shops.example',
            'AUTHOR_URL'   => 'https://shops.example',
            'UPDATE_URL'   => 'https://updates.shops.example/clover/pkg_cloverpos.xml',
        ]);

        foreach ($manifests as $name => $text) {
            $manifest = simplexml_load_string($text);
            self::assertSame(
                ['Shops & Sons', 'help@shops.example', 'https://shops.example', 'Copyright (C) 2026 Shops & Sons'],
                [
                    (string) $manifest->author,
                    (string) $manifest->authorEmail,
                    (string) $manifest->authorUrl,
                    (string) $manifest->copyright,
                ],
                $name,
            );
            $package = $name === 'pkg_cloverpos.xml';
            self::assertSame(
                $package ? 'https://updates.shops.example/clover/pkg_cloverpos.xml' : '',
                (string) $manifest->updateservers->server,
                $name,
            );
            self::assertSame(
                $package ? 'https://updates.shops.example/clover/changelog.xml' : '',
                (string) $manifest->changelogurl,
                $name,
            );
        }
    }

    public function test_an_update_server_without_https_is_refused(): void
    {
        foreach (['http://updates.shops.example/a.xml', 'https://updates.shops.example/', 'updates.xml'] as $url) {
            [$code, $said] = $this->manifestScript(['update', __FILE__], ['UPDATE_URL' => $url]);
            self::assertSame(1, $code, $url);
            self::assertStringContainsString('UPDATE_URL', $said);
        }
    }

    public function test_the_update_servers_file_names_the_zip_with_its_check_sum(): void
    {
        $zip = tempnam(sys_get_temp_dir(), 'cloversync-zip-');
        file_put_contents($zip, 'a package');
        [$code, $said] = $this->manifestScript(['update', $zip], [
            'UPDATE_URL' => 'https://updates.shops.example/c/pkg.xml',
        ]);
        unlink($zip);
        self::assertSame(0, $code, $said);
        $update = simplexml_load_string($said)->update;
        self::assertSame([
            'pkg_cloverpos',
            'package',
            self::version(),
            'https://updates.shops.example/c/' . basename($zip),
            hash('sha512', 'a package'),
            'https://updates.shops.example/c/changelog.xml',
        ], [
            (string) $update->element,
            (string) $update->type,
            (string) $update->version,
            (string) $update->downloads->downloadurl,
            (string) $update->sha512,
            (string) $update->changelogurl,
        ]);
        self::assertMatchesRegularExpression('/^' . $update->targetplatform['version'] . '/', '6.0.2');
        self::assertDoesNotMatchRegularExpression('/^' . $update->targetplatform['version'] . '/', '5.4.1');
    }

    public function test_the_changelog_has_an_entry_of_this_version(): void
    {
        [$code, $said] = $this->manifestScript(['changelog'], []);
        self::assertSame(0, $code, $said);
        $entries = simplexml_load_string($said)->changelog;
        self::assertSame(self::version(), (string) $entries[0]->version);
        self::assertGreaterThan(0, \count($entries[0]->change->item));
    }

    public function test_pie_and_the_package_accept_the_same_versions_of_php(): void
    {
        $root  = \dirname(__DIR__, 2);
        $range = json_decode(file_get_contents("$root/composer.json"), true)['require']['php'];
        preg_match("/^PHPS='(.+)'$/m", file_get_contents("$root/scripts/build-release.sh"), $m);
        self::assertSame(
            implode(' || ', array_map(static fn (string $php): string => "~$php.0", explode(' ', $m[1]))),
            $range,
        );
    }

    public function test_a_library_that_needs_what_neither_an_old_glibc_nor_php_has_is_refused(): void
    {
        $folder = sys_get_temp_dir() . '/cloversync-glibc-' . getmypid();
        mkdir($folder);

        foreach (['php' => 'zend_throw_error', 'new' => '__isoc23_strtol'] as $name => $function) {
            file_put_contents("$folder/$name.c", "void $function(void); void f(void) { $function(); }");
            exec("cc -shared -nostdlib -fPIC -o $folder/$name.so $folder/$name.c 2>&1", $said, $code);
            self::assertSame(0, $code, implode("\n", $said));
        }

        $check = \dirname(__DIR__, 2) . '/scripts/check-glibc.sh';
        exec("$check $folder/php.so 2>&1", $good, $accepted);
        exec("$check $folder/new.so 2>&1", $bad, $refused);
        array_map(unlink(...), glob("$folder/*"));
        rmdir($folder);
        self::assertSame(0, $accepted, implode("\n", $good));
        self::assertSame(1, $refused);
        self::assertStringContainsString('__isoc23_strtol', implode("\n", $bad));
    }

    private static function version(): string
    {
        preg_match('/^version = "(.+)"$/m', file_get_contents(\dirname(__DIR__, 2) . '/Cargo.toml'), $m);

        return $m[1];
    }

    /**
     * @param array<string, string> $variables
     *
     * @return array<string, string> What scripts/manifests.php makes of each manifest, by file name
     */
    private function manifests(array $variables): array
    {
        $copies = [];
        $root   = \dirname(__DIR__, 2) . '/php-plugin';

        foreach ([...(glob("$root/*.xml") ?: []), ...(glob("$root/*/*.xml") ?: [])] as $file) {
            $copies[$file] = tempnam(sys_get_temp_dir(), 'cloversync-manifest-');
            copy($file, $copies[$file]);
        }

        [$code, $said] = $this->manifestScript(['manifests', ...array_values($copies)], $variables);
        self::assertSame([0, ''], [$code, $said]);
        self::assertCount(4, $copies);
        $made = [];

        foreach ($copies as $file => $copy) {
            $name        = \dirname($file) === $root ? basename($file) : substr($file, \strlen($root) + 1);
            $made[$name] = file_get_contents($copy);
            unlink($copy);
        }

        return $made;
    }

    /**
     * @param list<string> $arguments
     * @param array<string, string> $variables
     *
     * @return array{int, string}
     */
    private function manifestScript(array $arguments, array $variables): array
    {
        $process = proc_open(
            [PHP_BINARY, '-n', \dirname(__DIR__, 2) . '/scripts/manifests.php', ...$arguments],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes,
            env_vars: $variables,
        );
        self::assertIsResource($process);
        $said = stream_get_contents($pipes[1]);

        return [proc_close($process), $said];
    }
}
