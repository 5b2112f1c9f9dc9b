<?php

/**
 * Shows an end-to-end run: connect, import, edits in the store, a web sale and its cancellation, a run without changes;
 * once with a built-in catalog and, if a recording of a real sandbox is present, once with its items. Every step is a
 * command that can be typed, and every claim is checked; the exit code is 1 if a check fails.
 */

declare(strict_types=1);

const ROOT = __DIR__ . '/..';

const SIMULATOR = ROOT . '/target/release/clover-simulator';

/**
 * @phpstan-type Item array{id: string, name: string, price: int, priceType?: string, hidden: bool, deleted?: bool,
 *   itemGroup?: array{id: string}}
 * @phpstan-type Order array{externalReferenceId?: string, title: string, note: string, total: int,
 *   lineItems: array{elements: list<array{name: string, price: int}>},
 *   discounts: array{elements: list<array{name: string, amount: int}>}}
 * @phpstan-type State array{items: list<Item>, stock: array<string, int|float>, orders: list<Order>}
 * @phpstan-type Counts array{imported: int, updated: int, unchanged: int, deleted: int, failed: int, conflicts: int,
 *   product_rows_written: int, requests: int, seconds: float}
 */
final class Demo
{
    /** @var array{imported: int, updated: int, deleted: int, failed: int, requests: int} */
    private array $totals = ['imported' => 0, 'updated' => 0, 'deleted' => 0, 'failed' => 0, 'requests' => 0];

    private float $began;

    public function __construct()
    {
        $this->began = microtime(true);
    }

    public function run(): void
    {
        $this->heading('A catalog with variants, untracked and fractional stock, till-priced items and invalid ones');
        $this->withCatalog('sandbox', ['import_status' => 'published'], function (
            string $clover,
            array $environment,
        ): void {
            $this->import($environment);
            $this->edits($clover, $environment);
            $this->sale($clover, $environment);
            $this->nothingToDo($environment);
        });

        $recording = (getenv('CLOVERSYNC_RECORDINGS') ?: ROOT . '/../shared/recordings') . '/clover-sandbox.json';

        if (is_file($recording)) {
            $this->heading('The items of a real Clover sandbox');
            $this->withCatalog(
                (string) realpath($recording),
                ['import_status' => 'published', 'mapping_mode' => 'category'],
                function (string $clover, array $environment): void {
                    $this->import($environment);
                    $this->nothingToDo($environment);
                },
            );
        } else {
            $this->heading('There is no recording of a real sandbox, so that part is skipped');
        }

        printf(
            "\nDone: %d imported, %d updated, %d deleted, %d failed, %d requests to Clover, %.1f s.\n",
            $this->totals['imported'],
            $this->totals['updated'],
            $this->totals['deleted'],
            $this->totals['failed'],
            $this->totals['requests'],
            microtime(true) - $this->began,
        );
    }

    /** @param array<string, string> $environment */
    private function import(array $environment): void
    {
        $this->command($environment, 'connect', '--approve');
        $done = $this->sync($environment);
        $this->check($done['imported'] > 0, 'something was imported');
        $this->check(($done['imported'] + $done['conflicts'] + $done['failed']) > 30, 'the whole catalog was read');
        $this->command($environment, 'products');
    }

    /** @param array<string, string> $environment */
    private function edits(string $clover, array $environment): void
    {
        $items = array_column(
            array_filter($this->state($clover)['items'], static fn (array $i): bool => !($i['deleted'] ?? false)),
            null,
            'id',
        );
        $single = array_values(array_filter(
            $items,
            static fn (array $i): bool => (
                !isset($i['itemGroup'])
                && ($i['priceType'] ?? 'FIXED') === 'FIXED'
                && !$i['hidden']
                && $i['price'] > 0
            ),
        ));
        [$dearer, $renamed, $counted, $deleted] = $single;

        $this->heading('In the store: a price, a name, a count, a new variant, a deletion');
        $this->control($clover, 'POST', "items/{$dearer['id']}", ['price' => $dearer['price'] + 100]);
        printf("  %-28s costs 1.00 more\n", $dearer['name']);
        $this->control($clover, 'POST', "items/{$renamed['id']}", ['name' => 'House Special']);
        printf("  %-28s is now called House Special\n", $renamed['name']);
        $this->control($clover, 'POST', "stock/{$counted['id']}", ['quantity' => 77]);
        printf("  %-28s is counted: 77\n", $counted['name']);
        $this->control($clover, 'POST', 'items', [
            'name'     => 'Giant',
            'group'    => 'Poster',
            'options'  => ['Size' => 'Giant'],
            'price'    => 4900,
            'quantity' => 3,
        ]);
        printf("  %-28s comes in a new size, Giant\n", 'Poster');
        $this->control($clover, 'DELETE', "items/{$deleted['id']}");
        printf("  %-28s is deleted\n\n", $deleted['name']);

        $done = $this->sync($environment);
        $this->check($done['updated'] === 4, 'four products were updated');
        $this->check($done['deleted'] === 1, 'one product was unpublished');
        $this->command($environment, 'log', '--limit', '6');
    }

    /** @param array<string, string> $environment */
    private function sale(string $clover, array $environment): void
    {
        $state   = $this->state($clover);
        $counted = array_values(array_filter(
            $state['items'],
            static fn (array $i): bool => (
                !($i['deleted'] ?? false)
                && !$i['hidden']
                && ($i['priceType'] ?? 'FIXED') === 'FIXED'
                && ($state['stock'][$i['id']] ?? 0) >= 5
            ),
        ));
        [$first, $second] = $counted;
        $order = [
            'order_id'           => '179540797553',
            'number'             => 53,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '+1 555 0100'],
            'lines'              => [
                [
                    'line_id'    => 1,
                    'clover_id'  => $first['id'],
                    'name'       => $first['name'],
                    'quantity'   => 2,
                    'unit_price' => $first['price'],
                    'tax'        => 217,
                ],
                [
                    'line_id'    => 2,
                    'clover_id'  => $second['id'],
                    'name'       => $second['name'],
                    'quantity'   => 1,
                    'unit_price' => $second['price'],
                    'discount'   => 150,
                ],
            ],
            'shipping'           => 500,
            'order_tax'          => 33,
        ];
        $counts = fn (): array => array_map(
            fn (array $i): float => (float) ($this->state($clover)['stock'][$i['id']] ?? 0),
            [$first, $second],
        );
        $had = $counts();

        $this->heading('On the web: a customer buys two units of one product and one of another, and pays');
        $this->placeOrder($environment, $order);
        $this->command($environment, 'work');
        $this->check($counts() === [$had[0] - 2, $had[1] - 1], 'the units were subtracted in Clover');
        $orders = $this->webOrders($clover);
        $this->check(\count($orders) === 1, 'the order is in Clover exactly once');
        $sold  = $orders[0];
        $lines = $sold['lineItems']['elements'];
        $off   = $sold['discounts']['elements'];
        printf(
            "  In Clover: \u{201c}%s\u{201d}, reference %s, %s\n",
            $sold['title'],
            $sold['externalReferenceId'] ?? '',
            $sold['note'],
        );

        foreach ([
            ...array_map(static fn (array $l): array => [$l['name'], $l['price']], $lines),
            ...array_map(static fn (array $d): array => [$d['name'], $d['amount']], $off),
        ] as [$name, $amount]) {
            printf("    %-40s %10.2f\n", $name, $amount / 100);
        }

        printf("    %-40s %10.2f\n\n", 'Total', $sold['total'] / 100);
        $sum = array_sum(array_column($lines, 'price')) + array_sum(array_column($off, 'amount'));
        $this->check(
            $sum === $sold['total'] && $sum === ((2 * $first['price']) + $second['price'] + 217 + 33 + 500 - 150),
            'lines and discounts add up to what was paid, to the cent',
        );
        $this->sync($environment);

        $this->heading('The order is cancelled');
        $this->placeOrder($environment, ['new_status' => 6] + $order);
        $this->command($environment, 'work');
        $this->check($counts() === $had, 'the units were returned in Clover');
        $this->check(\count($this->webOrders($clover)) === 1, 'the order in Clover is unchanged');
        $this->command($environment, 'log', '--limit', '5');
        $this->sync($environment);
    }

    /** @return list<Order> Orders in Clover that came from the web */
    private function webOrders(string $clover): array
    {
        return array_values(array_filter(
            $this->state($clover)['orders'],
            static fn (array $o): bool => ($o['externalReferenceId'] ?? '') !== '',
        ));
    }

    /**
     * @param array<string, string> $environment
     * @param array<string, mixed>  $order
     */
    private function placeOrder(array $environment, array $order): void
    {
        file_put_contents("{$environment['folder']}/order.json", json_encode($order, JSON_THROW_ON_ERROR));
        $this->command($environment, 'order', 'order.json');
    }

    /** @param array<string, string> $environment */
    private function nothingToDo(array $environment): void
    {
        $this->heading('Once more, without changes');
        $done = $this->sync($environment);
        $this->check($done['product_rows_written'] === 0, 'no row of the shop was written');
        $this->check(($done['imported'] + $done['updated'] + $done['deleted']) === 0, 'no product was changed');
    }

    /**
     * @param array<string, string> $environment
     *
     * @return Counts The last line of the command
     */
    private function sync(array $environment): array
    {
        $this->say('sync');
        [$code, $output] = $this->execute($environment, ['sync', '--json']);
        $lines = explode("\n", trim($output));
        $last  = array_pop($lines);

        if (!\in_array($code, [0, 3], true) || !str_starts_with($last, '{"event":"done"')) {
            fwrite(STDERR, $output);
            $this->check(false, "the sync succeeded (exit code $code)");
        }

        /** @var Counts $done */
        $done = json_decode($last, true, 512, JSON_THROW_ON_ERROR);

        printf(
            '  %d imported, %d updated, %d unchanged, %d deleted, %d failed, %d in conflict; '
            . "%d rows of the shop written, %d requests, %.2f s\n\n",
            $done['imported'],
            $done['updated'],
            $done['unchanged'],
            $done['deleted'],
            $done['failed'],
            $done['conflicts'],
            $done['product_rows_written'],
            $done['requests'],
            $done['seconds'],
        );

        foreach ($this->totals as $name => $total) {
            $this->totals[$name] = $total + $done[$name];
        }

        return $done;
    }

    /** @param array<string, string> $environment */
    private function command(array $environment, string ...$arguments): void
    {
        $this->say(implode(' ', $arguments));
        [$code, $output] = $this->execute($environment, array_values($arguments));
        echo preg_replace('/^(?=.)/m', '  ', $output), "\n";
        $this->check($code === 0, "exit code $code");
    }

    /**
     * @param array<string, string> $environment
     * @param list<string>          $arguments
     *
     * @return array{int, string}
     */
    private function execute(array $environment, array $arguments): array
    {
        $pipes   = [];
        $process = proc_open(
            [ROOT . '/cloversync', ...$arguments],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $pipes,
            $environment['folder'] ?? '' ?: null,
            array_diff_key($environment, ['folder' => '']) + getenv(),
        );
        $output = isset($pipes[1]) ? (string) stream_get_contents($pipes[1]) : '';

        return [$process === false ? 1 : proc_close($process), $output];
    }

    /**
     * @param array<string, string>                         $settings
     * @param \Closure(string, array<string, string>): void $show
     */
    private function withCatalog(string $catalog, array $settings, \Closure $show): void
    {
        $folder = sys_get_temp_dir() . '/cloversync-demo-' . bin2hex(random_bytes(4));
        mkdir($folder, 0o700);
        $pipes     = [];
        $match     = [];
        $simulator = proc_open(
            [SIMULATOR, '--listen', '127.0.0.1:0', '--catalog', $catalog],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $pipes,
        );

        if ($simulator === false || !isset($pipes[1])) {
            throw new RuntimeException('The simulator cannot be started.');
        }

        try {
            $this->check(
                preg_match('/ready on (\S+)/', (string) fgets($pipes[1]), $match) === 1,
                'the simulator is ready',
            );
            $show($match[1], [
                'folder'                => $folder,
                'CLOVERSYNC_BASE_URL'   => $match[1],
                'CLOVERSYNC_APP_ID'     => 'APPID00000001',
                'CLOVERSYNC_APP_SECRET' => '11111111-2222-3333-4444-555555555555',
                'CLOVERSYNC_SETTINGS'   => json_encode($settings, JSON_THROW_ON_ERROR),
                'CLOVERSYNC_EXTENSION'  => (string) realpath(ROOT . '/target/release/libcloversync.so'),
            ]);
        } finally {
            proc_terminate($simulator);
            proc_close($simulator);
            array_map(unlink(...), array_filter(glob("$folder/{,.}*", GLOB_BRACE) ?: [], is_file(...)));
            rmdir($folder);
        }
    }

    /** @return State What the merchant has */
    private function state(string $clover): array
    {
        /** @var State $state */
        $state = json_decode($this->control($clover, 'GET', 'state'), true, 512, JSON_THROW_ON_ERROR);
        $this->check($state['items'] !== [], 'the merchant has items');

        return $state;
    }

    /**
     * @param array<string, mixed> $body
     *
     * @return string The simulator's answer
     */
    private function control(string $clover, string $method, string $path, array $body = []): string
    {
        $context = [
            'method'  => $method,
            'header'  => 'Content-Type: application/json',
            'content' => $method === 'POST' ? json_encode($body) : '',
        ];
        $answer = file_get_contents("$clover/__sim/$path", false, stream_context_create(['http' => $context]));
        $this->check($answer !== false, "the simulator accepted $method $path");

        return (string) $answer;
    }

    private function heading(string $text): void
    {
        echo "\n== $text ==\n\n";
    }

    private function say(string $command): void
    {
        echo "\$ ./cloversync $command\n";
    }

    private function check(bool $true, string $claim): void
    {
        if (!$true) {
            throw new \RuntimeException("The demo failed. This was to be true and is not: $claim.");
        }
    }
}

try {
    (new Demo())->run();
} catch (\RuntimeException $e) {
    fwrite(STDERR, $e->getMessage() . "\n");

    exit(1);
}
