<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** One request over PHP's own streams, with the headers of its answer; the function for them is not in PHP 8.3. */
final class Http
{
    /** @param list<string> $headers Status line first; empty without an answer */
    private function __construct(
        public readonly array $headers,
        public readonly string $body,
    ) {
    }

    /** @param array<string, mixed> $options Of PHP's wrapper for HTTP */
    public static function ask(string $url, array $options): self
    {
        $stream = fopen($url, 'r', false, stream_context_create(['http' => ['ignore_errors' => true] + $options]));

        if ($stream === false) {
            return new self([], '');
        }

        $body = (string) stream_get_contents($stream);
        /** @var list<string> $headers */
        $headers = stream_get_meta_data($stream)['wrapper_data'] ?? [];
        fclose($stream);

        return new self($headers, $body);
    }

    /**
     * A port of this machine at which nothing listens. It is below the range from which the system chooses a port
     * itself, because one of that range may be given to another test's simulator before the caller listens.
     */
    public static function freePort(): int
    {
        for ($attempts = 0; $attempts < 100; $attempts++) {
            $port   = random_int(20_000, 32_000);
            $socket = @stream_socket_server("tcp://127.0.0.1:$port");

            if ($socket !== false) {
                fclose($socket);

                return $port;
            }
        }

        throw new \RuntimeException('No port is free.');
    }

    /** @return resource A connection to the server at "host:port" */
    public static function connect(string $address)
    {
        $socket = stream_socket_client("tcp://$address", timeout: 60);

        return $socket === false ? throw new \RuntimeException("No server listens at $address.") : $socket;
    }

    /** Whether a server listens at "host:port". */
    public static function listens(string $address): bool
    {
        $socket = @stream_socket_client("tcp://$address", timeout: 1);

        return $socket !== false && fclose($socket);
    }

    public function status(): int
    {
        return (int) (explode(' ', $this->headers[0] ?? '', 3)[1] ?? 0);
    }
}
