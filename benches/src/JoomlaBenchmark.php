<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** What a webhook costs inside a running Joomla, over a com_ajax call that finds no handler. */
final class JoomlaBenchmark implements Benchmark
{
    private const WHAT   = 'webhook in Joomla over an empty com_ajax call, median difference';
    private const LIMIT  = 3.0;
    private const ROUNDS = 101;

    public function run(Measurements $measurements): iterable
    {
        $given = array_map(getenv(...), ['JOOMLA_URL', 'JOOMLA_WEBHOOK_SECRET', 'JOOMLA_MERCHANT']);

        foreach (['JOOMLA_URL', 'JOOMLA_WEBHOOK_SECRET', 'JOOMLA_MERCHANT'] as $i => $name) {
            if (($given[$i] ?: '') === '') {
                yield new Row(self::WHAT, "not run: no $name", '≤ 3 ms');

                return;
            }
        }

        [$url, $secret, $merchant] = $given;
        $ajax =
            rtrim((string) $url, '/') . '/index.php?option=com_ajax&group=j2commerce&format=raw&task=webhook&plugin=';
        // A category event is stored and processed like any other, but causes no fetch, so the work after one response
        // does not overlap with the next request.
        $body = json_encode([
            'appId'     => 'APPID00000001',
            'merchants' => [
                (string) $merchant => [['objectId' => 'IC:BENCH00000001', 'type' => 'UPDATE', 'ts' => 1767000300000]],
            ],
        ], JSON_THROW_ON_ERROR);
        $webhook = self::call(
            "{$ajax}app_cloverpos",
            ["X-Clover-Auth: $secret", 'Content-Type: application/json'],
            $body,
        );
        $empty = self::call("{$ajax}nohandler", ['Content-Type: application/json'], $body);

        [$without, $with] = Measure::pairs($empty(...), $webhook(...), self::ROUNDS, 10);
        $more = array_map(static fn (float $a, float $b): float => 1000 * ($b - $a), $without, $with);
        $measurements->add('joomla_empty_s', $without);
        $measurements->add('joomla_webhook_s', $with);
        yield Row::atMost(
            self::WHAT,
            Measure::median($more),
            self::LIMIT,
            'ms',
            2,
            \sprintf(' (%.1f empty)', 1000 * Measure::median($without)),
        );
    }

    /** @param list<string> $headers */
    private static function call(string $url, array $headers, string $body): \Closure
    {
        $handle = curl_init($url);
        curl_setopt_array($handle, [
            CURLOPT_POST           => true,
            CURLOPT_POSTFIELDS     => $body,
            CURLOPT_HTTPHEADER     => $headers,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT        => 30,
        ]);

        return static function () use ($handle, $url): void {
            $text   = curl_exec($handle);
            $status = curl_getinfo($handle, CURLINFO_HTTP_CODE);

            if ($text === false || str_contains($url, 'app_cloverpos') && $status !== 200) {
                throw new \RuntimeException("$url answered $status.");
            }
        };
    }
}
