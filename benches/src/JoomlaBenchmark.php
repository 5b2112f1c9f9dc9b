<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** What a webhook costs inside a running Joomla, over a com_ajax call that finds no handler. */
final class JoomlaBenchmark
{
    private const WHAT   = 'webhook in Joomla over an empty com_ajax call, median difference';
    private const LIMIT  = 1.5;
    private const ROUNDS = 101;

    public static function run(Report $report): void
    {
        $given = [];

        foreach (['JOOMLA_URL', 'JOOMLA_WEBHOOK_SECRET', 'JOOMLA_MERCHANT'] as $name) {
            $given[] = $value = (string) getenv($name);

            if ($value === '') {
                $report->row(self::WHAT, "not run: no $name", '≤ 1.5 ms');

                return;
            }
        }

        [$url, $secret, $merchant] = $given;
        $ajax = rtrim($url, '/') . '/index.php?option=com_ajax&group=j2commerce&format=raw&task=webhook&plugin=';
        // A category event is stored and processed like any other, but causes no fetch, so the work after one response
        // does not overlap with the next request.
        $body    = WebhookBenchmark::delivery($merchant, 'IC:BENCH00000001');
        $webhook = self::call("{$ajax}app_cloverpos", ["X-Clover-Auth: $secret"], $body);
        $empty   = self::call("{$ajax}nohandler", [], $body);
        $times   = Measure::pairs($empty(...), $webhook(...), self::ROUNDS, 10);
        $report->measured('joomla_empty_s', $times[0]);
        $report->measured('joomla_webhook_s', $times[1]);
        $report->atMost(
            self::WHAT,
            1000 * Measure::median(Measure::differences(...$times)),
            self::LIMIT,
            'ms',
            2,
            \sprintf(' (%.1f empty)', 1000 * Measure::median($times[0])),
        );
    }

    /**
     * @param list<string> $headers
     *
     * @return \Closure(): void Over one connection
     */
    private static function call(string $url, array $headers, string $body): \Closure
    {
        $handle = curl_init($url);
        curl_setopt_array($handle, [
            CURLOPT_POST           => true,
            CURLOPT_POSTFIELDS     => $body,
            CURLOPT_HTTPHEADER     => ['Content-Type: application/json', ...$headers],
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
