<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Engine\Checksum;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\EngineReport;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\HelperTrial;
use CloverSync\Shop\Engine\PhpFacts;
use CloverSync\Shop\Engine\SeenPhp;
use CloverSync\Shop\Engine\SupportReport;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** What the page Server finds out, without Joomla. */
#[Group('once')]
final class HelperTrialTest extends TestCase
{
    private string $folder = '';

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/cloversync-trial-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0o700);
    }

    protected function tearDown(): void
    {
        array_map(unlink(...), glob("$this->folder/*") ?: []);
        rmdir($this->folder);
    }

    #[TestDox('Each program is started: what is wrong with it is named, and whether its file has changed')]
    public function test_trials(): void
    {
        $name  = 'clover-helper-' . Engine::VERSION . '-x86_64';
        $text  = "#!/bin/sh\nexec cat >/dev/null\n";
        $trial = $this->trial($name, "#!/bin/sh\nexit 3\n", [$name => hash('sha256', $text)]);
        self::assertSame([HelperProblem::NoAnswer, Checksum::Changed], [$trial->problem, $trial->checksum]);
        self::assertSame([$name, 'x86_64'], [$trial->name, $trial->machine]);

        $trial = $this->trial('damaged', "\x7fELF", ['damaged' => hash('sha256', "\x7fELF")]);
        self::assertSame([HelperProblem::NoAnswer, Checksum::Same], [$trial->problem, $trial->checksum]);
        self::assertNull($trial->machine);
        self::assertFalse($trial->isForeign());

        $trial = HelperTrial::of("$this->folder/gone", ['gone' => str_repeat('0', 64)]);
        self::assertSame([HelperProblem::Missing, Checksum::Vanished], [$trial->problem, $trial->checksum]);

        $trial = HelperTrial::of("$this->folder/gone", []);
        self::assertSame([HelperProblem::Missing, Checksum::Unknown], [$trial->problem, $trial->checksum]);
    }

    #[TestDox('A program for another processor is not a problem')]
    public function test_foreign(): void
    {
        if (!\in_array(php_uname('m'), ['x86_64', 'aarch64'], true)) {
            self::markTestSkipped('No helper is built for this machine.');
        }

        $other = php_uname('m') === 'x86_64' ? 'aarch64' : 'x86_64';
        $code  = $other === 'x86_64' ? 62 : 183;
        $trial = $this->trial("helper-$other", "\x7fELF" . str_repeat("\0", 14) . \chr($code) . "\0", []);
        self::assertSame(HelperProblem::NotStarted, $trial->problem);
        self::assertTrue($trial->isForeign());
    }

    #[TestDox('The helper of this build works')]
    public function test_works(): void
    {
        $program = (string) getenv('CLOVERSYNC_HELPER');

        if (!is_file($program)) {
            self::markTestSkipped('CLOVERSYNC_HELPER names no file.');
        }

        [$trial] = HelperTrial::all();
        self::assertSame([$program, true, ''], [$trial->path, $trial->works(), $trial->detail]);
        self::assertFalse($trial->isForeign());
    }

    #[TestDox('A file of the PHP extension is found only where it fits this PHP')]
    public function test_library(): void
    {
        $file = 'cloversync-' . Engine::VERSION . '-20240924-nts-x86_64.so';
        touch("$this->folder/$file");
        $folders = ['', '/no/such/folder', $this->folder];
        self::assertSame("$this->folder/$file", self::facts()->library($folders));
        self::assertSame("$this->folder/$file", self::facts(extensionFolder: $this->folder)->library([]));
        self::assertNull(self::facts()->library([]));

        foreach ([
            self::facts(version: '8.3.9'),
            self::facts(version: '8.9.0'),
            self::facts(machine: 'aarch64'),
            self::facts(machine: null),
            self::facts(libc: 'musl'),
            self::facts(hasPlainBuild: false),
        ] as $other) {
            self::assertNull($other->library($folders));
        }
    }

    #[TestDox('noexec counts of the file system that holds the folder')]
    public function test_noexec(): void
    {
        $mounts =
            "/dev/a / ext4 rw,relatime 0 0\n/dev/b /home ext4 rw,nosuid,noexec 0 0\n"
            . "/dev/c /home/run ext4 rw 0 0\n/dev/d /my\\040shop ext4 noexec 0 0\n";
        self::assertTrue(PhpFacts::isNoexec('/home/a/helpers', $mounts));
        self::assertTrue(PhpFacts::isNoexec('/my shop/helpers', $mounts));
        self::assertFalse(PhpFacts::isNoexec('/home/run/helpers', $mounts));
        self::assertFalse(PhpFacts::isNoexec('/homes/helpers', $mounts));
        self::assertFalse(PhpFacts::isNoexec('/home/a', ''));
    }

    #[TestDox('The report says what runs and what does not, and names no user')]
    public function test_report(): void
    {
        $here = PhpFacts::read();
        self::assertSame([PHP_VERSION, PHP_SAPI, php_uname('m')], [$here->version, $here->sapi, $here->machine]);
        ob_start();
        phpinfo(INFO_GENERAL);
        self::assertSame(
            $here->hasPlainBuild,
            preg_match('/^PHP Extension Build => API\d+,NTS$/m', (string) ob_get_clean()) === 1,
        );

        $broken = new EngineReport(Engine::Helper, null, HelperProblem::Disabled, 'proc_open');
        $report = SupportReport::text(
            ['Joomla' => '6.0.1'],
            self::facts(),
            new SeenPhp($broken, null, '8.4.1', null, null),
            new SeenPhp(new EngineReport(Engine::Extension, '0.2.0'), 'nl2br', '8.3.2', null, 1_800_000_000),
            [new HelperTrial('/a/b', 'b', null, HelperProblem::Disabled, 'proc_open', Checksum::Vanished)],
            ['Core', 'json'],
        );

        foreach ([
            'Joomla: 6.0.1',
            'PHP: 8.4.1 fpm-fcgi',
            'php.ini: /home/…/php.ini',
            'Disabled functions: proc_open',
            'Web server: PHP 8.4.1, helper unusable, disabled (proc_open)',
            'Command line: PHP 8.3.2, extension 0.2.0, lacks nl2br, seen 2027-01-15 08:00:00 UTC',
            '  b: disabled (proc_open), checksum vanished',
            'PHP extensions: Core, json',
        ] as $line) {
            self::assertStringContainsString("$line\n", $report);
        }

        self::assertStringNotContainsString('maria', $report);
    }

    #[TestDox('Names of users are left out of paths')]
    public function test_users(): void
    {
        $paths = '/home/maria/www /home2/maria /var/www/vhosts/maria.example/httpdocs /Users/maria/a /homework/maria';
        self::assertSame(
            '/home/…/www /home2/… /var/www/vhosts/…/httpdocs /Users/…/a /homework/maria',
            PhpFacts::withoutUsers($paths),
        );
    }

    /** @param array<string, string> $sums */
    private function trial(string $name, string $content, array $sums): HelperTrial
    {
        file_put_contents("$this->folder/$name", $content);
        chmod("$this->folder/$name", 0o644);

        return HelperTrial::of("$this->folder/$name", $sums);
    }

    private static function facts(
        string $version = '8.4.1',
        ?string $machine = 'x86_64',
        string $libc = 'glibc 2.36',
        bool $hasPlainBuild = true,
        string $extensionFolder = '',
    ): PhpFacts {
        return new PhpFacts(
            version: $version,
            sapi: 'fpm-fcgi',
            system: 'Linux 6.1',
            machine: $machine,
            libc: $libc,
            hasPlainBuild: $hasPlainBuild,
            iniFile: '/home/maria/php.ini',
            extensionFolder: $extensionFolder,
            isConfined: false,
            noexec: false,
            disabled: ['proc_open'],
        );
    }
}
