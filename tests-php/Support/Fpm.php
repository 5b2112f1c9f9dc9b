<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * nginx in front of PHP-FPM with the webhook server, as docs/serve.md describes: one pool or several web nodes. They
 * end with the object.
 */
final class Fpm
{
    public readonly string $url;

    private readonly string $folder;

    private readonly int $owner;

    private readonly bool $separate;

    /** @var list<resource> */
    private array $processes = [];

    /**
     * @param array<string, string> $environment The script's environment variables
     * @param int                   $children    Workers of each pool
     * @param int                   $nodes       Each has a pool with its own temporary folder and, where possible, its
     *   own process ids, like another machine; nginx uses them in turn
     */
    public function __construct(
        private readonly array $environment,
        private readonly int $children = 6,
        private readonly int $nodes = 1,
    ) {
        $this->folder   = sys_get_temp_dir() . '/cloversync-fpm-' . bin2hex(random_bytes(4));
        $this->owner    = (int) getmypid();
        $this->separate = $nodes > 1 && self::canSeparate();
        mkdir($this->folder, 0o700);
        $port      = Http::freePort();
        $this->url = "http://127.0.0.1:$port/webhook";

        for ($node = 0; $node < $nodes; $node++) {
            $this->startPool($node);
        }

        $this->startServer($port);
    }

    /** Separate process ids need a privilege that is not always available. */
    public static function canSeparate(): bool
    {
        $code = 0;
        exec('unshare --pid --fork --mount-proc --kill-child true 2>/dev/null', result_code: $code);

        return $code === 0;
    }

    /** Null when this machine lacks one of the two programs. */
    public static function missing(): ?string
    {
        return self::find('nginx') === null ? 'nginx' : (self::fpm() === null ? 'PHP-FPM' : null);
    }

    public function __destruct()
    {
        if (getmypid() !== $this->owner) {
            return;
        }

        foreach (array_reverse($this->processes, true) as $i => $process) {
            // A process with separate process ids does not pass signals on.
            if ($this->separate && $i < $this->nodes) {
                $this->cut($i);
            }

            proc_terminate($process, SIGTERM);
            proc_close($process);
        }

        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** @return list<int> Process ids of the workers of the first node */
    public function workers(): array
    {
        return self::children($this->master(0));
    }

    /** Reloads the first node's pool as an administrator does. */
    public function reload(): void
    {
        posix_kill($this->master(0), SIGUSR2);
    }

    /** Its process ids, by which {@see \CloverSync\Shop\Locking\ProcessIdentity} distinguishes nodes. */
    public function space(int $node): string
    {
        return (string) readlink("/proc/{$this->master($node)}/ns/pid");
    }

    /** Ends a node as a power failure does. */
    public function cut(int $node): void
    {
        $master = $this->master($node);
        $master > 0 && posix_kill($master, SIGKILL);
    }

    public function log(): string
    {
        return $this->read('fpm.log') . $this->read('nginx.log');
    }

    private function read(string $file): string
    {
        return (string) @file_get_contents("$this->folder/$file");
    }

    private function master(int $node): int
    {
        $started = proc_get_status($this->processes[$node])['pid'];

        return $this->separate ? self::children($started)[0] ?? 0 : $started;
    }

    /** @return list<int> */
    private static function children(int $process): array
    {
        $ids = trim((string) @file_get_contents("/proc/$process/task/$process/children"));

        return $ids === '' ? [] : array_map(intval(...), explode(' ', $ids));
    }

    /** PHP-FPM gives its workers nothing of its own environment. */
    private static function environment(): string
    {
        $lines = [];

        foreach (PhpEngine::environment() as $name => $value) {
            $lines[] = "env[$name] = $value";
        }

        return implode("\n", $lines);
    }

    private function startPool(int $node): void
    {
        $root   = Account::isRoot();
        $folder = "$this->folder/node$node";
        $config = "$folder/fpm.conf";
        mkdir("$folder/tmp", 0o700, true);
        $environment = self::environment();
        file_put_contents($config, <<<INI
            [global]
            error_log = $this->folder/fpm.log
            daemonize = no
            [shop]
            listen = $folder/fpm.sock
            env[CLOVERSYNC_FOLDER] = $folder/tmp
            env[TMPDIR] = $folder/tmp
            $environment
            pm = static
            pm.max_children = $this->children
            catch_workers_output = yes
            request_terminate_timeout = 60

            INI);
        if ($root) {
            file_put_contents(
                $config,
                "\nuser = " . Account::user() . "\ngroup = " . Account::group() . "\n",
                FILE_APPEND,
            );
        }

        $this->run([
            ...($this->separate ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] : []),
            (string) self::fpm(),
            ...($root ? ['-R'] : []),
            '-F',
            '-y',
            $config,
            ...PhpEngine::options(),
            '-d',
            "sys_temp_dir=$folder/tmp",
            '-d',
            "error_log=$this->folder/fpm.log",
            '-d',
            'log_errors=1',
            '-d',
            'display_errors=0',
        ]);
        // The socket is there before all workers are.
        $this->until(
            fn (): bool => (
                file_exists("$folder/fpm.sock")
                && \count(self::children($this->master($node))) === $this->children
            ),
            'PHP-FPM',
        );
    }

    private function startServer(int $port): void
    {
        $script = \dirname(__DIR__, 2) . '/cli/serve.php';
        $pools  = implode(' ', array_map(
            fn (int $node): string => "server unix:$this->folder/node$node/fpm.sock max_fails=0;",
            range(0, $this->nodes - 1),
        ));
        $params = '';

        foreach ($this->environment as $name => $value) {
            $params .= "fastcgi_param $name '$value';\n";
        }

        $user = Account::isRoot() ? 'user ' . Account::user() . ';' : '';
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
                upstream shop { $pools }
                server {
                    listen 127.0.0.1:$port;
                    location = /webhook {
                        include /etc/nginx/fastcgi_params;
                        fastcgi_param SCRIPT_FILENAME $script;
                        fastcgi_param REQUEST_URI /webhook;
                        $params
                        fastcgi_pass shop;
                        client_max_body_size 1m;
                    }
                }
            }
            CONF);
        $this->run([
            (string) self::find('nginx'),
            '-c',
            "$this->folder/nginx.conf",
            '-p',
            $this->folder,
            '-e',
            "$this->folder/nginx.log",
        ]);
        $this->until(static fn (): bool => Http::listens("127.0.0.1:$port"), 'nginx');
    }

    /** @param non-empty-list<string> $command */
    private function run(array $command): void
    {
        $pipes   = [];
        $log     = fopen("$this->folder/out.log", 'a');
        $process = $log === false ? false : proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes);

        if ($process === false) {
            throw new \RuntimeException("$command[0] cannot be started.");
        }

        $this->processes[] = $process;
    }

    private function until(callable $ready, string $what): void
    {
        $end = hrtime(true) + 60e9;

        while (!$ready()) {
            if (hrtime(true) > $end) {
                throw new \RuntimeException("$what did not become ready: {$this->read('out.log')}{$this->log()}");
            }

            usleep(20_000);
        }
    }

    public static function program(): string
    {
        return self::fpm() ?? throw new \RuntimeException('PHP-FPM is not installed.');
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
