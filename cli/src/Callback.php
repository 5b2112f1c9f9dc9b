<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Support\Platform;

/** Receives the browser when Clover sends it back. */
final class Callback
{
    /** Seconds that a client may take to send its request, and to read the response. */
    private const PATIENCE = 10.0;

    /** Bytes of a request; an address and a browser's headers are far shorter. */
    private const LONGEST = 16_384;

    /** Clients at a time; a new one replaces the one that has waited longest. */
    private const MOST = 64;

    /** Functions that {@see wait()} calls. */
    private const FUNCTIONS = ['stream_socket_server', 'stream_socket_accept', 'stream_select', 'stream_set_blocking'];

    /**
     * Waits for the browser on the loopback address. Other requests get a response and neither end nor delay the wait:
     * a favicon, a port scanner, a page with another state, a client that sends nothing.
     *
     * @param string           $state The state that the callback must have
     * @param callable(): void $ready Called once it is listening
     *
     * @return ?string The query of the callback; null when the time is over
     */
    public static function wait(int $port, int $seconds, string $state, callable $ready): ?string
    {
        $lacks = array_values(array_filter(self::FUNCTIONS, static fn (string $name): bool => !Platform::has($name)));

        if ($lacks !== []) {
            throw new \RuntimeException(
                (string) Platform::problem(['standard' => $lacks])
                . ' Or open the address in a browser all the same, and paste the one it ended at: “connect '
                . '--callback URL”.',
            );
        }

        $server = @stream_socket_server("tcp://127.0.0.1:$port", $code, $message);

        if ($server === false) {
            throw new \RuntimeException(
                "Port $port of 127.0.0.1 cannot be listened on ($message): give another one with --port.",
            );
        }

        stream_set_blocking($server, false);
        $ready();
        $clients = [];
        $end     = Platform::monotonic() + $seconds;

        while (($left = $end - Platform::monotonic()) > 0) {
            $read  = [$server, ...array_column($clients, 'socket')];
            $write = $except = null;
            $wait  = min($left, 0.5);

            if (@stream_select($read, $write, $except, (int) $wait, (int) (($wait - (int) $wait) * 1e6)) === false) {
                // A signal arrived and its handler has run.
                continue;
            }

            if (\in_array($server, $read, true) && ($client = @stream_socket_accept($server, 0)) !== false) {
                stream_set_blocking($client, false);
                $clients[] = ['socket' => $client, 'text' => '', 'end' => Platform::monotonic() + self::PATIENCE];
                $clients   = \array_slice($clients, -self::MOST);
            }

            foreach ($clients as $i => $client) {
                $socket              = $client['socket'];
                $part                = \in_array($socket, $read, true) ? (string) @fread($socket, self::LONGEST) : '';
                $clients[$i]['text'] = $text = $client['text'] . $part;
                $whole               = preg_match('/\r?\n\r?\n/', $text) === 1;

                $late = Platform::monotonic() >= $client['end'] || \strlen($text) > self::LONGEST;

                if ($whole && ($query = self::answer($socket, $text, $state)) !== null) {
                    return $query;
                }

                if ($whole || $late || $part === '' && feof($socket)) {
                    fclose($socket);
                    unset($clients[$i]);
                }
            }

            $clients = array_values($clients);
        }

        return null;
    }

    /**
     * @param resource $client
     *
     * @return ?string The query, when this is the expected callback
     */
    private static function answer($client, string $request, string $state): ?string
    {
        $query = preg_match('#^GET /callback\?(\S+) HTTP/1\.[01]\r?\n#', $request, $m) === 1 ? $m[1] : null;
        parse_str($query ?? '', $values);
        $ours = \is_string($values['state'] ?? null) && hash_equals($state, $values['state']);
        [$status, $text] = match (true) {
            $ours => ['200 OK', 'Thank you. You can close this window and go back to the terminal.'],
            $query !== null => [
                '400 Bad Request',
                'This answers another connect than the one that waits: open the address that the terminal shows.',
            ],
            default => ['404 Not Found', 'Nothing here.'],
        };
        @fwrite(
            $client,
            "HTTP/1.1 $status\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
            . "Connection: close\r\nContent-Length: "
            . \strlen($text)
            . "\r\n\r\n$text",
        );

        return $ours ? $query : null;
    }

    /**
     * Follows the redirects of the simulator, which approves without a person.
     *
     * @throws \RuntimeException
     */
    public static function approve(string $url, string $redirectUri): string
    {
        for ($hops = 0; $hops < 10; $hops++) {
            if (str_starts_with($url, $redirectUri)) {
                return $url;
            }

            $context = stream_context_create(['http' => [
                'follow_location' => 0,
                'ignore_errors'   => true,
                'timeout'         => 30,
            ]]);
            $stream = @fopen($url, 'r', false, $context);
            /** @var list<string> $headers */
            $headers = $stream === false ? [] : stream_get_meta_data($stream)['wrapper_data'] ?? [];

            if ($headers === []) {
                throw new \RuntimeException(
                    'Clover could not be reached at '
                    . (string) parse_url($url, PHP_URL_HOST)
                    . ':'
                    . (string) parse_url($url, PHP_URL_PORT)
                    . ': is the simulator running?',
                );
            }

            $location = null;

            foreach ($headers as $header) {
                if (stripos($header, 'location:') === 0) {
                    $location = trim(substr($header, 9));
                }
            }

            if ($location === null) {
                throw new \RuntimeException('Clover did not approve: ' . $headers[0]);
            }

            $url = str_starts_with($location, '/')
                ? (string) preg_replace('#^(https?://[^/]+).*$#', '$1', $url) . $location
                : $location;
        }

        throw new \RuntimeException('Clover redirects without end.');
    }
}
