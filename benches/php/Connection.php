<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\CurrencySource;

/**
 * Clover over curl_multi: kept connections, gzip, the two views of a page side by side, and the next page on its way
 * while the caller writes the one before.
 *
 * @phpstan-import-type Item from Mapper
 */
final class Connection
{
    private const PAGE       = 1000;
    private const PER_SECOND = 16;

    private readonly \CurlMultiHandle $multi;

    /** @var list<float> Starts of the last second */
    private array $starts = [];

    /** @var list<\CurlHandle> Kept for the next request */
    private array $idle = [];

    private int $requests = 0;

    public function __construct(
        private readonly string $base,
        private readonly string $merchant,
        #[\SensitiveParameter]
        private readonly string $token,
    ) {
        $this->multi = curl_multi_init();
        curl_multi_setopt($this->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 5);
    }

    /** As {@see \CloverSync\Connection::status()}. */
    public function status(): ConnectionStatus
    {
        return new ConnectionStatus(true, $this->merchant);
    }

    /** As {@see \CloverSync\Connection::merchant()}: the same questions, one after the other. */
    public function merchant(): object
    {
        foreach (['', '/properties'] as $path) {
            $this->await($this->start($path, []));
        }

        /** @var array{elements?: list<array{currency?: string}>} $orders */
        $orders = json_decode($this->await($this->start('/orders', ['limit' => 1])), true);

        return (object) [
            'id'             => $this->merchant,
            'name'           => null,
            'currency'       => $orders['elements'][0]['currency'] ?? 'USD',
            'currencySource' => CurrencySource::Order,
            'vat'            => null,
            'trackStock'     => null,
            'updateStock'    => null,
        ];
    }

    /** @return list<string> As {@see \CloverSync\Connection::withheld()}: the simulator expands every field */
    public function withheld(): array
    {
        return [];
    }

    public function requests(): int
    {
        return $this->requests;
    }

    /**
     * @return \Generator<int, array{array{elements: list<Item>}, array{elements: list<Item>}, float}> Both views
     *   decoded, and when they were asked for
     */
    public function pages(?string $after): \Generator
    {
        for ($next = $this->pair($after); $next !== null;) {
            [$first, $second, $asked] = $next;
            $items = self::list($this->await($first));
            $next  = self::isFull($items) ? $this->pair(self::last($items)) : null;
            yield [$items, self::list($this->await($second)), $asked];
        }
    }

    /** @return list<array{string, string}> Both views of every page as Clover sent them */
    public function texts(): array
    {
        $texts = [];
        $after = null;

        do {
            [$first, $second] = $this->pair($after);
            $text    = $this->await($first);
            $texts[] = [$text, $this->await($second)];
            $items   = self::list($text);
            $after   = self::last($items);
        } while (self::isFull($items));

        return $texts;
    }

    /** @return array{groups: array<string, string>, attributes: array<string, string>} Names by id */
    public function names(): array
    {
        $names = [];
        $lists = ['groups' => 'item_groups', 'attributes' => 'attributes'];
        $open  = array_map(fn (string $path): \CurlHandle => $this->page($path, null, null), $lists);

        foreach ($lists as $list => $path) {
            $names[$list] = [];

            for ($handle = $open[$list]; $handle !== null;) {
                $page = self::list($this->await($handle));

                foreach ($page['elements'] as $element) {
                    $names[$list][$element['id']] = $element['name'] ?? '';
                }

                $handle = self::isFull($page) ? $this->page($path, self::last($page), null) : null;
            }
        }

        return $names;
    }

    /** @return array{elements: list<Item>} */
    private static function list(string $text): array
    {
        /** @var array{elements: list<Item>} $decoded */
        $decoded = json_decode($text, true, 32, JSON_THROW_ON_ERROR);

        return $decoded;
    }

    /** @param array{elements: list<Item>} $page */
    private static function isFull(array $page): bool
    {
        return \count($page['elements']) >= self::PAGE;
    }

    /** @param array{elements: list<Item>} $page */
    private static function last(array $page): ?string
    {
        return $page['elements'][\count($page['elements']) - 1]['id'] ?? null;
    }

    /** @return array{\CurlHandle, \CurlHandle, float} */
    private function pair(?string $after): array
    {
        $pair = [
            $this->page('items', $after, 'categories,options,tags'),
            $this->page('items', $after, 'itemStock'),
            microtime(true),
        ];

        // The requests leave now; the answers wait in the sockets while the caller writes.
        $running = 0;

        for ($i = 0; $i < 5; $i++) {
            curl_multi_exec($this->multi, $running);
        }

        return $pair;
    }

    private function page(string $path, ?string $after, ?string $expand): \CurlHandle
    {
        return $this->start("/$path", ['orderBy' => 'id', 'limit' => self::PAGE]
        + ($after === null ? [] : ['filter' => "id>$after"])
        + ($expand === null ? [] : ['expand' => $expand]));
    }

    /** @param array<string, int|string> $query */
    private function start(string $path, array $query): \CurlHandle
    {
        $this->pace();
        $handle = array_pop($this->idle) ?? curl_init();
        curl_setopt_array($handle, [
            CURLOPT_URL            => "$this->base/v3/merchants/$this->merchant$path"
                . ($query === [] ? '' : '?' . http_build_query($query)),
            CURLOPT_HTTPHEADER     => ["Authorization: Bearer $this->token", 'Accept: application/json'],
            CURLOPT_USERAGENT      => 'CloverSync bench',
            CURLOPT_ENCODING       => 'gzip',
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT        => 30,
            CURLOPT_TCP_NODELAY    => true,
        ]);
        curl_multi_add_handle($this->multi, $handle);
        $this->requests++;

        return $handle;
    }

    private function await(\CurlHandle $handle): string
    {
        do {
            curl_multi_exec($this->multi, $running);

            $queued = 0;

            while (($done = curl_multi_info_read($this->multi, $queued)) !== false) {
                // Mago knows the resources of PHP 7.
                // @mago-expect analysis:invalid-argument
                curl_setopt($done['handle'], CURLOPT_PRIVATE, 'done');
            }

            $open = curl_getinfo($handle, CURLINFO_PRIVATE) !== 'done';

            if ($open) {
                curl_multi_select($this->multi, 0.05);
            }
        } while ($open);

        $text   = (string) curl_multi_getcontent($handle);
        $status = curl_getinfo($handle, CURLINFO_HTTP_CODE);
        curl_multi_remove_handle($this->multi, $handle);
        curl_setopt($handle, CURLOPT_PRIVATE, '');
        $this->idle[] = $handle;

        // Without the permission for it the merchant's properties answer 401.
        if ($status !== 200 && $status !== 401) {
            throw new \RuntimeException("Clover answered $status: $text");
        }

        return $text;
    }

    /** No more starts within a second than Clover allows. */
    private function pace(): void
    {
        while (
            \count(
                $this->starts = array_values(array_filter(
                    $this->starts,
                    static fn (float $at): bool => $at > (microtime(true) - 1.0),
                )),
            ) >= self::PER_SECOND
        ) {
            usleep(10_000);
        }

        $this->starts[] = microtime(true);
    }
}
