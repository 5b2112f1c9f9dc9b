<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * A pool of PHP-FPM without php.ini that runs one script, called over its socket without a web server. It ends with the
 * object.
 */
final class FpmPool
{
    private readonly string $folder;

    /** @var resource */
    private $process;

    /**
     * @param list<string> $options Of PHP
     * @param string       $config  Further lines for the pool
     */
    public function __construct(string $script, array $options = [], string $config = 'pm.max_children=1')
    {
        $this->folder = sys_get_temp_dir() . '/cloversync-pool-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0o700);
        file_put_contents("$this->folder/script.php", $script);
        $root = posix_geteuid() === 0;
        $user = $root ? "user=root\ngroup=root\n" : '';
        file_put_contents(
            "$this->folder/fpm.conf",
            "[global]\nerror_log=$this->folder/fpm.log\ndaemonize=no\n[pool]\nlisten=$this->folder/sock\n"
            . "pm=static\n$user$config\n",
        );
        $command = [
            Fpm::program(),
            '-n',
            ...($root ? ['-R'] : []),
            '-F',
            '-y',
            "$this->folder/fpm.conf",
            ...$options,
        ];
        $pipes         = [];
        $log           = fopen("$this->folder/out.log", 'a');
        $process       = $log === false ? false : proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes);
        $this->process = $process ?: throw new \RuntimeException('PHP-FPM cannot be started.');

        for ($end = hrtime(true) + 60e9; @stream_socket_client("unix://$this->folder/sock") === false; usleep(20_000)) {
            if (hrtime(true) > $end) {
                throw new \RuntimeException('PHP-FPM did not become ready: ' . $this->end());
            }
        }
    }

    public function __destruct()
    {
        $this->end();
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** @return string What it has logged until its end */
    public function end(): string
    {
        if (\is_resource($this->process)) {
            proc_terminate($this->process);
            proc_close($this->process);
        }

        return (
            (string) @file_get_contents("$this->folder/out.log") . (string) @file_get_contents("$this->folder/fpm.log")
        );
    }

    /** @return string The whole answer to one request */
    public function ask(): string
    {
        $socket = stream_socket_client("unix://$this->folder/sock", timeout: 20);

        if ($socket === false) {
            throw new \RuntimeException('PHP-FPM does not listen.');
        }

        $values = '';

        foreach (['REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => "$this->folder/script.php"] as $name => $value) {
            $values .= \chr(\strlen($name)) . \chr(\strlen($value)) . $name . $value;
        }

        stream_set_timeout($socket, 20);
        // FastCGI: begin a request (responder, close at the end), parameters, their end, no input.
        $records = [
            [1, pack('nCx5', 1, 0)],
            [4, $values],
            [4, ''],
            [5, ''],
        ];
        fwrite($socket, implode('', array_map(
            static fn (array $r): string => pack('CCnnCx', 1, $r[0], 1, \strlen($r[1]), 0) . $r[1],
            $records,
        )));

        return (string) stream_get_contents($socket);
    }
}
