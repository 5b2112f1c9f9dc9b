<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\PhpFacts;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\Program;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** A helper program that cannot run is named in one sentence by the command line and by the report on the engine. */
#[Group('helper')]
#[Group('once')]
final class BrokenHelperTest extends TestCase
{
    private const REPORT = '
        require $argv[1];
        $report = CloverSync\Shop\Engine\Engine::report();
        [$trial] = CloverSync\Shop\Engine\HelperTrial::all();
        echo json_encode([
            [$report->isUsable(), $report->problem?->value, $report->detail],
            [$trial->works(), $trial->problem?->value, $trial->detail],
        ]);
    ';

    private const REFUSED =
        'The helper program %s cannot be started: its folder lets nothing run (noexec, SELinux), or it was made for '
            . 'another kind of processor.';

    private CommandLine $shell;

    private string $helper;

    protected function setUp(): void
    {
        PhpEngine::require();

        if (!PhpEngine::isHelper()) {
            self::markTestSkipped('The extension is tested: CLOVERSYNC_ENGINE is not helper.');
        }

        $name = 'clover-helper-' . bin2hex(random_bytes(4));

        $this->shell                                   = new CommandLine();
        $this->helper                                  = sys_get_temp_dir() . "/$name";
        $this->shell->environment['CLOVERSYNC_HELPER'] = $this->helper;
    }

    protected function tearDown(): void
    {
        @unlink($this->helper);
        unset($this->shell);
    }

    /**
     * @return iterable<string, array{0: HelperProblem, 1: string, 2: \Closure(string, string): mixed,
     *   3?: list<string>}> Problem, sentence with %s for the program, what makes it from a helper, disabled functions
     */
    public static function ways(): iterable
    {
        $copy = static fn (int $mode): \Closure => static function (string $to, string $from) use ($mode): void {
            copy($from, $to);
            chmod($to, $mode);
        };
        $changed = static fn (\Closure $change): \Closure => static function (string $to, string $from) use (
            $change,
        ): void {
            file_put_contents($to, $change((string) file_get_contents($from)));
            chmod($to, 0o755);
        };
        // The answer to hello, of 21 bytes.
        $old     = '\\000\\000\\000\\025{"i":1,"r":[1,"0.1"]}';
        $json    = '{"i":1,"r":[2,"' . Engine::VERSION . '"]}';
        $other   = \sprintf('\\000\\000\\000\\%03o%s', \strlen($json), $json);
        $foreign = php_uname('m') === 'aarch64' ? "\x3e\x00" : "\xb7\x00";
        $silent  = 'The helper program %s does not answer: the file is damaged, or another program.';
        yield 'disable_functions' => [
            HelperProblem::Disabled,
            "PHP's function proc_open is disabled on this server (disable_functions), and the helper program cannot be "
                . 'started without it: ask the host to allow it.',
            $copy(0o755),
            ['proc_open'],
        ];
        yield '0644, and PHP may not change it' => [
            HelperProblem::NotExecutable,
            'The helper program %s has no permission to run: set its permissions to 755.',
            $copy(0o644),
            ['chmod'],
        ];
        yield 'execve answers EACCES' => [
            HelperProblem::NotStarted,
            self::REFUSED,
            $changed(static fn (): string => "#!/\n"),
        ];
        yield 'of another machine' => [
            HelperProblem::NotStarted,
            self::REFUSED,
            $changed(static fn (string $bytes): string => substr_replace($bytes, $foreign, 18, 2)),
        ];
        yield 'older' => [
            HelperProblem::OtherVersion,
            'The helper program is version 0.1, and version ' . Engine::VERSION . ' is needed.',
            $changed(static fn (): string => "#!/bin/sh\nprintf '$old'\ncat >/dev/null\n"),
        ];
        yield 'cut in its middle' => [
            HelperProblem::NoAnswer,
            $silent,
            $changed(static fn (string $bytes): string => substr($bytes, 0, 5_000)),
        ];
        yield 'of another protocol' => [
            HelperProblem::NoAnswer,
            $silent,
            $changed(static fn (): string => "#!/bin/sh\nprintf '$other'\ncat >/dev/null\n"),
        ];
        yield 'empty' => [HelperProblem::NoAnswer, $silent, $changed(static fn (): string => '')];
        yield 'cut in its head' => [
            HelperProblem::NoAnswer,
            $silent,
            $changed(static fn (string $bytes): string => substr($bytes, 0, 12)),
        ];
        yield 'gone' => [
            HelperProblem::Missing,
            'There is neither the PHP extension cloversync nor a helper program (%s): run “make build”, or name the '
                . 'program in CLOVERSYNC_HELPER.',
            static fn (): null => null,
        ];
    }

    /**
     * @param \Closure(string, string): mixed $make
     * @param list<string>                    $disabled
     */
    #[DataProvider('ways')]
    #[TestDox('The one sentence says what is wrong: $_dataName')]
    public function test_ways(HelperProblem $problem, string $sentence, \Closure $make, array $disabled = []): void
    {
        $make($this->helper, Engine::programs()[0]);
        file_put_contents("{$this->shell->folder}/disabled.ini", 'disable_functions=' . implode(',', $disabled) . "\n");
        $this->shell->environment['PHP_INI_SCAN_DIR'] = ":{$this->shell->folder}";
        $this->assertNamed($problem, $sentence);
    }

    #[TestDox('0644, as Joomla unpacks files, is corrected')]
    public function test_unpacked_by_joomla(): void
    {
        copy(Engine::programs()[0], $this->helper);
        chmod($this->helper, 0o644);
        $result = $this->shell->run(['status']);
        self::assertSame([0, ''], [$result['code'], $result['err']]);
        self::assertSame(0o755, fileperms($this->helper) & 0o777);
    }

    #[TestDox('A folder that is mounted with noexec is named')]
    public function test_noexec(): void
    {
        $place = self::noexec();

        if ($place === null) {
            fwrite(
                STDERR,
                "\n    no folder could be mounted with noexec: this user may not mount, and none is there\n",
            );
            $this->expectNotToPerformAssertions();

            return;
        }

        ['within' => $within, 'folder' => $folder] = $place;
        $folder .= '/cloversync-noexec-' . bin2hex(random_bytes(4));
        mkdir($folder, 0o700);
        $this->helper                                  = "$folder/clover-helper";
        $this->shell->environment['CLOVERSYNC_HELPER'] = $this->helper;
        $mount                                         = $within === [] ? '' : 'mount -t tmpfs -o noexec none "$1" && ';
        $this->shell->within                           = [
            ...$within,
            'sh',
            '-c',
            $mount . 'cp "$2" "$1/clover-helper" && shift 2 && exec "$@"',
            'sh',
            $folder,
            Engine::programs()[0],
        ];

        try {
            $this->assertNamed(HelperProblem::NotStarted, self::REFUSED);
        } finally {
            @unlink($this->helper);
            rmdir($folder);
        }
    }

    /** @return ?array{within: list<string>, folder: string} What starts a command with mounts of its own */
    private static function noexec(): ?array
    {
        // Root may do the first, and the second is for users, where the system lets them.
        foreach ([['unshare', '-m'], ['unshare', '-rm']] as $within) {
            [$code] = Program::run([...$within, 'mount', '-t', 'tmpfs', '-o', 'noexec', 'none', '/mnt']);

            if ($code === 0) {
                return ['within' => $within, 'folder' => sys_get_temp_dir()];
            }
        }

        // Containers have such a folder.
        foreach (['/dev/shm', '/run', sys_get_temp_dir()] as $folder) {
            if (is_writable($folder) && PhpFacts::isNoexec($folder, Files::read('/proc/self/mounts'))) {
                return ['within' => [], 'folder' => $folder];
            }
        }

        return null;
    }

    /** @param string $sentence With %s for the program */
    private function assertNamed(HelperProblem $problem, string $sentence): void
    {
        $sentence = \sprintf($sentence, $this->helper);
        $result   = $this->shell->run(['status']);
        self::assertSame([1, '', "error: $sentence\n"], [$result['code'], $result['out'], $result['err']]);
        $detail = match ($problem) {
            HelperProblem::Disabled     => 'proc_open',
            HelperProblem::OtherVersion => '0.1',
            default                     => $this->helper,
        };
        $seen = [false, $problem->value, $detail];
        $said = $this->shell->php(['-r', self::REPORT, '--', \dirname(__DIR__, 2) . '/cli/autoload.php']);
        self::assertSame([$seen, $seen], json_decode($said, true), $said);
    }
}
