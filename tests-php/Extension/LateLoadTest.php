<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Tests\Support\Fpm;
use CloverSync\Tests\Support\FpmPool;
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

        $pool = new FpmPool(
            '<?php echo "[", (int) extension_loaded("cloversync"), (int) class_exists("CloverSync\\Vault"),'
            . ' (int) extension_loaded("cloversync-refused"), "]";',
            config: "pm.max_children=2\npm.max_requests=20\ncatch_workers_output=yes\nphp_admin_value[extension]="
                . $this->extension(),
        );
        $answers = [];

        for ($i = 0; $i < 60; $i++) {
            $m         = [];
            $answers[] = preg_match('/\[\d+\]/', $pool->ask(), $m) === 1 ? $m[0] : 'nothing';
        }

        self::assertSame(['[001]' => 60], array_count_values($answers));
        $log = $pool->end();
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
}
