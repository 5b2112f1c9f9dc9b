<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Tests\Support\Fpm;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

/**
 * A PHP process that has started cannot load the extension any more: its classes would point to memory of requests that
 * have ended.
 */
#[Group('module')]
final class LateLoadTest extends TestCase
{
    private const SENTENCE = 'cloversync is not loaded: load it in php.ini';

    public function test_dl_is_refused_with_one_sentence(): void
    {
        $file = $this->extension();
        $code = '@dl("'
        . basename($file)
        . '"); echo (int) extension_loaded("cloversync"), (int) class_exists("CloverSync\\\\Vault"), " ",'
        . ' error_get_last()["message"];';
        $said = shell_exec(
            escapeshellarg(PHP_BINARY)
            . ' -n -d enable_dl=1 -d extension_dir='
            . escapeshellarg(\dirname($file))
            . ' -r '
            . escapeshellarg($code)
            . ' 2>/dev/null',
        );
        self::assertStringStartsWith('00 dl(): ' . self::SENTENCE, (string) $said);
    }

    public function test_a_pool_that_names_it_serves_requests_without_it_and_says_so(): void
    {
        if (Fpm::missing() === 'PHP-FPM') {
            self::markTestSkipped('PHP-FPM is not installed: run scripts/setup.sh.');
        }

        $folder = sys_get_temp_dir() . '/cloversync-pool-' . bin2hex(random_bytes(4));
        mkdir($folder, 0o700);
        file_put_contents(
            "$folder/ask.php",
            '<?php echo "[", (int) extension_loaded("cloversync"), (int) class_exists("CloverSync\\Vault"),'
            . ' (int) extension_loaded("cloversync-refused"), "]";',
        );
        $root = posix_geteuid() === 0;
        file_put_contents(
            "$folder/fpm.conf",
            "[global]\nerror_log=$folder/fpm.log\ndaemonize=no\n[www]\n"
            . ($root ? 'user=' . posix_getpwuid(0)['name'] . "\ngroup=" . posix_getgrgid(0)['name'] . "\n" : '')
            . "listen=$folder/fpm.sock\npm=static\npm.max_children=2\npm.max_requests=20\n"
            . "catch_workers_output=yes\nphp_admin_value[extension]="
            . $this->extension()
            . "\n",
        );
        $process = proc_open(
            [Fpm::program(), ...($root ? ['-R'] : []), '-n', '-y', "$folder/fpm.conf"],
            [
                ['file', '/dev/null',       'r'],
                ['file', "$folder/out.log", 'a'],
                ['file', "$folder/out.log", 'a'],
            ],
            $pipes,
        );

        try {
            $answers = [];

            for ($i = 0; $i < 60; $i++) {
                $answers[] = preg_match('/\[\d+\]/', $this->ask("$folder/fpm.sock", "$folder/ask.php"), $m) === 1
                    ? $m[0]
                    : 'nothing';
            }

            self::assertSame(['[001]' => 60], array_count_values($answers));
        } finally {
            proc_terminate($process);
            proc_close($process);
            $log = file_get_contents("$folder/fpm.log") . file_get_contents("$folder/out.log");
            array_map(unlink(...), (array) glob("$folder/*"));
            rmdir($folder);
        }

        self::assertStringNotContainsString('SIGSEGV', $log);
        self::assertStringNotContainsString('SIGABRT', $log);
        self::assertStringContainsString(self::SENTENCE, $log);
    }

    private function extension(): string
    {
        $file = getenv('CLOVERSYNC_EXTENSION');

        return \is_string($file) && is_file($file)
            ? (string) realpath($file)
            : self::markTestSkipped('CLOVERSYNC_EXTENSION names no file.');
    }

    /** One FastCGI request. */
    private function ask(string $socket, string $script): string
    {
        $text = '';

        foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET'] as $name => $value) {
            $text .= \chr(\strlen($name)) . \chr(\strlen($value)) . $name . $value;
        }

        $record = static fn (int $type, string $content): string => (
            pack('CCnnCC', 1, $type, 1, \strlen($content), 0, 0) . $content
        );
        $end = hrtime(true) + 60e9;

        for ($stream = false; $stream === false && hrtime(true) < $end;) {
            usleep(20_000);
            $stream = @stream_socket_client("unix://$socket");
        }

        if ($stream === false) {
            self::fail('PHP-FPM does not listen.');
        }

        stream_set_timeout($stream, 20);
        fwrite($stream, $record(1, pack('nCx5', 1, 0)) . $record(4, $text) . $record(4, '') . $record(5, ''));

        return (string) stream_get_contents($stream);
    }
}
