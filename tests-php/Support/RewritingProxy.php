<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** A proxy between the shop and the simulator, in its own process. It changes responses while it is enabled. */
final class RewritingProxy
{
    private const PASSED_ON  = ['authorization', 'content-type', 'user-agent', 'accept'];
    private const GIVEN_BACK = '/^(content-type|location|retry-after|x-clover-request-id):/i';

    private function __construct(
        public readonly string $url,
        private readonly string $switch,
        private readonly int $pid,
        private readonly int $owner,
    ) {
    }

    /**
     * @param \Closure(string, array<string, mixed>): (array<string, mixed>|string) $rewrite Receives path with query
     *   and decoded body of each JSON response 200 to a GET; a string replaces the body unchanged
     */
    public static function start(string $upstream, \Closure $rewrite): self
    {
        $server = stream_socket_server('tcp://127.0.0.1:0') ?: throw new \RuntimeException('No port is free.');
        $switch = Files::temporary('proxy');
        $pid    = pcntl_fork();

        if ($pid === 0) {
            self::serve($server, $upstream, $rewrite, $switch);
        }

        $url = 'http://' . (string) stream_socket_get_name($server, false);
        fclose($server);

        return new self($url, $switch, $pid, (int) getmypid());
    }

    public function __destruct()
    {
        if (getmypid() === $this->owner) {
            posix_kill($this->pid, SIGKILL);
            Child::reap($this->pid);
            @unlink($this->switch);
        }
    }

    public function on(): void
    {
        file_put_contents($this->switch, 'on');
    }

    public function off(): void
    {
        file_put_contents($this->switch, '');
    }

    /** @param array<mixed> $body */
    public static function encode(array $body): string
    {
        return json_encode($body, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
    }

    /**
     * @param resource $server
     * @param \Closure(string, array<string, mixed>): (array<string, mixed>|string) $rewrite
     */
    private static function serve($server, string $upstream, \Closure $rewrite, string $switch): never
    {
        while (true) {
            $client = @stream_socket_accept($server, 3600);

            if ($client !== false) {
                try {
                    self::answer($client, $upstream, $rewrite, $switch);
                } catch (\Throwable $e) {
                    fwrite(STDERR, "The proxy: {$e->getMessage()}\n");
                }

                fclose($client);
            }
        }
    }

    /**
     * @param resource $client
     * @param \Closure(string, array<string, mixed>): (array<string, mixed>|string) $rewrite
     */
    private static function answer($client, string $upstream, \Closure $rewrite, string $switch): void
    {
        $first = rtrim((string) fgets($client));

        if ($first === '') {
            return;
        }

        [$method, $path] = explode(' ', $first);
        $headers = [];
        $length  = 0;

        while (($line = rtrim((string) fgets($client))) !== '') {
            [$name, $value] = explode(':', $line, 2);

            if (\in_array(strtolower($name), self::PASSED_ON, true)) {
                $headers[] = $line;
            } elseif (strtolower($name) === 'content-length') {
                $length = (int) $value;
            }
        }

        $body = $length > 0 ? stream_get_contents($client, $length) : '';
        $got  = Http::ask($upstream . $path, [
            'method'          => $method,
            'header'          => $headers,
            'content'         => $body,
            'follow_location' => 0,
            'timeout'         => 60,
        ]);
        $answer  = $got->body;
        $status  = explode(' ', $got->headers[0] ?? 'HTTP/1.1 502', 2)[1];
        $decoded = $method === 'GET' && str_starts_with($status, '200') ? json_decode($answer, true) : null;

        if (\is_array($decoded) && file_get_contents($switch) === 'on') {
            $new    = $rewrite($path, Json::object($decoded));
            $answer = \is_string($new) ? $new : self::encode($new);
        }

        fwrite(
            $client,
            "HTTP/1.1 $status\r\n"
            . implode('', array_map(
                static fn (string $h): string => "$h\r\n",
                preg_grep(self::GIVEN_BACK, $got->headers) ?: [],
            ))
            . 'Content-Length: '
            . \strlen($answer)
            . "\r\nConnection: close\r\n\r\n"
            . $answer,
        );
    }
}
