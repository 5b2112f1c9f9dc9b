<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\Program;
use CloverSync\Tests\Support\Xml;
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
            self::assertSame(
                [0, ''],
                Program::run($command),
                "$file has no \\defined('_JEXEC') or die; before its first use of another class.",
            );
            $opened++;
        }

        self::assertGreaterThan(130, $opened);
    }

    public function test_the_notices_hold_a_text_of_each_linked_package_and_none_of_what_only_tests_use(): void
    {
        $program = Program::start([PHP_BINARY, '-n', \dirname(__DIR__, 2) . '/scripts/notices.php']);
        $text    = $program->rest();
        self::assertSame(0, $program->end(), $program->errors());

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
        $lib     = \dirname(__DIR__, 2) . '/php-plugin/lib';
        $named   = (new Xml(Files::read("$lib/cloversync.xml")))->texts('files/folder');
        $folders = array_values(array_filter(Files::matching("$lib/*"), is_dir(...)));
        self::assertSame(array_map(basename(...), $folders), $named);
    }

    public function test_the_folder_of_the_helpers_is_closed_to_the_web(): void
    {
        $helpers = \dirname(__DIR__, 2) . '/php-plugin/lib/helpers';
        self::assertStringContainsString('Require all denied', Files::read("$helpers/.htaccess"));
        self::assertStringContainsString('accessType="Deny" users="*"', Files::read("$helpers/web.config"));
        self::assertTrue(is_file("$helpers/index.html"));
    }

    public function test_without_an_address_the_package_has_no_update_server_and_a_neutral_author(): void
    {
        foreach ($this->manifests([]) as $name => $text) {
            $manifest = new Xml($text);
            self::assertSame('CloverSync', $manifest->text('author'), $name);
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
            $manifest = new Xml($text);
            self::assertSame(
                ['Shops & Sons', 'help@shops.example', 'https://shops.example', 'Copyright (C) 2026 Shops & Sons'],
                array_map($manifest->text(...), ['author', 'authorEmail', 'authorUrl', 'copyright']),
                $name,
            );
            $package = $name === 'pkg_cloverpos.xml';
            self::assertSame(
                $package ? 'https://updates.shops.example/clover/pkg_cloverpos.xml' : '',
                $manifest->text('updateservers/server'),
                $name,
            );
            self::assertSame(
                $package ? 'https://updates.shops.example/clover/changelog.xml' : '',
                $manifest->text('changelogurl'),
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
        $zip = Files::temporary('zip');
        file_put_contents($zip, 'a package');
        [$code, $said] = $this->manifestScript(['update', $zip], [
            'UPDATE_URL' => 'https://updates.shops.example/c/pkg.xml',
        ]);
        unlink($zip);
        self::assertSame(0, $code, $said);
        $updates = new Xml($said);
        self::assertSame(
            [
                'pkg_cloverpos',
                'package',
                self::version(),
                'https://updates.shops.example/c/' . basename($zip),
                hash('sha512', 'a package'),
                'https://updates.shops.example/c/changelog.xml',
            ],
            array_map(static fn (string $name): string => $updates->text("update/$name"), [
                'element',
                'type',
                'version',
                'downloads/downloadurl',
                'sha512',
                'changelogurl',
            ]),
        );
        $platform = $updates->text('update/targetplatform/@version');
        self::assertMatchesRegularExpression("/^$platform/", '6.0.2');
        self::assertDoesNotMatchRegularExpression("/^$platform/", '5.4.1');
    }

    public function test_the_changelog_has_an_entry_of_this_version(): void
    {
        [$code, $said] = $this->manifestScript(['changelog'], []);
        self::assertSame(0, $code, $said);
        $entries = new Xml($said);
        self::assertSame(self::version(), $entries->text('changelog[1]/version'));
        self::assertNotSame([], $entries->texts('changelog[1]/change/item'));
    }

    public function test_pie_and_the_package_accept_the_same_versions_of_php(): void
    {
        $root  = \dirname(__DIR__, 2);
        $needs = Json::object(Json::decode(Files::read("$root/composer.json"))['require']);
        $m     = [];
        self::assertSame(1, preg_match("/^PHPS='(.+)'$/m", Files::read("$root/scripts/build-release.sh"), $m));
        self::assertSame(
            implode(' || ', array_map(static fn (string $php): string => "~$php.0", explode(' ', $m[1]))),
            $needs['php'],
        );
    }

    public function test_a_library_that_needs_what_neither_an_old_glibc_nor_php_has_is_refused(): void
    {
        $folder = sys_get_temp_dir() . '/cloversync-glibc-' . (string) getmypid();
        mkdir($folder);

        foreach (['php' => 'zend_throw_error', 'new' => '__isoc23_strtol'] as $name => $function) {
            file_put_contents("$folder/$name.c", "void $function(void); void f(void) { $function(); }");
            [$code, $said] = Program::run([
                'cc',
                '-shared',
                '-nostdlib',
                '-fPIC',
                '-o',
                "$folder/$name.so",
                "$folder/$name.c",
            ]);
            self::assertSame(0, $code, $said);
        }

        $check = \dirname(__DIR__, 2) . '/scripts/check-glibc.sh';
        [$accepted, $good] = Program::run([$check, "$folder/php.so"]);
        [$refused, $bad] = Program::run([$check, "$folder/new.so"]);
        array_map(unlink(...), Files::matching("$folder/*"));
        rmdir($folder);
        self::assertSame(0, $accepted, $good);
        self::assertSame(1, $refused);
        self::assertStringContainsString('__isoc23_strtol', $bad);
    }

    private static function version(): string
    {
        $m = [];

        return preg_match('/^version = "(.+)"$/m', Files::read(\dirname(__DIR__, 2) . '/Cargo.toml'), $m) === 1
            ? $m[1]
            : self::fail('Cargo.toml has no version.');
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
            $copies[$file] = Files::temporary('manifest');
            copy($file, $copies[$file]);
        }

        [$code, $said] = $this->manifestScript(['manifests', ...array_values($copies)], $variables);
        self::assertSame([0, ''], [$code, $said]);
        self::assertCount(8, $copies);
        $made = [];

        foreach ($copies as $file => $copy) {
            $name        = \dirname($file) === $root ? basename($file) : substr($file, \strlen($root) + 1);
            $made[$name] = Files::read($copy);
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
        return Program::run([
            PHP_BINARY,
            '-n',
            \dirname(__DIR__, 2) . '/scripts/manifests.php',
            ...$arguments,
        ], $variables);
    }
}
