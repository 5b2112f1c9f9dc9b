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
}
