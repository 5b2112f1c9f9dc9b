<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * Posts webhook deliveries at a fixed rate, each with its own connection, and notes the response and its time.
 */
final class WebhookStorm
{
    /** @var list<int> */
    public array $statuses = [];

    /** @var list<float> Milliseconds to the end of each answer */
    public array $times = [];

    /** @var array<int, array{socket: resource, began: float, text: string}> */
    private array $open = [];

    private readonly string $host;

    private readonly string $path;

    public function __construct(
        string $url,
        private readonly string $secret,
    ) {
        $parts = [];

        if (preg_match('#^http://([^/]+)(/.*)$#', $url, $parts) !== 1) {
            throw new \LogicException("$url has no host or no path.");
        }

        [, $this->host, $this->path] = $parts;
    }

    /**
     * @param int                       $count     Deliveries
     * @param float                     $perSecond
     * @param callable(int): string     $body      Created just before it is sent
     * @param ?callable(int): void      $between   Called after each delivery was sent
     */
    public function send(int $count, float $perSecond, callable $body, ?callable $between = null): void
    {
        $began = microtime(true);

        for ($i = 0; $i < $count; $i++) {
            $due = $began + ($i / $perSecond);

            do {
                $this->listen(max(0.0, min(0.02, $due - microtime(true))));
            } while (microtime(true) < $due);

            $this->post($body($i));

            if ($between !== null) {
                $between($i);
            }
        }

        while ($this->open !== []) {
            $this->listen(0.05);
        }
    }

    public function percentile(float $part): float
    {
        $times = $this->times;
        sort($times);

        return $times[(int) min(\count($times) - 1, ceil(\count($times) * $part) - 1)];
    }

    private function post(string $body): void
    {
        $socket = Http::connect($this->host);
        stream_set_blocking($socket, false);
        $began = microtime(true);
        fwrite(
            $socket,
            "POST $this->path HTTP/1.1\r\nHost: $this->host\r\nConnection: close\r\n"
            . "Content-Type: application/json\r\nX-Clover-Auth: $this->secret\r\nContent-Length: "
            . \strlen($body)
            . "\r\n\r\n$body",
        );
        $this->open[(int) $socket] = ['socket' => $socket, 'began' => $began, 'text' => ''];
    }

    private function listen(float $seconds): void
    {
        $read = array_column($this->open, 'socket');

        if ($read === []) {
            usleep(max(0, (int) ($seconds * 1e6)));

            return;
        }

        $none = null;
        stream_select($read, $none, $none, 0, (int) ($seconds * 1e6));

        foreach ($read as $socket) {
            $key                      = (int) $socket;
            $this->open[$key]['text'] .= (string) fread($socket, 8192);

            if (feof($socket)) {
                $m                = [];
                $this->times[]    = (microtime(true) - $this->open[$key]['began']) * 1000;
                $this->statuses[] = preg_match('#^HTTP/1\.\d (\d{3})#', $this->open[$key]['text'], $m) === 1
                    ? (int) $m[1]
                    : 0;
                fclose($socket);
                unset($this->open[$key]);
            } elseif ((microtime(true) - $this->open[$key]['began']) > 30) {
                throw new \RuntimeException('A webhook was not answered within 30 seconds.');
            }
        }
    }
}
