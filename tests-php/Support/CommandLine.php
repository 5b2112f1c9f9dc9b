<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * Runs ./cloversync in a folder of its own, as users do.
 *
 * @phpstan-type Result array{code: int, out: string, err: string, lines: list<array<string, mixed>>,
 *   last: array<string, mixed>} Lines of JSON, and the last one of them
 */
final class CommandLine
{
    /** @var non-empty-string */
    public readonly string $folder;

    /** @var array<string, string> Beside what every program gets */
    public array $environment = [
        'CLOVERSYNC_ENVIRONMENT' => 'sandbox',
        'CLOVERSYNC_APP_ID'      => Simulator::APP_ID,
        'CLOVERSYNC_APP_SECRET'  => Simulator::APP_SECRET,
    ];

    /** @var list<string> A command that starts the program, such as `unshare` */
    public array $within = [];

    public function __construct(?Simulator $clover = null)
    {
        $this->folder = TestDatabase::folder() . '/cloversync-cli-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0o700);

        if ($clover !== null) {
            $this->environment['CLOVERSYNC_BASE_URL'] = $clover->url;
        }
    }

    public function __destruct()
    {
        array_map(unlink(...), Files::matching($this->folder . '/*'));
        rmdir($this->folder);
    }

    /**
     * @param list<string> $words
     *
     * @return array<string, mixed> The last line of a command that ended with this exit code
     */
    public function done(array $words, int $code = 0): array
    {
        $result = $this->run([...$words, '--json']);
        Assert::assertSame($code, $result['code'], $result['err'] . $result['out']);
        Assert::assertSame('done', $result['last']['event'] ?? null, $result['out']);

        return $result['last'];
    }

    /**
     * @param list<string> $words
     *
     * @return Result
     */
    public function run(array $words, string $input = ''): array
    {
        $program = $this->start($words, $input);
        $out     = $program->rest();
        $code    = $program->end();
        $lines   = \in_array('--json', $words, true) ? self::lines($out) : [];

        return [
            'code'  => $code,
            'out'   => $out,
            'err'   => $program->errors(),
            'lines' => $lines,
            'last'  => end($lines) ?: [],
        ];
    }

    /** @return list<array<string, mixed>> Lines of JSON */
    public static function lines(string $out): array
    {
        return array_map(Json::decode(...), array_values(array_filter(explode("\n", $out))));
    }

    /** @param list<string> $words */
    public function start(array $words, string $input = ''): Program
    {
        return $this->open([__DIR__ . '/../../cloversync', ...$words], $input);
    }

    /**
     * @param list<string> $words
     *
     * @return string What PHP with these words writes
     */
    public function php(array $words): string
    {
        $program = $this->open([PHP_BINARY, ...$words], '');
        $out     = $program->rest();
        $program->end();

        return $out . $program->errors();
    }

    /** @param non-empty-list<string> $command */
    private function open(array $command, string $input): Program
    {
        file_put_contents($this->folder . '/stdin', $input);

        return Program::start(
            [...$this->within, ...$command],
            $this->environment
            + ['PATH' => (string) getenv('PATH'), 'HOME' => (string) getenv('HOME')]
            + PhpEngine::environment(),
            $this->folder,
            $this->folder . '/stdin',
        );
    }

    /** The webhook server, as soon as it listens there. */
    public function serve(string $listen): Program
    {
        $program = $this->start(['serve', '--listen', $listen]);

        $end = microtime(true) + 60;

        while (!Http::listens($listen)) {
            if (microtime(true) > $end) {
                $program->signal(SIGKILL);
                $program->end();

                throw new \RuntimeException("The server did not begin: {$program->errors()}");
            }

            usleep(20_000);
        }

        return $program;
    }

    /** @return list<list<string>> Rows of the shop's database */
    public function rows(string $query): array
    {
        $answer = (new \PDO("sqlite:$this->folder/cloversync.sqlite"))->query($query);
        $rows   = [];

        /** @var list<scalar|null> $row */
        foreach ($answer === false ? [] : $answer->fetchAll(\PDO::FETCH_NUM) as $row) {
            $rows[] = array_map(strval(...), $row);
        }

        return $rows;
    }
}
