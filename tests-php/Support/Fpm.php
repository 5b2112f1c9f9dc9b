<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** nginx in front of PHP-FPM, as docs/serve.md says, with the webhook server in it. Ends with the object. */
final class Fpm
{
    public readonly string $url;

    private readonly string $folder;

    private readonly int $owner;

    /** @var list<resource> */
    private array $processes = [];

    /**
     * @param array<string, string> $environment What the script finds in its environment
     * @param int                   $children    Workers of the pool
     */
    public function __construct(private readonly array $environment, private readonly int $children = 6)
    {
        $this->folder = sys_get_temp_dir() . '/cloversync-fpm-' . bin2hex(random_bytes(4));
        $this->owner  = (int) getmypid();
        mkdir($this->folder, 0700);
        $port      = self::freePort();
        $this->url = "http://127.0.0.1:$port/webhook";
        $this->startPool();
        $this->startServer($port);
    }

    /** Null when this machine lacks one of the two. */
    public static function missing(): ?string
    {
        return self::find('nginx') === null ? 'nginx' : (self::fpm() === null ? 'PHP-FPM' : null);
    }

    public function __destruct()
    {
        if (getmypid() !== $this->owner) {
            return;
        }

        foreach (array_reverse($this->processes) as $process) {
            proc_terminate($process, SIGTERM);
            proc_close($process);
        }

        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** @return list<int> Process ids of the workers */
    public function workers(): array
    {
        $master = proc_get_status($this->processes[0])['pid'];
        $ids    = trim((string) @file_get_contents("/proc/$master/task/$master/children"));

        return $ids === '' ? [] : array_map(intval(...), explode(' ', $ids));
    }

    /** Reloads the pool as its administrator would. */
    public function reload(): void
    {
        posix_kill(proc_get_status($this->processes[0])['pid'], SIGUSR2);
    }

    public function log(): string
    {
        return (string) @file_get_contents("$this->folder/fpm.log") . @file_get_contents("$this->folder/nginx.log");
    }

    private function startPool(): void
    {
        $root = posix_geteuid() === 0;
        file_put_contents("$this->folder/fpm.conf", <<<INI
            [global]
            error_log = $this->folder/fpm.log
            daemonize = no
            [shop]
            listen = $this->folder/fpm.sock
            pm = static
            pm.max_children = $this->children
            catch_workers_output = yes
            request_terminate_timeout = 60

            INI);
        $user = posix_getpwuid(posix_geteuid())['name'];

        if ($root) {
            file_put_contents("$this->folder/fpm.conf", "\nuser = $user\ngroup = " . posix_getgrgid(posix_getegid())['name'] . "\n", FILE_APPEND);
        }

        $this->run([
            (string) self::fpm(), ...($root ? ['-R'] : []), '-F', '-y', "$this->folder/fpm.conf", '-d', 'extension=' . getenv('CLOVERSYNC_EXTENSION'),
            '-d', 'error_log=' . "$this->folder/fpm.log", '-d', 'log_errors=1', '-d', 'display_errors=0',
        ]);
        $this->until(fn (): bool => file_exists("$this->folder/fpm.sock"), 'PHP-FPM');
    }

    private function startServer(int $port): void
    {
        $script = \dirname(__DIR__, 2) . '/bin/serve.php';
        $params = '';

        foreach ($this->environment as $name => $value) {
            $params .= "fastcgi_param $name '$value';\n";
        }

        $user   = posix_geteuid() === 0 ? 'user ' . posix_getpwuid(posix_geteuid())['name'] . ';' : '';
        file_put_contents("$this->folder/nginx.conf", <<<CONF
            $user
            worker_processes 1;
            daemon off;
            pid $this->folder/nginx.pid;
            error_log $this->folder/nginx.log warn;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path $this->folder/body;
                fastcgi_temp_path $this->folder/fastcgi;
                proxy_temp_path $this->folder/proxy;
                uwsgi_temp_path $this->folder/uwsgi;
                scgi_temp_path $this->folder/scgi;
                server {
                    listen 127.0.0.1:$port;
                    location = /webhook {
                        include /etc/nginx/fastcgi_params;
                        fastcgi_param SCRIPT_FILENAME $script;
                        fastcgi_param REQUEST_URI /webhook;
                        $params
                        fastcgi_pass unix:$this->folder/fpm.sock;
                        client_max_body_size 1m;
                    }
                }
            }
            CONF);
        $this->run([(string) self::find('nginx'), '-c', "$this->folder/nginx.conf", '-p', $this->folder, '-e', "$this->folder/nginx.log"]);
        $this->until(static fn (): bool => @fsockopen('127.0.0.1', $port, timeout: 1) !== false, 'nginx');
    }

    /** @param list<string> $command */
    private function run(array $command): void
    {
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', "$this->folder/out.log", 'a'], ['file', "$this->folder/out.log", 'a']], $pipes);

        if ($process === false) {
            throw new \RuntimeException("$command[0] cannot be started.");
        }

        $this->processes[] = $process;
    }

    private function until(callable $ready, string $what): void
    {
        $end = hrtime(true) + 20e9;

        while (!$ready()) {
            if (hrtime(true) > $end) {
                throw new \RuntimeException("$what did not become ready: " . file_get_contents("$this->folder/out.log") . $this->log());
            }

            usleep(20_000);
        }
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port   = (int) substr((string) strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);

        return $port;
    }

    private static function fpm(): ?string
    {
        return self::find('php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION) ?? self::find('php-fpm');
    }

    private static function find(string $name): ?string
    {
        foreach ([...explode(':', (string) getenv('PATH')), '/usr/sbin', '/usr/local/sbin'] as $folder) {
            if (is_executable("$folder/$name")) {
                return "$folder/$name";
            }
        }

        return null;
    }
}
