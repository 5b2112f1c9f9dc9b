<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/**
 * Clover over curl_multi: kept connections, gzip, the two views of a page side by side, and the next page on its way
 * while the caller writes the one before.
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

        $orders = json_decode($this->await($this->start('/orders', ['limit' => 1])), true);

        return (object) [
            'id'             => $this->merchant,
            'name'           => null,
            'currency'       => $orders['elements'][0]['currency'] ?? 'USD',
            'currencySource' => 'order',
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
     * @return \Generator<int, array{array<string, mixed>, array<string, mixed>, float}> Both views decoded, and when
     *   they were asked for
     */
    public function pages(?string $after): \Generator
    {
        for ($next = $this->pair($after); $next !== null;) {
            [$first, $second, $asked] = $next;
            $items = json_decode($this->await($first), true, 32, JSON_THROW_ON_ERROR);
            $last  = end($items['elements']);
            $next  = \count($items['elements']) < self::PAGE ? null : $this->pair($last['id']);
            yield [$items, json_decode($this->await($second), true, 32, JSON_THROW_ON_ERROR), $asked];
        }
    }

    /** @return list<array{string, string}> Both views of every page as Clover sent them */
    public function texts(): array
    {
        $texts = [];
        $after = null;

        do {
            [$first, $second] = $this->pair($after);
            $texts[]  = [$this->await($first), $this->await($second)];
            $elements = json_decode($texts[array_key_last($texts)][0], true)['elements'];
            $after    = end($elements)['id'] ?? null;
        } while (\count($elements) === self::PAGE);

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
                $elements     = json_decode($this->await($handle), true, 32, JSON_THROW_ON_ERROR)['elements'];
                $names[$list] += array_column($elements, 'name', 'id');
                $handle       = \count($elements) < self::PAGE ? null : $this->page($path, end($elements)['id'], null);
            }
        }

        return $names;
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

            while (($done = curl_multi_info_read($this->multi)) !== false) {
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
