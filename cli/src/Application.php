<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Console\CommandName;
use CloverSync\Shop\Console\CommandRunner;
use CloverSync\Shop\Console\Console;
use CloverSync\Shop\Console\ExitCode;
use CloverSync\Shop\Console\Option;
use CloverSync\Shop\Console\Options;
use CloverSync\Shop\Console\Usage;
use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Services;

/** The commands. */
final class Application
{
    private const HEAD = <<<'TEXT'
        Usage: ./cloversync COMMAND [--json]


        TEXT;

    private const FOOT = <<<'TEXT'

        Settings: cloversync.json in the working folder, or CLOVERSYNC_ENVIRONMENT, _APP_ID, _APP_SECRET, _BASE_URL,
        _DSN, _DB_USER, _DB_PASSWORD, _DB_PREFIX, _SITE (distinguishes this shop from a copy), _SITE_SECRET,
        _PREVIOUS_SITE_SECRET, _WEBHOOK_SECRET, _CURRENCY and _SETTINGS (JSON). With _API_TOKEN and _MERCHANT_ID the
        shop is connected by an API token that the merchant has made, without an app; connect then only tests it.

        TEXT;

    private Console $console;

    private StandardTerminal $terminal;

    private ShopHost $host;

    /**
     * The commands beside those that Joomla's console has too.
     *
     * @return array<string, Usage>
     */
    private static function own(): array
    {
        return [
            'connect'    => new Usage('Connect to Clover: prints the address to open, and waits for the callback.', [
                new Option('port', 'port to wait on (8902)', 'N'),
                new Option('timeout', 'seconds to wait (300)', 'S'),
                new Option('approve', 'approve without a person, against a simulator only'),
                new Option('callback', 'use the last address of the browser, after an earlier connect', 'URL'),
                new Option('currency', 'confirm the merchant\'s currency when Clover does not show it', 'XXX'),
                new Option('move', 'use the connection on this site, because the shop has moved'),
            ]),
            'disconnect' => new Usage('Forget the tokens; products and links stay.'),
            'products'   => new Usage('List the linked products as the shop has them.', [
                new Option('reserve', 'keep units of a product for the till; “ID:” uses the setting again', 'ID:UNITS'),
            ]),
            'serve'      => new Usage('Answer Clover\'s webhooks at http://HOST:PORT/webhook, and process them.', [
                new Option('listen', 'address (127.0.0.1:8903)', 'HOST:PORT'),
                new Option('no-drain', 'leave the events to “work”'),
            ]),
            'conflicts'  => new Usage('List products that the shop already had with the SKU of a Clover item.', [
                new Option('adopt', 'link this one', 'ID'),
                new Option('adopt-all', 'link all that fit'),
                new Option('relink-all', 'link those that another environment or merchant had'),
            ]),
            'order'      => new Usage(
                'Store an order as J2Commerce does: rows, stock, event. “-” reads it from standard input.',
                [new Option('no-event', 'leave the event out, as when PHP died before it')],
                ['FILE'],
            ),
        ];
    }

    /** @return array<string, Usage> Every command by name */
    public static function commands(): array
    {
        $own    = self::own();
        $shared = [];

        foreach (CommandName::cases() as $name) {
            $shared[$name->value] = $name->usage();
        }

        return ['connect' => $own['connect'], 'disconnect' => $own['disconnect']] + $shared + $own;
    }

    /**
     * @param list<string> $words
     *
     * @return int As {@see ExitCode}
     */
    public function run(array $words): int
    {
        $json           = \in_array('--json', $words, true);
        $words          = array_values(array_diff($words, ['--json']));
        $this->terminal = new StandardTerminal(!$json);
        $this->console  = new Console($this->terminal, $json);
        $this->host     = new ShopHost($this->console, $this->terminal);

        return (new CommandRunner($this->console))->run(fn (): ExitCode => $this->dispatch($words))->value;
    }

    /** @param list<string> $words */
    private function dispatch(array $words): ExitCode
    {
        $command = array_shift($words);

        if ($command === null || \in_array($command, ['help', '--help', '-h'], true)) {
            fwrite($command === null ? STDERR : STDOUT, self::help());

            return $command === null ? ExitCode::Usage : ExitCode::Done;
        }

        $commands = self::commands();
        $usage    = $commands[$command] ?? throw new UsageException(
            "There is no command “{$command}”. The commands are: " . implode(', ', array_keys($commands)) . '.',
        );

        if (array_intersect($words, ['--help', '-h']) !== []) {
            fwrite(STDOUT, self::help());

            return ExitCode::Done;
        }

        $options = Words::parse($words, $usage);
        $shared  = CommandName::tryFrom($command);

        return $shared === null
            ? $this->runOwn($command, $options)
            : $shared->create($this->console, $this->host)->run($options);
    }

    private static function help(): string
    {
        return self::HEAD . Words::list(self::commands()) . self::FOOT;
    }

    private function runOwn(string $command, Options $options): ExitCode
    {
        $shop = match ($command) {
            'connect', 'disconnect' => $this->host->storedShop(),
            default                 => $this->host->shop(),
        };

        return match ($command) {
            'connect'    => $this->connect($shop, $options),
            'disconnect' => $this->disconnect($shop),
            'serve'      => (new ServeCommand($this->console))->run($options),
            'products'   => $this->products($shop, $options),
            'conflicts'  => $this->conflicts($shop, $options),
            'order'      => (new OrderCommand($this->console))->run($shop, $options),
            default      => throw new \LogicException("No method runs the command $command."),
        };
    }

    private function connect(Services $shop, Options $options): ExitCode
    {
        $currency  = self::currency($options);
        $given     = $this->host->apiToken();
        $connected = $shop->connection->status()->connected
        && ($given === null || $shop->connection->hasApiToken($given['merchant'], $given['token']));

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

    private static function currency(Options $options): ?string
    {
        $value = $options->get('currency');

        return $value === null
            ? null
            : Config::currencyCode($value) ?? throw new UsageException(
                '--currency must be a code of three letters, such as USD.',
            );
    }

    private function authorize(Services $shop, Options $options): void
    {
        $given = $this->host->apiToken();

        if ($given !== null) {
            $before = $shop->connectionService()->connectWithApiToken($given['merchant'], $given['token']);
        } elseif ($options->has('callback')) {
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

        $this->host->warnOfAnotherMerchant($before);
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

    private function showMerchant(Services $shop, ?string $currency, bool $approve): ExitCode
    {
        if ($currency !== null) {
            $shop->merchant->confirmCurrency($currency);
        }

        $facts        = $shop->merchant->ask();
        $shopCurrency = ShopConfig::read($shop->sql)->currency;

        if ($facts->currency === null && $this->terminal->canAsk()) {
            $question = "Clover does not show the merchant's currency. Which is it? [$shopCurrency]";
            $answer   = $this->terminal->ask($question);
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

        return ExitCode::Done;
    }

    private function disconnect(Services $shop): ExitCode
    {
        $shop->connectionService()->disconnect();
        $this->console->line('Disconnected. Products and links stay as they are.');
        $this->console->done(['connected' => false, 'environment' => $shop->settings->environment->value]);

        return ExitCode::Done;
    }

    private function products(Services $shop, Options $options): ExitCode
    {
        $list = new ProductList($shop->sql, $shop->links());
        $this->reserve($shop, $options->get('reserve'));
        $products = $list->all();
        $taxes    = $shop->taxMismatches()->of(array_column($products, 'product_id'));
        $this->console->line(self::tableRow('Title', 'Type', 'Category', 'Price', 'Count', 'State', 'Clover id'));
        $this->console->line(str_repeat('-', 118));

        foreach ($products as $product) {
            $from = self::shortPrice($product['price']);
            $to   = self::shortPrice($product['price_to']);
            $tax  = $taxes[$product['product_id']] ?? null;
            $tax  = $tax === null ? null : $this->console->words->text($tax);
            $this->console->event($product + ['tax' => $tax]);
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

            if ($tax !== null) {
                $this->console->line("  $tax");
            }
        }

        $this->console->line(\count($products) . ' products.');
        $this->console->done(['products' => \count($products)]);

        return ExitCode::Done;
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
            throw new UsageException("--reserve $what: " . $this->console->words->text($e->description()));
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

    private function conflicts(Services $shop, Options $options): ExitCode
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
                $words = $this->console->words->text($why);
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

            return $result['failed'] === [] ? ExitCode::Done : ExitCode::Partly;
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

        return ExitCode::Done;
    }
}
