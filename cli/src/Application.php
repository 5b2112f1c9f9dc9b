<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\WithheldFields;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\EnglishLocale;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\ErrorCode;
use CloverSync\Shop\Support\ErrorReport;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;

/** The commands. */
final class Application
{
    private const OK     = 0;
    private const FAILED = 1;
    private const USAGE  = 2;
    private const PARTLY = 3;

    private const COMMANDS = [
        'connect'    => ['switches' => ['approve', 'move'], 'valued' => ['port', 'timeout', 'callback', 'currency']],
        'disconnect' => ['switches' => [], 'valued' => []],
        'status'     => ['switches' => [], 'valued' => []],
        'sync'       => ['switches' => ['dry-run', 'confirm-deletes', 'stock-only'], 'valued' => []],
        'preview'    => ['switches' => [], 'valued' => []],
        'products'   => ['switches' => [], 'valued' => ['reserve']],
        'log'        => ['switches' => [], 'valued' => ['limit', 'status', 'search']],
        'work'       => [
            'switches' => ['once', 'no-scan', 'resume'],
            'valued'   => ['applied', 'send', 'leave', 'restock'],
        ],
        'drift'      => ['switches' => [], 'valued' => []],
        'serve'      => ['switches' => ['no-drain'], 'valued' => ['listen']],
        'conflicts'  => ['switches' => ['adopt-all', 'relink-all'], 'valued' => ['adopt']],
        'order'      => ['switches' => ['no-event'], 'valued' => [], 'arguments' => ['FILE']],
    ];

    private const USAGE_TEXT = <<<'TEXT'
        Usage: ./cloversync COMMAND [--json]

          connect      Connect to Clover. Prints the address to open and waits for the callback on 127.0.0.1.
                         --port N        port to wait on (8902)      --timeout S     seconds to wait (300)
                         --approve       approve without a person, against a simulator only
                         --callback URL  use the last address of the browser, after an earlier connect
                         --currency XXX  confirm the merchant's currency when Clover does not show it
                         --move          use the connection on this site, because the shop has moved
          disconnect   Forget the tokens; products and links stay.
          status       Show the connection and what is linked.
          sync         Update the shop from Clover.
                         --dry-run          only show what would change
                         --stock-only       counts only: one request a thousand items
                         --confirm-deletes  confirm that many items were deleted in Clover
          preview      Show what a sync would change.
          products     List the linked products as the shop has them.
                         --reserve ID:UNITS   keep units of a product for the till; “ID:” uses the setting again
          log          Show the sync log, newest first.
                         --limit N  (50)    --status success|error|skipped    --search TEXT
          work         Send web sales to Clover, until nothing is due.
                         --once         one batch          --no-scan    do not scan the recent orders
                         --resume       resume after a pause
                         --applied ROW  --send ROW  --leave ROW   settle a row that needs a decision: Clover has it,
                                        Clover does not have it so send it, or leave it as it is
                         --restock ORDER:LINE:UNITS   give units of a partly refunded order back
          drift        Compare the shop's counts with Clover's, with the reason where they differ.
          serve        Answer Clover's webhooks at http://HOST:PORT/webhook, and process them after each response.
                         --listen HOST:PORT  (127.0.0.1:8903)    --no-drain  leave the events to “work”
          conflicts    List products that the shop already had with the SKU of a Clover item.
                         --adopt ID    link this one      --adopt-all    link all that fit
                         --relink-all  link those that another environment or merchant had
          order FILE   Store an order as J2Commerce does: its rows, the shop's stock, then the event. “-” reads it from
                       standard input.
                         --no-event    leave the event out, as when PHP died before it

        Settings: cloversync.json in the working folder, or CLOVERSYNC_ENVIRONMENT, _APP_ID, _APP_SECRET, _BASE_URL,
        _DSN, _DB_USER, _DB_PASSWORD, _DB_PREFIX, _SITE (distinguishes this shop from a copy), _SITE_SECRET,
        _PREVIOUS_SITE_SECRET, _WEBHOOK_SECRET, _CURRENCY and _SETTINGS (JSON).
        TEXT;

    private Console $console;

    private Formatter $words;

    private bool $stop = false;

    /**
     * @param list<string> $words
     *
     * @return int Exit code: 0 done, 1 failed, 2 wrong use or settings, 3 done but items failed
     */
    public function run(array $words): int
    {
        $this->console = new Console(\in_array('--json', $words, true));
        $this->words   = EnglishLocale::formatter();
        $words         = array_values(array_diff($words, ['--json']));

        try {
            return $this->dispatch($words);
        } catch (UsageException $e) {
            return $this->fail('usage', $e->getMessage(), self::USAGE, $e->fields);
        } catch (\Throwable $e) {
            $error = ErrorReport::of($e);

            return (
                $error->code === ErrorCode::Settings
                    ? $this->fail(
                        'settings',
                        'These settings are wrong:',
                        self::USAGE,
                        array_map($this->words->text(...), $error->fields),
                    )
                    : $this->fail(
                        self::kind($error->code),
                        $this->sentence($error, $e),
                        self::FAILED,
                        details: $error->code === ErrorCode::Unexpected ? '' : $this->words->details($error->message),
                    )
            );
        }
    }

    /** @param list<string> $words */
    private function dispatch(array $words): int
    {
        $command = array_shift($words);

        if ($command === null || \in_array($command, ['help', '--help', '-h'], true)) {
            fwrite($command === null ? STDERR : STDOUT, self::USAGE_TEXT . "\n");

            return $command === null ? self::USAGE : self::OK;
        }

        $known = self::COMMANDS[$command] ?? throw new UsageException(
            "There is no command “{$command}”. The commands are: " . implode(', ', array_keys(self::COMMANDS)) . '.',
        );

        if (array_intersect($words, ['--help', '-h']) !== []) {
            fwrite(STDOUT, self::USAGE_TEXT . "\n");

            return self::OK;
        }

        $options = Options::parse($words, $known['switches'], $known['valued'], $known['arguments'] ?? []);

        $problem = MissingEngine::sentence(Engine::report());

        if ($problem !== null) {
            throw new ExtensionException($problem);
        }

        $shop = Config::read()->shop();

        return match ($command) {
            'connect'    => $this->connect($shop, $options),
            'disconnect' => $this->disconnect($shop),
            'status'     => $this->status($shop),
            'sync' => match (true) {
                $options->has('dry-run') => $this->preview($shop, true),
                $options->has('stock-only') => $this->stockOnly($shop),
                default => $this->sync($shop, $options),
            },
            'serve'      => (new ServeCommand($this->console))->run($options),
            'preview'    => $this->preview($shop, false),
            'products'   => $this->products($shop, $options),
            'log'        => $this->log($shop, $options),
            'work'       => (new WorkCommand($this->console))->run($shop, $options),
            'drift'      => (new WorkCommand($this->console))->drift($shop),
            'conflicts'  => $this->conflicts($shop, $options),
            'order'      => (new OrderCommand($this->console))->run($shop, $options),
            default      => throw new \LogicException("No method runs the command $command."),
        };
    }

    private function connect(Services $shop, Options $options): int
    {
        $currency  = $options->currency();
        $connected = $shop->connection->status()->connected;

        if ($connected && $options->has('move')) {
            $shop->guard->move();
            $this->console->line('The connection belongs to this shop now.');
        }

        if (
            !$connected
            || $currency === null && !$options->has('move')
            || $options->has('approve')
            || $options->has('callback')
        ) {
            $this->authorize($shop, $options);
        }

        return $this->showMerchant($shop, $currency, $options->has('approve'));
    }

    private function authorize(Services $shop, Options $options): void
    {
        if ($options->has('callback')) {
            $pending = $shop->state->get('authorization') ?? throw new UsageException(
                'No authorization has been started: run “connect” first and keep its address.',
            );
            $shop->state->delete('authorization');
            $before = $shop->connectionService()->complete((string) $options->get('callback'), $pending);
        } else {
            $port          = $options->number('port', 8902, 1, 65_535);
            $redirect      = "http://127.0.0.1:$port/callback";
            $authorization = $shop->connection->authorize($redirect);

            if ($options->has('approve')) {
                $this->requireSimulator($shop);
                $callback = Callback::approve($authorization->url, $redirect);
            } else {
                $shop->state->set('authorization', $authorization->state);
                $callback = Callback::wait(
                    $port,
                    $options->number('timeout', 300, 1, 86_400),
                    $authorization->state,
                    function () use ($authorization): void {
                        $this->console->event(['event' => 'authorize', 'url' => $authorization->url]);
                        $this->console->line(
                            "Open this address in a browser and approve:\n\n    "
                            . "{$authorization->url}\n\nWaiting for the answer…",
                        );
                    },
                );

                if ($callback === null) {
                    throw new \RuntimeException(
                        'No answer came in time: run “connect” again, or paste the address the browser ended at '
                        . 'with “connect --callback URL”.',
                    );
                }

                $shop->state->delete('authorization');
            }

            $before = $shop->connectionService()->complete($callback, $authorization->state);
        }

        if ($before !== null) {
            $this->console->warning(
                "This is a different merchant from the previous one ($before): products linked to that one stay "
                . 'unchanged, see “conflicts” after the next sync.',
            );
        }
    }

    /** --approve logs in without a person, so it must never reach the real Clover. */
    private function requireSimulator(Services $shop): void
    {
        $host = parse_url($shop->settings->baseUrl ?? '', PHP_URL_HOST);

        if (!\in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true)) {
            throw new UsageException(
                '--approve works against a simulator only: set CLOVERSYNC_BASE_URL to a loopback address.',
            );
        }
    }

    private function showMerchant(Services $shop, ?string $currency, bool $approve): int
    {
        if ($currency !== null) {
            $shop->merchant->confirmCurrency($currency);
        }

        $facts        = $shop->merchant->ask();
        $shopCurrency = ShopConfig::read($shop->sql)->currency;

        if ($facts->currency === null && $this->console->canAsk()) {
            $answer = $this->console->ask("Clover does not show the merchant's currency. Which is it? [$shopCurrency]");

            $currency = Config::currencyCode($answer === '' ? $shopCurrency : $answer) ?? throw new UsageException(
                'A currency is a code of three letters, such as USD.',
            );
            $shop->merchant->confirmCurrency($currency);
            $facts = $facts->withConfirmedCurrency($currency);
        } elseif ($facts->currency === null && $approve) {
            $shop->merchant->confirmCurrency($shopCurrency);
            $this->console->warning(
                "Clover does not show the merchant's currency: the shop's, $shopCurrency, is used.",
            );
            $facts = $facts->withConfirmedCurrency($shopCurrency);
        } elseif ($facts->currency === null) {
            $this->console->warning(
                'Clover does not show the merchant\'s currency: run “connect --currency XXX” before a sync.',
            );
        }

        $this->console->line(\sprintf(
            'Connected to merchant %s%s (%s).',
            $facts->id,
            $facts->name === null ? '' : ', ' . $facts->name,
            $shop->settings->environment->value,
        ));
        $this->console->line(
            $facts->currency === null
                ? 'Currency: not known.'
                : "Currency: {$facts->currency} (" . match ($facts->currencySource) {
                    'properties' => 'from the merchant\'s properties',
                    'order'      => 'from an order',
                    default      => 'confirmed by you',
                }
                . ').',
        );

        if ($facts->currency !== null && $facts->currency !== $shopCurrency) {
            $this->console->warning(
                "The shop's currency is $shopCurrency: nothing will be imported until it is {$facts->currency} too.",
            );
        }

        $this->console->done([
            'connected'     => true,
            'environment'   => $shop->settings->environment->value,
            'merchant_id'   => $facts->id,
            'merchant_name' => $facts->name,
            'currency'      => $facts->currency,
            'currency_from' => $facts->currencySource,
        ]);

        return self::OK;
    }

    private function disconnect(Services $shop): int
    {
        $shop->connectionService()->disconnect();
        $this->console->line('Disconnected. Products and links stay as they are.');
        $this->console->done(['connected' => false, 'environment' => $shop->settings->environment->value]);

        return self::OK;
    }

    private function status(Services $shop): int
    {
        $now    = $shop->dashboard()->read();
        $reason = $now->reconnectReason === null ? null : $this->words->text($now->reconnectReason);
        $data   = [
            'connected'        => $now->connected,
            'environment'      => $now->environment,
            'merchant_id'      => $now->merchantId,
            'token_expires_at' => $now->accessExpiresAt === null
                ? null
                : UtcTime::iso(UtcTime::sql($now->accessExpiresAt)),
            'last_sync'        => UtcTime::iso($now->lastSync),
            'products'         => $now->products,
            'errors'           => $now->errors,
            'pending'          => $now->pending,
            'conflicts'        => $now->conflicts,
            'deleted'          => $now->deleted,
            'sales'            => $now->sales,
            'paused'           => array_map(WorkCommand::pauseData(...), $now->paused),
            'site_moved'       => $now->siteMoved,
            'reconnect_reason' => $reason,
            'refused_at'       => $now->refusedAt === null ? null : UtcTime::iso(UtcTime::sql($now->refusedAt)),
            'next_try_at'      => $now->nextTryAt === null ? null : UtcTime::iso(UtcTime::sql($now->nextTryAt)),
            'token_ends_soon'  => $now->tokenEndsSoon,
            'engine'           => Engine::current()->value,
            'rate_limit'       => $now->rateLimit,
            'withheld'         => $now->withheld,
            'sandbox_products' => $now->sandboxProducts['count'],
        ];

        $this->console->line(match (true) {
            $now->connected => "Connected to merchant {$now->merchantId} ({$now->environment}).",
            $reason !== null => "Not connected. $reason Run “connect”.",
            default => "Not connected ({$now->environment}). Run “connect”.",
        });
        $this->console->line('Access token until: ' . ($data['token_expires_at'] ?? '-'));
        $this->console->line('Last sync:          ' . ($data['last_sync'] ?? 'never'));
        $this->console->line(\sprintf(
            'Products: %d   errors: %d   pending: %d   conflicts: %d   deleted: %d',
            $now->products,
            $now->errors,
            $now->pending,
            $now->conflicts,
            $now->deleted,
        ));

        $this->console->line(\sprintf(
            'Rate limit: %d requests a second, %d at once (%s)',
            $now->rateLimit['per_second'],
            $now->rateLimit['concurrent'],
            $now->rateLimit['learned'] ? 'named by Clover' : 'as Clover documents',
        ));

        if ($data['sales'] !== null) {
            $this->console->line(\sprintf(
                'Web sales: %d on their way to Clover, %d uncertain, %d dead',
                $data['sales']['later'],
                $data['sales']['uncertain'],
                $data['sales']['dead'],
            ));
        }

        foreach ($now->paused as $pause) {
            $this->console->warning(WorkCommand::paused($pause));
        }

        if ($now->refusedAt !== null) {
            $this->console->warning(self::refused($now->refusedAt, (int) $now->nextTryAt));
        } elseif ($data['token_ends_soon']) {
            $this->console->warning(
                'The access token is about to expire, or has expired; the next call to Clover refreshes it. A '
                . 'scheduled refresh every 15 to 25 minutes keeps it fresh.',
            );
        }

        if ($now->withheld !== []) {
            $this->console->warning($this->words->text(WithheldFields::message($now->withheld)));
        }

        if ($now->sandboxProducts['count'] > 0) {
            $this->console->warning(\sprintf(
                '%d products from the sandbox are still published (%s …): sync, “conflicts --relink-all” for those '
                . 'with an SKU that Clover has here, and unpublish the others.',
                $now->sandboxProducts['count'],
                implode(', ', $now->sandboxProducts['titles']),
            ));
        }

        if ($data['site_moved']) {
            $this->console->warning(
                'The connection belongs to another shop than this one: “connect --move” if it has moved here, '
                . '“disconnect” if this is a copy.',
            );
        }

        $this->console->done($data);

        return self::OK;
    }

    private function sync(Services $shop, Options $options): int
    {
        $shop     = $this->withDefaultCategory($shop);
        $expected = $shop->merchantId() === null ? 0 : $shop->links()->countLinked();
        $this->stopOnSignal();
        $result = $shop->runner(function (SyncRunRow $now) use ($expected): void {
            $this->console->bar($now->phase->value, $now->itemsRead, $expected);
            $this->console->event([
                'event'     => 'progress',
                'phase'     => $now->phase->value,
                'items'     => $now->itemsRead,
                'imported'  => $now->imported,
                'updated'   => $now->updated,
                'unchanged' => $now->unchanged,
                'deleted'   => $now->deleted,
                'failed'    => $now->failed,
            ]);
        })->run(new TimeBudget(null, fn (): bool => $this->stop), $options->has('confirm-deletes'));

        $this->console->clearBar();
        $failures = $shop->log->ofRun($result->id, 'error', 1000);

        foreach ($failures as $failure) {
            $this->console->event([
                'event'     => 'failed',
                'clover_id' => $failure['entity_id'],
                'message'   => $this->words->text($failure['message']),
            ]);
        }

        $this->console->line(match ($result->status) {
            RunStatus::Running           => 'Stopped after the current page. Run “sync” again to resume from there.',
            RunStatus::NeedsConfirmation => 'Stopped before deleting: '
                . ($result->message === null ? '' : $this->words->text($result->message))
                . ' (“sync --confirm-deletes”)',
            default                      => $result->failed > 0 ? "Done with $result->failed failures." : 'Done.',
        });
        $this->console->line(\sprintf(
            '%d imported, %d updated, %d unchanged, %d deleted, %d failed, %d in conflict; %d product rows '
            . 'written, %d requests, %.1f s',
            $result->imported,
            $result->updated,
            $result->unchanged,
            $result->deleted,
            $result->failed,
            $result->conflicts,
            $result->productRows,
            $result->requests,
            $result->seconds,
        ));

        if ($result->status === RunStatus::NeedsConfirmation) {
            $leftOut = $result->message?->code === MessageCode::ManyLeftOut;

            foreach ($shop->links()->vanished($result->id, 20, $leftOut) as $item) {
                $this->console->line("  $item->cloverId: $item->name");
            }
        }

        foreach (\array_slice($failures, 0, 20) as $failure) {
            $this->console->line("  {$failure['entity_id']}: {$this->words->withDetails($failure['message'])}");
        }

        if (($withheld = $shop->connection->withheld()) !== []) {
            $this->console->warning($this->words->text(WithheldFields::message($withheld)));
        }

        if ($result->conflicts > 0) {
            $this->console->line('The shop already has products with the SKUs of Clover items: see “conflicts”.');
        }

        $sales   = $shop->sales()->worker()->waiting();
        $waiting = $sales->uncertain + $sales->dead;

        if ($waiting > 0) {
            $this->console->warning("$waiting stock changes or orders need your decision: see “work”.");
        }

        $this->console->done(
            $this->syncData(
                $result->imported,
                $result->updated,
                $result->unchanged,
                $result->deleted,
                $result->failed,
                $result->conflicts,
                $result->productRows,
            )
            + [
                'requests'          => $result->requests,
                'seconds'           => round($result->seconds, 3),
                'peak_memory_bytes' => self::peakMemory(),
                'status'            => $result->status->value,
                'uncertain'         => $sales->uncertain,
                'dead'              => $sales->dead,
            ],
        );

        return match (true) {
            $result->status !== RunStatus::Done => self::FAILED,
            ($result->failed + $waiting) > 0 => self::PARTLY,
            default => self::OK,
        };
    }

    private function stockOnly(Services $shop): int
    {
        $began    = Platform::monotonic();
        $requests = $shop->connection->requests();
        $this->stopOnSignal();
        $found = $shop->stockOnlySync()->run(new TimeBudget(null, fn (): bool => $this->stop), $shop->syncLock());
        $this->console->line(\sprintf(
            '%d counts updated, %d unchanged; %d product rows written.',
            $found['updated'],
            $found['unchanged'],
            $found['product_rows'],
        ));
        $this->console->done(
            $this->syncData(0, $found['updated'], $found['unchanged'], 0, 0, 0, $found['product_rows'])
            + [
                // A helper that follows one that was killed counts from zero.
                'requests'          => max(0, $shop->connection->requests() - $requests),
                'seconds'           => round(Platform::monotonic() - $began, 3),
                'peak_memory_bytes' => self::peakMemory(),
                'status'            => ($found['done'] ? RunStatus::Done : RunStatus::Running)->value,
            ],
        );

        return $found['done'] ? self::OK : self::FAILED;
    }

    /** @param list<array{variant: ?string, old: ?string, new: string}> $prices */
    private static function prices(array $prices): string
    {
        $texts = array_map(
            static fn (array $price): string => (
                ($price['variant'] === null ? '' : "{$price['variant']} ")
                . ($price['old'] === null ? '' : "{$price['old']} -> ")
                . $price['new']
            ),
            $prices,
        );

        return $texts === [] ? '' : ' (' . implode(', ', $texts) . ')';
    }

    private function preview(Services $shop, bool $asSync): int
    {
        $began  = Platform::monotonic();
        $counts = $shop->preview()->run(function (array $change): void {
            if (isset($change['problem'])) {
                $change['title'] = $this->words->text($change['problem']);
                unset($change['problem']);
            }

            $this->console->event(['event' => 'change'] + $change);
            $prices = self::prices($change['prices']);
            $fields = array_map(
                static fn (string $field): string => $field === 'price' ? $field . $prices : $field,
                $change['fields'],
            );
            $more = match (true) {
                $change['action'] === 'create' => $prices,
                $fields === []                 => '',
                default                        => ': ' . implode(', ', $fields),
            };
            $this->console->line(\sprintf(
                '%-8s %s  %s%s',
                $change['action'],
                $change['clover_id'],
                $change['title'],
                $more,
            ));
        });
        $this->console->line(\sprintf(
            '%d to create, %d to update, %d to delete, %d in conflict, %d unchanged, %d faulty, %d left out. '
            . 'Nothing was written.',
            $counts['creates'],
            $counts['updates'],
            $counts['deletes'],
            $counts['conflicts'],
            $counts['unchanged'],
            $counts['failed'],
            $counts['left_out'],
        ));
        $data = [
            'creates'   => $counts['creates'],
            'updates'   => $counts['updates'],
            'deletes'   => $counts['deletes'],
            'conflicts' => $counts['conflicts'],
        ];

        if ($asSync) {
            $data =
                ['dry_run' => true]
                + $this->syncData(
                    $counts['creates'],
                    $counts['updates'],
                    $counts['unchanged'],
                    $counts['deletes'],
                    $counts['failed'],
                    $counts['conflicts'],
                    0,
                )
                + [
                    'requests'          => $shop->connection->requests(),
                    'seconds'           => round(Platform::monotonic() - $began, 3),
                    'peak_memory_bytes' => self::peakMemory(),
                ]
                + $data;
        }

        $this->console->done(
            $data
            + [
                'unchanged' => $counts['unchanged'],
                'failed'    => $counts['failed'],
                'left_out'  => $counts['left_out'],
            ],
        );

        return $counts['failed'] > 0 ? self::PARTLY : self::OK;
    }

    private function products(Services $shop, Options $options): int
    {
        $list = new ProductList($shop->sql, $shop->links());
        $this->reserve($shop, $options->get('reserve'));
        $products = $list->all();
        $this->console->line(self::tableRow('Title', 'Type', 'Category', 'Price', 'Count', 'State', 'Clover id'));
        $this->console->line(str_repeat('-', 118));

        foreach ($products as $product) {
            $from = self::shortPrice($product['price']);
            $to   = self::shortPrice($product['price_to']);
            $this->console->event($product);
            $this->console->line(self::tableRow(
                $product['title'],
                $product['variants'] > 1 ? "{$product['variants']} variants" : $product['type'],
                $product['category'],
                $from === $to ? $from : "$from to $to",
                $product['quantity'] === null ? '-' : (string) $product['quantity'],
                $product['state'] !== 'synced'
                    ? $product['state']
                    : ($product['published'] ? 'published' : 'unpublished'),
                $product['clover_id'],
            ));
        }

        $this->console->line(\count($products) . ' products.');
        $this->console->done(['products' => \count($products)]);

        return self::OK;
    }

    private function reserve(Services $shop, ?string $what): void
    {
        $m = [];

        if ($what === null) {
            return;
        }

        if (preg_match('/^(.+):(\d{0,9})$/D', $what, $m) !== 1) {
            throw new UsageException('--reserve takes ID:UNITS, such as 8GXK2Q0YVTZ5E:2.');
        }

        try {
            $shop->reserve($m[1], $m[2] === '' ? null : (int) $m[2]);
        } catch (ShopException $e) {
            throw new UsageException("--reserve $what: " . $this->words->text($e->description()));
        }
    }

    private static function tableRow(
        string $title,
        string $type,
        string $category,
        string $price,
        string $count,
        string $state,
        string $id,
    ): string {
        $cell = static fn (string $text, int $width): string => (
            mb_strimwidth($text, 0, $width, '…') . str_repeat(' ', max(0, $width - mb_strwidth($text)))
        );

        return (
            $cell($title, 34)
            . ' '
            . $cell($type, 11)
            . ' '
            . $cell($category, 16)
            . ' '
            . str_pad($price, 16, ' ', STR_PAD_LEFT)
            . ' '
            . str_pad($count, 7, ' ', STR_PAD_LEFT)
            . '  '
            . $cell($state, 12)
            . ' '
            . $id
        );
    }

    /** Removes trailing zeros from the column's five decimal places, and keeps two. */
    private static function shortPrice(string $price): string
    {
        return (string) preg_replace('/(\.\d\d\d*?)0+$/', '$1', $price);
    }

    private function log(Services $shop, Options $options): int
    {
        $status = $options->get('status');

        if ($status !== null && !\in_array($status, ['success', 'error', 'skipped'], true)) {
            throw new UsageException('--status must be success, error or skipped.');
        }

        $search  = $options->get('search');
        $entries = $shop->log->latest($options->number('limit', 50, 1, 100_000), [
            'status' => $status,
            'search' => $search,
            'codes'  => $search === null ? [] : $this->words->codesWith($search),
        ]);

        foreach ($entries as $entry) {
            $this->console->event([
                ...$entry,
                'message' => $this->words->text($entry['message']),
                'code'    => $entry['message']->code->value,
                'details' => $this->words->details($entry['message']),
            ]);
            $this->console->line(\sprintf(
                '%s  %-8s %-19s %-5s %-13s  %s',
                $entry['at'],
                $entry['status'],
                $entry['action'],
                $entry['entity_type'],
                $entry['entity_id'],
                $this->words->text($entry['message']),
            ));
        }

        $this->console->done(['entries' => \count($entries)]);

        return self::OK;
    }

    private function conflicts(Services $shop, Options $options): int
    {
        $conflicts = $shop->conflicts();
        $result    = null;

        if ($options->has('adopt')) {
            $conflicts->adopt((string) $options->get('adopt'));
            $result = ['adopted' => 1, 'failed' => []];
        } elseif ($options->has('adopt-all')) {
            $result = $conflicts->adoptAll();
        } elseif ($options->has('relink-all')) {
            $result = $conflicts->relinkAllBySku();
        }

        $left = $conflicts->list();

        if ($result !== null) {
            foreach ($result['failed'] as $id => $why) {
                $words = $this->words->text($why);
                $this->console->event(['event' => 'failed', 'clover_id' => $id, 'message' => $words]);
                $this->console->line("  $id: $words");
            }

            $this->console->line(
                "{$result['adopted']} linked; the next sync brings what Clover owns. " . \count($left) . ' left.',
            );
            $this->console->done([
                'adopted'   => $result['adopted'],
                'failed'    => \count($result['failed']),
                'conflicts' => \count($left),
            ]);

            return $result['failed'] === [] ? self::OK : self::PARTLY;
        }

        foreach ($left as $conflict) {
            $this->console->event($conflict);
            $this->console->line(\sprintf(
                '%s  %s  SKU %s  %s%s',
                $conflict['clover_id'],
                $conflict['name'],
                $conflict['sku'],
                implode(', ', array_map(
                    static fn (array $p): string => "product {$p['product_id']} “{$p['title']}”",
                    $conflict['products'],
                )),
                $conflict['relink'] ? ' (linked under another environment or merchant)' : '',
            ));
        }

        $this->console->line($left === [] ? 'No conflicts.' : 'Link one with --adopt ID, all with --adopt-all.');
        $this->console->done(['conflicts' => \count($left)]);

        return self::OK;
    }

    /**
     * An article needs a category: asks for one on a terminal, else uses the category that Joomla's installer creates.
     */
    private function withDefaultCategory(Services $shop): Services
    {
        if ($shop->settings->defaultCategory !== 0 || !$shop->connection->status()->connected) {
            return $shop;
        }

        $fallback = ShopConfig::uncategorised($shop->sql);
        $names    = array_column(ShopConfig::categories($shop->sql), 'title', 'id');

        if ($this->console->canAsk()) {
            foreach ($names as $id => $title) {
                $this->console->line("  $id  $title");
            }

            $answer = $this->console->ask("Which category is for products that Clover keeps in none? [$fallback]");
            $chosen = isset($names[(int) $answer]) ? $answer : (string) $fallback;
        } else {
            $chosen = (string) $fallback;
            $this->console->warning(
                'No default_category is set: “' . ($names[(int) $fallback] ?? '') . "” ($fallback) is taken.",
            );
        }

        $shop->state->set('default_category', $chosen);

        return $shop->withDefaultCategory((int) $chosen);
    }

    /** Ctrl-C ends the sync after the page that is being written; a second one ends it at once. */
    private function stopOnSignal(): void
    {
        if (!Platform::has('pcntl_async_signals') || !Platform::has('pcntl_signal')) {
            return;
        }

        pcntl_async_signals(true);

        foreach ([SIGINT, SIGTERM] as $signal) {
            pcntl_signal($signal, function (int $signal): void {
                $this->stop = true;
                pcntl_signal($signal, SIG_DFL);
            });
        }
    }

    /** @return array<string, int> */
    private function syncData(
        int $imported,
        int $updated,
        int $unchanged,
        int $deleted,
        int $failed,
        int $conflicts,
        int $rows,
    ): array {
        return [
            'imported'             => $imported,
            'updated'              => $updated,
            'unchanged'            => $unchanged,
            'deleted'              => $deleted,
            'failed'               => $failed,
            'conflicts'            => $conflicts,
            'product_rows_written' => $rows,
        ];
    }

    /** Memory of the whole process: PHP's own counter does not include the extension's. */
    private static function peakMemory(): int
    {
        $usage = Platform::has('getrusage') ? getrusage() : [];

        return max(
            Platform::has('memory_get_peak_usage') ? memory_get_peak_usage(true) : 0,
            ($usage['ru_maxrss'] ?? 0) * (PHP_OS_FAMILY === 'Darwin' ? 1 : 1024),
        );
    }

    /** @param array<string, string> $fields */
    private function fail(string $kind, string $message, int $code, array $fields = [], string $details = ''): int
    {
        $this->console->error($message);

        if ($details !== '') {
            fwrite(STDERR, 'details: ' . str_replace("\n", "\n  ", $details) . "\n");
        }

        foreach ($fields as $field => $problem) {
            fwrite(STDERR, "  $field: $problem\n");
        }

        if ($code === self::USAGE && $fields === []) {
            fwrite(STDERR, "See ./cloversync help.\n");
        }

        $this->console->event(['event' => 'error', 'kind' => $kind, 'message' => $message]
        + ($fields === [] ? [] : ['fields' => $fields])
        + ($details === '' ? [] : ['details' => $details]));

        return $code;
    }

    private static function refused(int $at, int $nextTryAt): string
    {
        return \sprintf(
            'Clover refused the connection at %s UTC. It is asked again from %s UTC on, and nothing is asked before; '
            . 'a second refusal ends the connection. “connect” connects again at once.',
            gmdate('H:i', $at),
            gmdate('H:i', $nextTryAt),
        );
    }

    private static function kind(ErrorCode $code): string
    {
        return match ($code) {
            ErrorCode::Reconnect       => ErrorCode::NotConnected->value,
            ErrorCode::Extension       => 'failed',
            ErrorCode::DefaultCategory => 'failed',
            ErrorCode::Clover          => 'failed',
            ErrorCode::Shop            => 'failed',
            ErrorCode::Unexpected      => 'failed',
            default                    => $code->value,
        };
    }

    private function sentence(ErrorReport $error, \Throwable $e): string
    {
        $message = $this->words->text($error->message);

        return match ($error->code) {
            ErrorCode::SiteMoved   => "$message (“connect --move”, or “disconnect”)",
            ErrorCode::Currency    => "$message (“connect --currency XXX” confirms it)",
            ErrorCode::Refused     => self::refused($error->refusedAt, $error->nextTryAt),
            ErrorCode::Unavailable => "$message Try again in a few minutes; a sync goes on from where it stopped.",
            // The command line's own sentences are plain runtime exceptions.
            ErrorCode::Unexpected => $e::class === \RuntimeException::class
                ? $e->getMessage()
                : "This should not happen, please report it: {$e->getMessage()}",
            default               => $message,
        };
    }
}
