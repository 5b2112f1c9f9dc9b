<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** A pretend Clover of one's own, and its control plane. Ends with the object. */
final class Simulator
{
    public const APP_ID     = 'APPID00000001';
    public const APP_SECRET = '11111111-2222-3333-4444-555555555555';

    private static ?self $shared = null;

    /** @param resource $process */
    private function __construct(private $process, public readonly string $url, private readonly int $owner)
    {
    }

    /** One for the whole run, without limits: {@see reset()} it before use. */
    public static function get(): self
    {
        return self::$shared ??= self::start('sandbox', '--limits', 'off');
    }

    public static function start(string $catalog = 'sandbox', string ...$options): self
    {
        $process = proc_open(
            [self::binary(), '--listen', '127.0.0.1:0', '--catalog', $catalog, ...$options],
            [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => STDERR],
            $pipes,
        );

        if ($process === false) {
            throw new \RuntimeException('The simulator cannot be started.');
        }

        $line = (string) fgets($pipes[1]);

        if (preg_match('/^clover-simulator ready on (http:\S+)$/', trim($line), $match) !== 1) {
            proc_terminate($process);

            throw new \RuntimeException("The simulator did not become ready: $line");
        }

        return new self($process, $match[1], (int) getmypid());
    }

    public function __destruct()
    {
        // A forked child inherits the object, but not the simulator.
        if (getmypid() === $this->owner) {
            proc_terminate($this->process);
            proc_close($this->process);
        }
    }

    /** @return array<string, mixed> */
    public function state(): array
    {
        return $this->call('GET', 'state', null);
    }

    /** @return list<array{n: int, method: string, path: string, status: int, in_flight: int, at: int}> */
    public function requests(int $since = 0): array
    {
        return $this->call('GET', "requests?since=$since", null);
    }

    /** @return int The number of the last request so far */
    public function mark(): int
    {
        $requests = $this->requests();

        return $requests === [] ? 0 : (int) end($requests)['n'];
    }

    public function reset(string $catalog = 'sandbox'): void
    {
        $this->post('reset', ['catalog' => $catalog]);
    }

    /**
     * @param array<string, mixed> $item
     *
     * @return string Its id
     */
    public function addItem(array $item): string
    {
        return $this->post('items', $item)['id'];
    }

    /** @param array<string, mixed> $fields */
    public function editItem(string $id, array $fields): void
    {
        $this->post("items/$id", $fields);
    }

    public function deleteItem(string $id): void
    {
        $this->delete("items/$id");
    }

    public function restoreItem(string $id): void
    {
        $this->editItem($id, ['deleted' => false]);
    }

    public function setStock(string $id, int|float|null $quantity): void
    {
        $this->post("stock/$id", ['quantity' => $quantity]);
    }

    /** @param array<string, mixed> $fields */
    public function merchant(array $fields): void
    {
        $this->post('merchant', $fields);
    }

    /** @param list<array<string, mixed>> $faults */
    public function faults(array $faults): void
    {
        $this->post('faults', $faults);
    }

    public function clearFaults(): void
    {
        $this->delete('faults');
    }

    /** @return list<array<string, mixed>> Items that are not deleted */
    public function items(): array
    {
        return array_values(array_filter($this->state()['items'], static fn (array $item): bool => !$item['deleted']));
    }

    /**
     * @param array<int|string, mixed> $body
     *
     * @return array<int|string, mixed>
     */
    public function post(string $path, array $body): array
    {
        return $this->call('POST', $path, $body === [] ? '{}' : json_encode($body, JSON_THROW_ON_ERROR));
    }

    /** @return array<int|string, mixed> */
    public function delete(string $path): array
    {
        return $this->call('DELETE', $path, null);
    }

    /** Follows the authorize redirect as a browser would, and gives back where it leads to. */
    public static function approve(string $authorizeUrl): string
    {
        $context = stream_context_create(['http' => ['follow_location' => 0, 'ignore_errors' => true, 'header' => 'User-Agent: CloverSync tests']]);
        file_get_contents($authorizeUrl, false, $context);

        foreach ($http_response_header ?? [] as $header) {
            if (stripos($header, 'location:') === 0) {
                return trim(substr($header, 9));
            }
        }

        throw new \RuntimeException('The authorize page redirects nowhere.');
    }

    /** @return array<int|string, mixed> */
    private function call(string $method, string $path, ?string $body): array
    {
        $context = stream_context_create(['http' => [
            'method'        => $method,
            'header'        => "Content-Type: application/json\r\nUser-Agent: CloverSync tests",
            'content'       => $body ?? '',
            'ignore_errors' => true,
            'timeout'       => 30,
        ]]);
        $answer = file_get_contents("$this->url/__sim/$path", false, $context);
        $status = (int) explode(' ', $http_response_header[0] ?? 'none 0')[1];

        if ($answer === false || $status >= 400) {
            throw new \RuntimeException("The simulator refused $method /__sim/$path: $answer");
        }

        return $answer === '' ? [] : (array) json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
    }

    private static function binary(): string
    {
        $named = getenv('CLOVERSYNC_SIMULATOR');

        if ($named !== false && $named !== '') {
            return $named;
        }

        foreach (['release', 'ci', 'debug'] as $profile) {
            if (is_executable($path = \dirname(__DIR__, 2) . "/target/$profile/clover-simulator")) {
                return $path;
            }
        }

        throw new \RuntimeException('The simulator is not built: run make build.');
    }
}
