<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * A pool of PHP-FPM with one worker and without php.ini, called over its socket, so that only PHP is measured. It ends
 * with the object.
 */
final class FpmPool
{
    private const SCRIPT = "<?php\necho 'ok';\n";

    private readonly string $folder;

    /** @var resource */
    private $process;

    /** @param list<string> $options */
    public function __construct(array $options)
    {
        $this->folder = sys_get_temp_dir() . '/cloversync-pool-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0o700);
        $root  = posix_geteuid() === 0;
        $user  = posix_getpwuid(posix_geteuid());
        $group = posix_getgrgid(posix_getegid());

        if ($user === false || $group === false) {
            throw new \RuntimeException('This user has no name.');
        }

        file_put_contents("$this->folder/script.php", self::SCRIPT);
        file_put_contents(
            "$this->folder/fpm.conf",
            "[global]\nerror_log = $this->folder/log\ndaemonize = no\n"
            . "[bench]\nlisten = $this->folder/sock\npm = static\npm.max_children = 1\n"
            . ($root ? "user = {$user['name']}\ngroup = {$group['name']}\n" : ''),
        );
        $pipes   = [];
        $process = proc_open(
            [self::binary(), '-n', ...($root ? ['-R'] : []), '-F', '-y', "$this->folder/fpm.conf", ...$options],
            [['file', '/dev/null', 'r'], ['file', "$this->folder/out", 'w'], ['file', "$this->folder/errors", 'w']],
            $pipes,
        );

        if ($process === false) {
            throw new \RuntimeException('PHP-FPM cannot be started.');
        }

        $this->process = $process;

        for ($i = 0; !file_exists("$this->folder/sock"); $i++) {
            if ($i > 200) {
                throw new \RuntimeException('PHP-FPM did not become ready: '
                . (string) file_get_contents("$this->folder/errors"));
            }

            usleep(50_000);
        }
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public static function binary(): string
    {
        foreach (['/usr/sbin/', '/usr/local/sbin/', '/usr/bin/'] as $folder) {
            foreach (['php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, 'php-fpm'] as $name) {
                if (is_executable($folder . $name)) {
                    return $folder . $name;
                }
            }
        }

        throw new \RuntimeException('PHP-FPM is not installed: run scripts/setup.sh.');
    }

    /** One request and its whole answer. */
    public function ask(): void
    {
        $socket = stream_socket_client("unix://$this->folder/sock", timeout: 5);

        if ($socket === false) {
            throw new \RuntimeException('PHP-FPM does not listen.');
        }

        $values = '';

        foreach ([
            'REQUEST_METHOD'  => 'GET',
            'SCRIPT_FILENAME' => "$this->folder/script.php",
            'SCRIPT_NAME'     => '/script.php',
            'REQUEST_URI'     => '/script.php',
            'SERVER_PROTOCOL' => 'HTTP/1.1',
        ] as $name => $value) {
            $values .= \chr(\strlen($name)) . pack('C', \strlen($value)) . $name . $value;
        }

        // FastCGI: begin request (responder, close), parameters, end of parameters, empty input.
        fwrite(
            $socket,
            self::record(1, pack('nCx5', 1, 0)) . self::record(4, $values) . self::record(4, '') . self::record(5, ''),
        );
        $answer = stream_get_contents($socket);
        fclose($socket);

        if (!str_contains((string) $answer, 'ok')) {
            throw new \RuntimeException('PHP-FPM did not run the script.');
        }
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnCx', 1, $type, 1, \strlen($content), 0) . $content;
    }
}
