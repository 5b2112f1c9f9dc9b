<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * The Clover simulator as a process, with the settings of a test, and its control interface. It ends with the object.
 *
 * @phpstan-type Named array{elements: list<array{id: string, name: string, ...}>}
 * @phpstan-type Options array{elements: list<array{id: string, name: string, attribute: array{id: string, ...}, ...}>}
 * @phpstan-type Item array{id: string, name: string, price: int, priceType: string, hidden: bool, deleted: bool,
 *   categories: Named, tags: Named, options: Options, code?: string, sku?: string, itemGroup?: array{id: string},
 *   itemStock?: array{quantity?: int|float, ...}, ...}
 * @phpstan-type Modifications array{elements: list<array{name: string, amount: int, ...}>}
 * @phpstan-type Lines array{elements: list<array{name: string, price: int, modifications?: Modifications, ...}>}
 * @phpstan-type Discounts array{elements: list<array{name: string, amount: int, ...}>}
 * @phpstan-type Payments array{elements: list<array{amount: int, ...}>}
 * @phpstan-type Order array{id: string, externalReferenceId?: string, title?: string, note?: string, state?: string,
 *   total?: int, lineItems: Lines, discounts: Discounts, payments: Payments, paymentState: string, ...}
 * @phpstan-type WebOrder array{id: string, externalReferenceId: string, title: string, note: string, state: string,
 *   total: int, lineItems: Lines, discounts: Discounts, payments: Payments, paymentState: string, ...}
 * @phpstan-type State array{items: list<Item>, stock: array<string, int|float|null>, orders: list<Order>,
 *   tokens: array{refreshes: int, recoveries: int, ...}, merchant_id: string, ...}
 * @phpstan-type Request array{n: int, method: string, path: string, status: ?int, in_flight: int, at: int}
 */
final class Simulator
{
    public const APP_ID     = 'APPID00000001';
    public const APP_SECRET = '11111111-2222-3333-4444-555555555555';

    /** Lists of items as the sync requests them; faults are matched without the query. */
    public const ITEM_PAGES = 'GET /v3/merchants/*/items';

    private static ?self $shared = null;

    /** @param ?resource $process Null when another process has started it */
    private function __construct(
        private $process,
        public readonly string $url,
        private readonly int $owner,
    ) {
    }

    /** One for the whole run, without limits; {@see reset()} it before use. */
    public static function get(): self
    {
        return self::$shared ??= self::start();
    }

    /**
     * @param string       $catalog "sandbox", "synthetic:N" or the path of a JSON file
     * @param list<string> $more    Further options
     */
    public static function start(string $catalog = 'sandbox', string $limits = 'off', array $more = []): self
    {
        $pipes   = [];
        $match   = [];
        $process = proc_open(
            [self::binary(), '--listen', '127.0.0.1:0', '--catalog', $catalog, '--limits', $limits, ...$more],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $pipes,
        );

        if ($process === false || !isset($pipes[1])) {
            throw new \RuntimeException('The simulator cannot be started.');
        }

        $line = (string) fgets($pipes[1]);

        if (preg_match('/^clover-simulator ready on (http:\S+)$/', trim($line), $match) !== 1) {
            proc_terminate($process);

            throw new \RuntimeException("The simulator did not become ready: $line");
        }

        return new self($process, $match[1], (int) getmypid());
    }

    /** One that another process has started, and will end. */
    public static function at(string $url): self
    {
        return new self(null, $url, 0);
    }

    public function __destruct()
    {
        // A forked child inherits the object, but not the simulator.
        if ($this->process !== null && getmypid() === $this->owner) {
            proc_terminate($this->process, SIGKILL);
            proc_close($this->process);
        }
    }

    public function reset(string $catalog = 'sandbox'): void
    {
        $this->post('reset', ['catalog' => $catalog]);
    }

    /** @return State */
    public function state(): array
    {
        /** @var State $state */
        $state = $this->call('GET', 'state', null);

        return $state;
    }

    public function refreshes(): int
    {
        return $this->state()['tokens']['refreshes'];
    }

    public function recoveries(): int
    {
        return $this->state()['tokens']['recoveries'];
    }

    /** @return list<Item> Items that are not deleted, by id */
    public function items(): array
    {
        $items = array_filter($this->state()['items'], static fn (array $item): bool => !$item['deleted']);
        usort($items, static fn (array $a, array $b): int => strcmp($a['id'], $b['id']));

        return $items;
    }

    /** @return Item One that is not deleted */
    public function item(string $id): array
    {
        foreach ($this->items() as $item) {
            if ($item['id'] === $id) {
                return $item;
            }
        }

        throw new \RuntimeException("Clover has no item $id.");
    }

    /** @return Item One that is not deleted */
    public function itemBySku(string $sku): array
    {
        foreach ($this->items() as $item) {
            if (($item['sku'] ?? null) === $sku) {
                return $item;
            }
        }

        throw new \RuntimeException("Clover has no item with the SKU $sku.");
    }

    /** @return list<Item> Items without a group, not deleted, by id */
    public function singles(): array
    {
        return array_values(array_filter($this->items(), static fn (array $item): bool => !isset($item['itemGroup'])));
    }

    /** @return list<Item> Visible single items with a fixed price, by id */
    public function shelf(): array
    {
        return array_values(array_filter(
            $this->singles(),
            static fn (array $item): bool => $item['priceType'] === 'FIXED' && $item['price'] > 0 && !$item['hidden'],
        ));
    }

    /** @return list<WebOrder> Orders that a shop has sent, which have all the fields that it writes */
    public function webOrders(): array
    {
        $orders = [];

        foreach ($this->state()['orders'] as $order) {
            if (isset($order['externalReferenceId'])) {
                $orders[] = isset($order['title'], $order['note'], $order['state'], $order['total'])
                    ? $order
                    : throw new \RuntimeException("Order {$order['id']} is not whole.");
            }
        }

        return $orders;
    }

    /** @return list<Item> Those of the shelf of which there are some, by id */
    public function inStock(): array
    {
        return array_values(array_filter(
            $this->shelf(),
            static fn (array $item): bool => ($item['itemStock']['quantity'] ?? 0) > 0,
        ));
    }

    /** @return list<Item> Those whose names begin so, not deleted, by id */
    public function named(string $begin): array
    {
        return array_values(array_filter($this->items(), static fn (array $item): bool => str_starts_with(
            $item['name'],
            $begin,
        )));
    }

    /** @return array<string, int|float> Counts of the tracked items, by id */
    public function counts(): array
    {
        return array_filter($this->state()['stock'], static fn (int|float|null $count): bool => $count !== null);
    }

    /** @return list<Request> */
    public function requests(int $since = 0): array
    {
        /** @var list<Request> $requests */
        $requests = $this->call('GET', "requests?since=$since", null);

        return $requests;
    }

    /** @return int Number of the last request so far; only requests after it are fetched later */
    public function mark(int $since = 0): int
    {
        $requests = $this->requests($since);

        return $requests === [] ? $since : $requests[array_key_last($requests)]['n'];
    }

    /**
     * "METHOD path status" of each request, without the merchant's id and the query.
     *
     * @param string $like A pattern: the others are left out
     *
     * @return list<string>
     */
    public function calls(int $since = 0, string $like = '//'): array
    {
        $calls = array_map(static fn (array $r): string => \sprintf(
            '%s %s %d',
            $r['method'],
            preg_replace(['#\?.*#', '#^/v3/merchants/[^/]+#'], ['', '/v3/-'], $r['path']),
            $r['status'],
        ), $this->requests($since));

        return array_values(array_filter($calls, static fn (string $call): bool => preg_match($like, $call) === 1));
    }

    /** @return list<array{method: string, path: string}> Requests whose responses a "hold" delays */
    public function held(): array
    {
        /** @var list<array{method: string, path: string}> $held */
        $held = $this->call('GET', 'held', null);

        return $held;
    }

    /** @return int Number of held responses that were released */
    public function release(): int
    {
        return self::number($this->post('release', [])['released'] ?? null);
    }

    /**
     * @param string|array<string, mixed> $do
     * @param array<string, mixed>        $with
     */
    public function fault(string $match, string|array $do, int $times = 1, int $skip = 0, array $with = []): void
    {
        $this->post('faults', [['match' => $match, 'times' => $times, 'skip' => $skip, 'do' => $do] + $with]);
    }

    /** @return list<array<string, mixed>> Faults that no request has met yet */
    public function faultsLeft(): array
    {
        /** @var list<array<string, mixed>> $faults */
        $faults = $this->call('GET', 'faults', null);

        return $faults;
    }

    public function clearFaults(): void
    {
        $this->call('DELETE', 'faults', null);
    }

    /** @param array<string, mixed> $switches */
    public function switches(array $switches): void
    {
        $this->post('switches', $switches);
    }

    /** @param "expire"|"revoke"|"revoke_api_tokens"|"uninstall" $what */
    public function tokens(string $what): void
    {
        $this->post('tokens', ['do' => $what]);
    }

    /** @return string A token that the merchant makes on his dashboard */
    public function apiToken(): string
    {
        return Json::string($this->post('tokens', ['do' => 'make_api_token'])['api_token'] ?? null);
    }

    /** @param array<string, mixed> $fields */
    public function merchant(array $fields): void
    {
        $this->post('merchant', $fields);
    }

    /**
     * @param array<string, mixed> $fields
     *
     * @return string Its id
     */
    public function add(array $fields): string
    {
        $id = $this->post('items', $fields)['id'] ?? null;

        return \is_string($id) ? $id : throw new \RuntimeException('The simulator names no id.');
    }

    /** @param array<string, mixed> $fields */
    public function edit(string $id, array $fields): void
    {
        $this->post("items/$id", $fields);
    }

    public function remove(string $id): void
    {
        $this->call('DELETE', "items/$id", null);
    }

    public function restore(string $id): void
    {
        $this->edit($id, ['deleted' => false]);
    }

    public function setStock(string $id, int|float|null $quantity): void
    {
        $this->post("stock/$id", ['quantity' => $quantity]);
    }

    /**
     * @param array<int|string, mixed> $body
     *
     * @return array<int|string, mixed>
     */
    public function post(string $path, array $body): array
    {
        return $this->call('POST', $path, $body);
    }

    /** Follows the authorize redirect as a browser does, and returns its target. */
    public static function approve(string $authorizeUrl): string
    {
        $answer = Http::ask($authorizeUrl, ['follow_location' => 0, 'header' => 'User-Agent: CloverSync tests']);

        foreach ($answer->headers as $header) {
            if (stripos($header, 'location:') === 0) {
                return trim(substr($header, 9));
            }
        }

        throw new \RuntimeException('The authorize page redirects nowhere.');
    }

    /**
     * @param ?array<int|string, mixed> $body
     *
     * @return array<int|string, mixed>
     */
    /**
     * A request to Clover itself, as another program of the merchant's sends it.
     *
     * @param array<string, mixed> $body
     *
     * @return array<array-key, mixed>
     */
    public function ask(string $token, string $method, string $path, array $body = []): array
    {
        $answer = Http::ask("$this->url/v3/merchants/{$this->state()['merchant_id']}/$path", [
            'method'  => $method,
            'header'  => "Content-Type: application/json\r\nUser-Agent: A till\r\nAuthorization: Bearer $token",
            'content' => $method === 'GET' ? '' : json_encode($body === [] ? new \stdClass() : $body),
            'timeout' => 60,
        ]);

        return $answer->status() === 200
            ? Json::decode($answer->body)
            : throw new \RuntimeException("$method $path: {$answer->status()} $answer->body");
    }

    private function call(string $method, string $path, ?array $body): array
    {
        $answer = Http::ask("$this->url/__sim/$path", [
            'method'  => $method,
            'header'  => "Content-Type: application/json\r\nUser-Agent: CloverSync tests",
            'content' => $body === null ? '' : json_encode($body === [] ? new \stdClass() : $body, JSON_THROW_ON_ERROR),
            'timeout' => 60,
        ]);

        if (intdiv($answer->status(), 100) !== 2) {
            $said = ($answer->headers[0] ?? '') . " $answer->body";

            throw new \RuntimeException("The simulator refused $method /__sim/$path: $said");
        }

        $decoded = $answer->body === '' ? [] : json_decode($answer->body, true, 512, JSON_THROW_ON_ERROR);

        return \is_array($decoded) ? $decoded : [$decoded];
    }

    private static function number(mixed $answer): int
    {
        return \is_int($answer) ? $answer : throw new \RuntimeException('The simulator names no number.');
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

        throw new \RuntimeException('The simulator is not built: run make build, or set CLOVERSYNC_SIMULATOR.');
    }
}
