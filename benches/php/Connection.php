<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\Tests\Support\Http;
use CloverSync\Tests\Support\Simulator;

/**
 * Clover over curl_multi, with an access token of its own: kept connections, gzip, the two views of a page side by
 * side, and the next page on its way while the caller writes the one before.
 *
 * @phpstan-import-type Item from Mapper
 */
final class Connection
{
    private const PAGE       = 1000;
    private const PER_SECOND = 16;

    private static ?self $opened = null;

    private readonly \CurlMultiHandle $multi;

    /** @var list<float> Starts of the last second */
    private array $starts = [];

    private function __construct(
        private readonly string $merchant,
        #[\SensitiveParameter]
        private readonly string $token,
    ) {
        $this->multi = curl_multi_init();
        curl_multi_setopt($this->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 5);
    }

    /** The same one each time, so that a measured run finds it connected. */
    public static function open(string $clover): self
    {
        return self::$opened ??= self::connect($clover);
    }

    private static function connect(string $clover): self
    {
        $query    = http_build_query(['client_id' => Simulator::APP_ID, 'redirect_uri' => 'http://127.0.0.1/']);
        $callback = [];
        parse_str(
            (string) parse_url(Simulator::approve("$clover/oauth/v2/authorize?$query"), PHP_URL_QUERY),
            $callback,
        );
        /** @var array{code: string, merchant_id: string} $callback */
        $answer = Http::ask("$clover/oauth/v2/token", [
            'method'  => 'POST',
            'header'  => "Content-Type: application/json\r\nUser-Agent: CloverSync bench",
            'content' => json_encode([
                'client_id'     => Simulator::APP_ID,
                'client_secret' => Simulator::APP_SECRET,
                'code'          => $callback['code'],
            ], JSON_THROW_ON_ERROR),
        ]);
        /** @var array{access_token: string} $pair */
        $pair = json_decode($answer->body, true, flags: JSON_THROW_ON_ERROR);

        return new self("$clover/v3/merchants/" . $callback['merchant_id'], $pair['access_token']);
    }

    /**
     * @return \Generator<int, array{list<Item>, list<Item>, float}> Both views decoded, and when they were asked for
     */
    public function pages(?string $after): \Generator
    {
        for ($next = $this->pair($after); $next !== null;) {
            [$first, $second, $asked] = $next;
            $items = self::decode($this->await($first));
            $next  = self::isFull($items) ? $this->pair(self::last($items)) : null;
            yield [$items, self::decode($this->await($second)), $asked];
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
            $items   = self::decode($text);
            $after   = self::last($items);
        } while (self::isFull($items));

        return $texts;
    }

    /** @return array{groups: array<string, string>, attributes: array<string, string>} Names by id */
    public function names(): array
    {
        $names = [];
        $lists = ['groups' => 'item_groups', 'attributes' => 'attributes'];
        $open  = array_map($this->page(...), $lists);

        foreach ($lists as $list => $path) {
            $names[$list] = [];

            for ($handle = $open[$list]; $handle !== null;) {
                $page         = self::decode($this->await($handle));
                $names[$list] += array_map(strval(...), array_column($page, 'name', 'id'));
                $handle       = self::isFull($page) ? $this->page($path, self::last($page)) : null;
            }
        }

        return $names;
    }

    /** @return list<Item> */
    public static function decode(string $list): array
    {
        /** @var array{elements: list<Item>} $decoded */
        $decoded = json_decode($list, true, 32, JSON_THROW_ON_ERROR);

        return $decoded['elements'];
    }

    /** @param list<Item> $page */
    private static function isFull(array $page): bool
    {
        return \count($page) >= self::PAGE;
    }

    /** @param list<Item> $page */
    private static function last(array $page): ?string
    {
        return $page[\count($page) - 1]['id'] ?? null;
    }

    /** @return array{\CurlHandle, \CurlHandle, float} */
    private function pair(?string $after): array
    {
        $pair = [
            $this->page('items', $after, ['expand' => 'categories,options,tags']),
            $this->page('items', $after, ['expand' => 'itemStock']),
            microtime(true),
        ];

        // The requests leave now; the answers wait in the sockets while the caller writes.
        for ($i = 0, $running = 0; $i < 5; $i++) {
            curl_multi_exec($this->multi, $running);
        }

        return $pair;
    }

    /** @param array<string, string> $query */
    private function page(string $list, ?string $after = null, array $query = []): \CurlHandle
    {
        $this->pace();
        $query  += ['orderBy' => 'id', 'limit' => self::PAGE] + ($after === null ? [] : ['filter' => "id>$after"]);
        $handle = curl_init("$this->merchant/$list?" . http_build_query($query));
        curl_setopt_array($handle, [
            CURLOPT_HTTPHEADER     => ["Authorization: Bearer $this->token", 'Accept: application/json'],
            CURLOPT_USERAGENT      => 'CloverSync bench',
            CURLOPT_ENCODING       => 'gzip',
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT        => 30,
            CURLOPT_TCP_NODELAY    => true,
        ]);
        curl_multi_add_handle($this->multi, $handle);

        return $handle;
    }

    private function await(\CurlHandle $handle): string
    {
        for ($running = 0, $queued = 0; curl_getinfo($handle, CURLINFO_PRIVATE) !== 'done';) {
            curl_multi_exec($this->multi, $running);

            while (($done = curl_multi_info_read($this->multi, $queued)) !== false) {
                // Mago knows the resources of PHP 7.
                // @mago-expect analysis:invalid-argument
                curl_setopt($done['handle'], CURLOPT_PRIVATE, 'done');
            }

            if (curl_getinfo($handle, CURLINFO_PRIVATE) !== 'done') {
                curl_multi_select($this->multi, 0.05);
            }
        }

        $text = (string) curl_multi_getcontent($handle);
        curl_multi_remove_handle($this->multi, $handle);

        if (($status = curl_getinfo($handle, CURLINFO_HTTP_CODE)) !== 200) {
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
