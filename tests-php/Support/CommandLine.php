<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use PHPUnit\Framework\Assert;

/** Runs ./cloversync in a folder of its own, as users do. */
final class CommandLine
{
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
        array_map(unlink(...), glob($this->folder . '/*'));
        rmdir($this->folder);
    }

    /** @return array<string, mixed> The last line of a command that succeeded, or ended with one of these exit codes */
    public function done(array $words, int $code = 0): array
    {
        $result = $this->run([...$words, '--json']);
        Assert::assertSame($code, $result['code'], $result['err'] . $result['out']);
        $last = end($result['lines']) ?: [];
        Assert::assertSame('done', $last['event'] ?? null, $result['out']);

        return $last;
    }

    /**
     * @param list<string> $words
     *
     * @return array{code: int, out: string, err: string, lines: list<array<string, mixed>>} Lines of JSON only
     */
    public function run(array $words, string $input = ''): array
    {
        ['process' => $process, 'pipes' => $pipes] = $this->start($words, $input);
        $out  = (string) stream_get_contents($pipes[1]);
        $code = proc_close($process);
        $rows = [];

        foreach (\in_array('--json', $words, true) ? array_filter(explode("\n", $out)) : [] as $line) {
            $rows[] = json_decode($line, true);
            Assert::assertIsArray(end($rows), "Not a JSON object: $out");
        }

        return [
            'code'  => $code,
            'out'   => $out,
            'err'   => (string) file_get_contents($this->folder . '/stderr'),
            'lines' => $rows,
        ];
    }

    /**
     * @param list<string> $words
     *
     * @return array{process: resource, pipes: array<int, resource>}
     */
    public function start(array $words, string $input = ''): array
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
        ['process' => $process, 'pipes' => $pipes] = $this->open([PHP_BINARY, ...$words], '');
        $out = (string) stream_get_contents($pipes[1]);
        proc_close($process);

        return $out . file_get_contents($this->folder . '/stderr');
    }

    /**
     * @param list<string> $command
     *
     * @return array{process: resource, pipes: array<int, resource>}
     */
    private function open(array $command, string $input): array
    {
        file_put_contents($this->folder . '/stdin', $input);
        $process = proc_open(
            [...$this->within, ...$command],
            [['file', $this->folder . '/stdin', 'r'], ['pipe', 'w'], ['file', $this->folder . '/stderr', 'w']],
            $pipes,
            $this->folder,
            $this->environment
            + ['PATH' => (string) getenv('PATH'), 'HOME' => (string) getenv('HOME')]
            + PhpEngine::environment(),
        );

        return ['process' => $process, 'pipes' => $pipes];
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
