<?php

declare(strict_types=1);

namespace CloverSync\Cli;

/** Gets the URL that Clover sends the browser back to. */
final class Callback
{
    /**
     * Waits for the browser on the loopback address.
     *
     * @param callable(): void $ready Called once it listens
     *
     * @return ?string The query of the callback; null when nobody came in time
     */
    public static function wait(int $port, int $seconds, callable $ready): ?string
    {
        $server = @stream_socket_server("tcp://127.0.0.1:$port", $code, $message);

        if ($server === false) {
            throw new \RuntimeException("Port $port of 127.0.0.1 cannot be listened on ($message): give another one with --port.");
        }

        $ready();
        $end = time() + $seconds;

        while (($left = $end - time()) > 0) {
            $client = @stream_socket_accept($server, $left);

            if ($client === false) {
                continue;
            }

            stream_set_timeout($client, 5);
            $request = (string) fgets($client, 8192);

            while (($header = fgets($client, 8192)) !== false && trim($header) !== '');

            $query = preg_match('#^GET /callback\?(\S+) HTTP/#', $request, $m) === 1 ? $m[1] : null;
            $text  = $query === null ? 'Nothing here.' : 'Thank you. You can close this window and go back to the terminal.';
            fwrite($client, ($query === null ? 'HTTP/1.1 404 Not Found' : 'HTTP/1.1 200 OK')
                . "\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: " . \strlen($text) . "\r\n\r\n$text");
            fclose($client);

            if ($query !== null) {
                return $query;
            }
        }

        return null;
    }

    /**
     * Follows the redirects of a pretend Clover, which approves without a person.
     *
     * @throws \RuntimeException
     */
    public static function approve(string $url, string $redirectUri): string
    {
        for ($hops = 0; $hops < 10; $hops++) {
            if (str_starts_with($url, $redirectUri)) {
                return $url;
            }

            $context = stream_context_create(['http' => ['follow_location' => 0, 'ignore_errors' => true, 'timeout' => 30]]);
            $body    = @file_get_contents($url, false, $context);
            $headers = \function_exists('http_get_last_response_headers') ? http_get_last_response_headers() : ($http_response_header ?? []);

            if ($body === false || $headers === null || $headers === []) {
                throw new \RuntimeException('Clover could not be reached at ' . parse_url($url, PHP_URL_HOST) . ':' . parse_url($url, PHP_URL_PORT) . ': is the simulator running?');
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

            $url = str_starts_with($location, '/') ? preg_replace('#^(https?://[^/]+).*$#', '$1', $url) . $location : $location;
        }

        throw new \RuntimeException('Clover redirects without end.');
    }
}
