<?php

/**
 * Runs a shop with known secrets and collects everything that could be seen of it: log records, exceptions of every
 * kind with their traces, every object in every form of dump, phpinfo(). Input: JSON with "url" of the simulator, "dsn"
 * of an installed shop, and "canaries" by name. Argument: the output file, serialized: "canaries" with the tokens and
 * codes that occurred, "texts" by their kind, "logged" the number of records.
 *
 * No code here may pass a canary as an argument or store it in an object of its own: a trace would rightly show it.
 */

declare(strict_types=1);

use CloverSync\Catalog;
use CloverSync\Cli\PdoSql;
use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Ledger;
use CloverSync\Orders;
use CloverSync\OrderStanding;
use CloverSync\Settings;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Stock;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Vault;
use CloverSync\Webhook;

require __DIR__ . '/../../bootstrap.php';

/** Static, so that no dump of an object and no trace shows it. */
final class World
{
    public static string $url = '';

    /** @var array<string, string> */
    public static array $canaries = [];

    /** @var array<string, string> */
    public static array $texts = [];

    public static int $logged = 0;

    public static PdoSql $sql;

    public static Services $shop;

    public static string $state = '';

    public static string $callback = '';

    public static string $code = '';

    public static function log(string $level, string $message): void
    {
        self::$texts['log record ' . ++self::$logged] = "$level $message";
    }
}

/** @param object|array<array-key, mixed> $thing */
function show(string $name, object|array $thing): void
{
    ob_start();
    var_dump($thing);
    print_r($thing);

    debug_zval_dump($thing);
    $text = (string) ob_get_clean();

    foreach ([
        'var_export'  => static fn (object|array $it): string => var_export($it, true),
        'serialize'   => serialize(...),
        'json_encode' => static fn (object|array $it): string => (string) json_encode(
            $it,
            JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_UNESCAPED_SLASHES,
        ),
        'array'       => static function (object|array $it): string {
            settype($it, 'array');

            return print_r($it, true);
        },
        'string'      => static fn (object|array $it): string => $it instanceof \Stringable ? (string) $it : '',
        'reflection'  => static fn (object|array $it): string => is_object($it)
            ? (string) new \ReflectionObject($it) . print_r(get_mangled_object_vars($it), true)
            : '',
    ] as $how => $make) {
        try {
            $text .= "\n$how: " . $make($thing);
        } catch (\Throwable $e) {
            // Serialization is refused, and the refusal is checked too.
            $text .= "\n$how: $e";
        }
    }

    World::$texts["$name: " . get_debug_type($thing)] = $text;
}

/**
 * The same, of unknown parameters: it may get what it must refuse. Reflection would show the arguments in a frame of
 * its own.
 */
function unchecked(\Closure $function): \Closure
{
    return $function;
}

function note(): void
{
    $record = (new DatabaseTokenStore(World::$sql, 'sandbox'))->read();

    if ($record === null) {
        return;
    }

    [$merchant, $sealed] = explode('.', $record, 2);
    /** @var array{tokens: string} $opened */
    $opened = json_decode(
        (new Vault(World::$canaries['site secret']))->open($sealed, "sandbox/$merchant/tokens"),
        true,
        8,
        JSON_THROW_ON_ERROR,
    );
    /** @var array{access: string, refresh?: string} $tokens An API token has no refresh token */
    $tokens = json_decode($opened['tokens'], true, 8, JSON_THROW_ON_ERROR);

    foreach (array_intersect(['access', 'refresh'], array_keys($tokens)) as $kind) {
        World::$canaries["$kind token " . substr(hash('sha256', $tokens[$kind]), 0, 8)] = $tokens[$kind];
        World::$canaries["$kind token now"]                                             = $tokens[$kind];
    }
}

function control(string $method, string $path, mixed $body = new \stdClass()): void
{
    $context = stream_context_create(['http' => [
        'method'  => $method,
        'header'  => 'Content-Type: application/json',
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
    ]]);

    if (file_get_contents(World::$url . "/__sim/$path", false, $context) === false) {
        throw new \LogicException("The simulator refused $path.");
    }
}

function settings(string $url = '', string $webhook = 'webhook secret'): Settings
{
    return Settings::fromArray([
        'app_id'           => Simulator::APP_ID,
        'app_secret'       => World::$canaries['app secret'],
        'webhook_secret'   => World::$canaries[$webhook],
        'debug'            => true,
        'base_url'         => $url === '' ? World::$url : $url,
        'default_category' => 2,
        'pace_share'       => 100_000,
    ]);
}

function shop(string $url = '', string $vault = 'site secret', string $previous = 'previous site secret'): Services
{
    return new Services(
        World::$sql,
        settings($url),
        new Vault(World::$canaries[$vault], World::$canaries[$previous]),
        'https://shop.example',
        World::log(...),
    );
}

function approve(): void
{
    $authorization   = World::$shop->connection->authorize('http://127.0.0.1:8902/callback');
    World::$state    = $authorization->state;
    World::$callback = Simulator::approve($authorization->url);
    parse_str((string) parse_url(World::$callback, PHP_URL_QUERY), $query);

    if (!is_string($query['code'] ?? null)) {
        throw new \LogicException('Clover gave no code.');
    }

    World::$code                                         = $query['code'];
    World::$canaries['state ' . count(World::$canaries)] = World::$state;
    World::$canaries['code ' . count(World::$canaries)]  = World::$code;
    show('authorization', $authorization);
}

function event(string $header, #[\SensitiveParameter] string $body = ''): void
{
    $body = $body !== ''
        ? $body
        : json_encode([
            'appId'     => Simulator::APP_ID,
            'merchants' => [
                (string) World::$shop->merchantId() => [['objectId' => 'I:' . item(), 'type' => 'UPDATE', 'ts' => 1]],
            ],
        ], JSON_THROW_ON_ERROR);
    $answer = World::$shop
        ->webhookEndpoint()
        ->answer($body, ['X-Clover-Auth' => World::$canaries['webhook secret'] . $header]);
    show("answer $header", $answer);
    show(
        "verdict $header",
        (new Webhook(settings()))->judge(
            $body,
            ['X-Clover-Auth' => World::$canaries['webhook secret'] . $header],
            World::$shop->merchantId(),
        ),
    );
}

function item(): string
{
    return (string) World::$sql->fetchValue("SELECT clover_id FROM #__j2commerce_clover_mappings
            WHERE clover_type = 'item' AND parent_id IS NULL
            ORDER BY clover_id");
}

/**
 * Clover repeats what it was sent: the access token with each request, the app secret and the refresh token in token
 * requests.
 */
function echoing(string $match, int $code): void
{
    note();
    $said = str_contains($match, '/oauth/')
        ? 'bad ' . World::$canaries['refresh token now'] . ' ' . World::$canaries['app secret']
        : 'bad ' . World::$canaries['access token now'];
    // A call refused with 401 is repeated with another token, which a fixed response cannot repeat.
    control('POST', 'faults', [[
        'match' => $match,
        'times' => $code === 401 && !str_contains($match, '/oauth/') ? 1 : 9,
        'do'    => 'status',
        'code'  => $code,
        'body'  => ['message' => $said, 'error' => $said],
    ]]);
}

function order(int $number): void
{
    $file = OrderFile::fromJson(json_encode([
        'order_id'           => "17954079750$number",
        'number'             => 500 + $number,
        'new_status'         => 1,
        'currency'           => 'USD',
        'prices_include_tax' => false,
        'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '+44 1'],
        'lines'              => [[
            'line_id'    => $number,
            'clover_id'  => item(),
            'name'       => 'Line',
            'quantity'   => 1,
            'unit_price' => 1250,
            'tax'        => 0,
        ]],
        'shipping'           => 0,
    ], JSON_THROW_ON_ERROR));
    (new FakeCheckout(World::$sql, World::$shop->links(), World::$shop->clock))->place($file);
    World::$shop->orderEvents()->statusChanged($file->orderId, null, 1);
}

/**
 * Actions of a shop, and events: by name, in this order. Exceptions are collected and the next one starts.
 *
 * @return array<string, \Closure(): mixed>
 */
function steps(): array
{
    return [
        'wrong settings'      => static fn () => Settings::fromArray([
            'environment'    => 'moon',
            'app_secret'     => [World::$canaries['app secret']],
            'webhook_secret' => World::$canaries['webhook secret'],
            'sync_interval'  => 1,
        ]),
        'settings of no type' => static fn () => unchecked(Settings::fromArray(...))(World::$canaries['app secret']),
        'odd secrets'         => static fn () => Settings::fromArray([
            'app_secret'     => World::$canaries['app secret'] . "\n\0",
            'webhook_secret' => World::$canaries['webhook secret'] . "\xff",
            'base_url'       => 'x',
        ]),
        'a short site secret' => static fn () => new Vault(
            substr(World::$canaries['site secret'], 0, 15),
            World::$canaries['previous site secret'],
        ),
        'a short old secret'  => static fn () => new Vault(
            World::$canaries['site secret'],
            substr(World::$canaries['previous site secret'], 0, 15),
        ),
        'a vault of no type'  => static fn () => unchecked(
            (new Vault(World::$canaries['site secret']))->__construct(...),
        )(World::$canaries['site secret'], [World::$canaries['previous site secret']]),
        'sealing to no type'  => static fn () => unchecked((new Vault(World::$canaries['site secret']))->seal(...))(
            World::$canaries['app secret'],
            [],
        ),
        'opening elsewhere'   => static fn () => (new Vault(World::$canaries['site secret']))->open(
            (new Vault(World::$canaries['site secret']))->seal(World::$canaries['app secret'], 'a'),
            'b',
        ),
        'no database'         => static fn () => PdoSql::connect(
            'mysql:host=127.0.0.1;port=9;dbname=shop',
            'user',
            World::$canaries['database password'],
        ),
        'not connected'       => static fn () => World::$shop->connection->merchant(),
        'approved'            => approve(...),
        'no callback'         => static fn () => World::$shop->connection->complete('%', World::$state),
        'denied'              => static fn () => World::$shop->connection->complete(
            '?error=access_denied&state=' . World::$state,
            World::$state,
        ),
        'another state'       => static fn () => World::$shop->connection->complete(
            World::$callback,
            strrev(World::$state),
        ),
        'another app'         => static fn () => World::$shop->connection->complete(
            str_replace(Simulator::APP_ID, 'APPID00000002', World::$callback),
            World::$state,
        ),
        'another merchant'    => static fn () => World::$shop->connection->complete(
            (string) preg_replace('/merchant_id=[^&]+/', 'merchant_id=no+id', World::$callback),
            World::$state,
        ),
        'no code'             => static fn () => World::$shop->connection->complete(
            str_replace('code=', 'x=', World::$callback),
            World::$state,
        ),
        'connected'           => static fn () => World::$shop->connection->complete(World::$callback, World::$state),
        'the code once more'  => static fn () => World::$shop->connection->complete(World::$callback, World::$state),
        'at home'             => static fn () => World::$shop->connectionService()->connected(),
        'tokens'              => note(...),
        'merchant'            => static fn () => World::$shop->connection->merchant(),
        'status'              => static fn () => World::$shop->connection->status(),
        'sync'                => static fn () => World::$shop->runner()->run(new TimeBudget()),
        'first order'         => static fn () => order(1),
        'work'                => static fn () => World::$shop->sales()->worker()->run(new TimeBudget()),
        'event'               => static fn () => event(''),
        'forged event'        => static fn () => event('x'),
        'odd event'           => static fn () => event(
            '',
            '{"merchants":{"'
            . World::$canaries['webhook secret']
            . '":["'
            . World::$canaries['webhook secret']
            . '"]}}',
        ),
        'no JSON'             => static fn () => event('', World::$canaries['webhook secret']),
        'no merchant'         => static fn () => (new Webhook(settings()))->judge(
            World::$canaries['webhook secret'],
            ['X-Clover-Auth' => World::$canaries['webhook secret']],
            'no id',
        ),
        'inbox'               => static fn () => World::$shop->inboxWorker()->drain(new TimeBudget(1.0)),
        'objects'             => objects(...),
        'a wrong order'       => static fn () => unchecked((new Orders(World::$shop->connection, 'USD'))->plan(...))([
            'total' => World::$canaries['app secret'],
        ], OrderStanding::Paid),
        'no plan'             => static fn () => (new Orders(World::$shop->connection, 'USD'))->create('{}', 'K3Z9Q7'),
        'refreshed'           => static fn () => [
            note(),
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 1_750),
            World::$shop->connection->refresh(),
            note(),
        ],
        'token refused once'  => static fn () => [control('POST', 'tokens', [
                'do' => 'expire',
            ]), World::$shop->connection->merchant(), note()],
        'refresh lost'        => static fn () => [control('POST', 'switches', [
                'refresh_lost_response' => 1,
            ]), control('POST', 'tokens', ['do' => 'expire']), World::$shop->connection->merchant(), note()],
        'no place for tokens' => static fn () => [
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 1_750),
            World::$sql->transaction(static fn () => World::$shop->connection->refresh()),
        ],
        'recovered'           => static fn () => [World::$shop->connection->merchant(), note()],
        ...faulty_pages(),
        'Clover repeats in the orders' => static fn () => echoing('POST /v3/merchants/*/orders', 400),
        'and in the counts'            => static fn () => echoing('POST /v3/merchants/*/item_stocks/*', 400),
        'second order'                 => static fn () => order(2),
        'work of the second'           => static fn () => World::$shop->sales()->worker()->run(new TimeBudget(5.0)),
        'faults end'                   => static fn () => [control('DELETE', 'faults'), note()],
        'a throwing log'               => static fn () => (new Connection(
            settings(),
            new Vault(World::$canaries['site secret']),
            new DatabaseTokenStore(World::$sql, 'sandbox'),
            static fn (string $level, string $message) => throw new \DomainException($message),
        ))->merchant(),
        'unreachable'                  => static fn () => [
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 1_750),
            shop('http://127.0.0.1:9')->connection->merchant(),
        ],
        'reached again'                => static fn () => [World::$shop->connection->merchant(), note()],
        'a permission is missing'      => static fn () => control('POST', 'merchant', ['permissions' => ['ORDERS_R']]),
        'without the permission'       => static fn () => World::$shop->runner()->run(new TimeBudget()),
        'the permission is back'       => static fn () => [control('POST', 'merchant', ['permissions' => [
                'INVENTORY_R',
                'INVENTORY_W',
                'ORDERS_R',
                'ORDERS_W',
            ]]), note()],
        'another site secret'          => static fn () => shop(
            '',
            'previous site secret',
            'previous site secret',
        )->connection->status(),
        'a changed site secret'        => static fn () => shop(
            '',
            'previous site secret',
            'site secret',
        )->connection->merchant(),
        ...faulty_refreshes(),
        'approved again'             => approve(...),
        'exchanging repeats'         => static fn () => control('POST', 'faults', [[
            'match' => 'POST /oauth/v2/token',
            'times' => 1,
            'do'    => 'status',
            'code'  => 400,
            'body'  => ['message' => 'bad ' . World::$code . ' ' . World::$canaries['app secret']],
        ]]),
        'the exchange fails'         => static fn () => World::$shop->connection->complete(
            World::$callback,
            World::$state,
        ),
        'approved for the last time' => static fn () => [control('DELETE', 'faults'), approve()],
        'connected again'            => static fn () => [
            World::$shop->connection->complete(World::$callback, World::$state),
            note(),
        ],
        'asked to wait'              => static fn () => control('POST', 'faults', [[
            'match'       => Simulator::ITEM_PAGES,
            'times'       => 1,
            'do'          => 'status',
            'code'        => 429,
            'retry_after' => 900,
        ]]),
        'waiting'                    => static fn () => iterator_count(
            (new Catalog(World::$shop->connection, 'USD'))->pages(),
        ),
        'uninstalled'                => static fn () => control('POST', 'tokens', ['do' => 'uninstall']),
        'sync without the app'       => static fn () => World::$shop->runner()->run(new TimeBudget()),
        'status without the app'     => static fn () => World::$shop->connection->status(),
        ...api_token(),
        'objects at the end' => static fn () => show('shop at the end', World::$shop),
    ];
}

/** @return array<string, \Closure(): mixed> */
function api_token(): array
{
    $connect = static fn (): ?string => World::$shop
        ->connectionService()
        ->connectWithApiToken((string) World::$shop->merchantId(), World::$canaries['API token']);

    return [
        'a wrong API token'           => static fn () => World::$shop
            ->connectionService()
            ->connectWithApiToken((string) World::$shop->merchantId(), World::$canaries['site secret']),
        'no API token'                => static fn () => World::$shop->connection->connectWithApiToken(
            (string) World::$shop->merchantId(),
            World::$canaries['API token'] . ' ' . World::$canaries['API token'],
        ),
        'no merchant of an API token' => static fn () => World::$shop->connection->hasApiToken(
            'M1',
            World::$canaries['API token'],
        ),
        'Clover repeats an API token' => static fn () => control('POST', 'faults', [[
            'match' => 'GET /v3/merchants/*/orders',
            'times' => 1,
            'do'    => 'status',
            'code'  => 401,
            'body'  => ['message' => 'bad ' . World::$canaries['API token']],
        ]]),
        'a test that is refused'      => $connect,
        'an API token'                => static fn () => [control('DELETE', 'faults'), $connect(), note()],
        'status of an API token'      => static fn () => World::$shop->connection->status(),
        'a sync with it'              => static fn () => World::$shop->runner()->run(new TimeBudget()),
        'Clover repeats it'           => static fn () => echoing(Simulator::ITEM_PAGES, 401),
        'a permission it lacks'       => static fn () => iterator_count(
            (new Catalog(World::$shop->connection, 'USD'))->pages(),
        ),
        'the API token is revoked'    => static fn () => [
            control('DELETE', 'faults'),
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 60),
            control('POST', 'tokens', ['do' => 'revoke_api_tokens']),
        ],
        'the first refusal of it'     => static fn () => World::$shop->runner()->run(new TimeBudget()),
        'the second refusal of it'    => static fn () => [
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 600),
            World::$shop->runner()->run(new TimeBudget()),
        ],
        'dashboard of an API token'   => static fn () => World::$shop->dashboard()->read(),
    ];
}

/** @return array<string, \Closure(): mixed> */
function faulty_pages(): array
{
    $steps = [];

    foreach ([400, 401, 403, 404, 405, 500, 200] as $code) {
        $steps["Clover repeats in $code"] = static fn () => echoing(Simulator::ITEM_PAGES, $code);
        $steps["pages, $code"]            = static fn () => iterator_count(
            (new Catalog(World::$shop->connection, 'USD'))->pages(),
        );
        $steps["a sync, $code"] = static fn () => World::$shop->runner()->run(new TimeBudget(2.0));
        $steps["after $code"]   = static fn () => [control('DELETE', 'faults'), note()];
    }

    return $steps;
}

/** @return array<string, \Closure(): mixed> */
function faulty_refreshes(): array
{
    $steps = [];

    // A refusal by 401 lasts until the owner connects again, so it comes last.
    foreach ([500, 404, 400, 401] as $code) {
        $steps["refreshing repeats in $code"] = static fn () => [
            note(),
            StoredTokens::age(World::$sql, World::$canaries['site secret'], 1_750),
            echoing('POST /oauth/v2/*', $code),
        ];
        $steps["refresh, $code"]        = static fn () => World::$shop->connection->refresh();
        $steps["refreshed after $code"] = static fn () => [control('DELETE', 'faults'), note()];
    }

    return $steps;
}

function objects(): void
{
    $shop       = World::$shop;
    $connection = $shop->connection;
    $catalog    = new Catalog($connection, 'USD');
    $stock      = new Stock($connection);
    $orders     = new Orders($connection, 'USD');
    $pages      = $catalog->pages();
    $page       = $pages->current() ?? throw new \LogicException('There is no page.');
    $changes    = $page->changes([]);
    $staged     = array_map(static fn (array $m): array => [
        'group_id' => $m['group_id'],
        'payload'  => $m['payload'],
    ], $page->members());
    $plan = $orders->plan([
        'number'   => 3,
        'order_id' => 3,
        'currency' => 'USD',
        'customer' => [],
        'lines'    => [['name' => 'A', 'sku' => 'A', 'quantity' => 1, 'unit_price' => '1.00']],
        'total'    => '1.00',
    ], OrderStanding::Paid);

    foreach ([
        settings(),
        settings()->environment,
        new Vault(World::$canaries['site secret'], World::$canaries['previous site secret']),
        $connection,
        $connection->status(),
        $connection->merchant(),
        new Webhook(settings()),
        new Ledger(settings()),
        $catalog,
        $pages,
        $page,
        $changes[0],
        $catalog->groups($staged, []),
        $catalog->lookUp([item()]),
        $stock,
        $stock->counts(),
        $stock->prepare([['key' => 1, 'clover_id' => item(), 'delta' => 1]]),
        $orders,
        $orders->create($plan, 'K3Z9Q7'),
        $orders->printOrder('0123456789ABC'),
        $shop,
        World::$sql,
        new DatabaseTokenStore(World::$sql, 'sandbox'),
        $shop->runner(),
        $shop->sales(),
        $shop->webhookEndpoint(),
        $shop->inboxWorker(),
        $shop->preview(),
    ] as $object) {
        show('object', $object);
    }
}

/** @var array{url: string, dsn: string, canaries: array<string, string>} $given */
$given           = json_decode((string) stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR);
World::$url      = $given['url'];
World::$canaries = $given['canaries'];
World::$sql      = PdoSql::connect($given['dsn']);
unset($given);
World::$shop = shop();
$thrown      = [];

foreach (steps() as $name => $step) {
    try {
        $result = $step();

        if (is_object($result)) {
            show($name, $result);
        }
    } catch (\Throwable $e) {
        for ($class = $e; $class !== null; $class = $class->getPrevious()) {
            $thrown[$class::class] = ($thrown[$class::class] ?? 0) + 1;
        }

        $text = "$e\n" . $e->getTraceAsString() . print_r($e, true) . print_r($e->getTrace(), true);

        foreach (get_class_methods($e) as $method) {
            $text .= str_starts_with($method, 'get') && $method !== 'getTrace'
                ? print_r((new \ReflectionMethod($e, $method))->invoke($e), true)
                : '';
        }

        World::$texts["thrown by “{$name}”: " . $e::class] = $text;
        show("thrown by “{$name}”", $e);
        $problem = $e instanceof CloverException ? $e->getProblem() : null;

        if ($problem !== null) {
            show("problem of “{$name}”", $problem);
        }
    }
}

ob_start();
phpinfo();

if (\extension_loaded('cloversync')) {
    (new \ReflectionExtension('cloversync'))->info();
    echo (string) new \ReflectionExtension('cloversync');
}

echo print_r(ini_get_all(null), true), print_r(error_get_last(), true);
World::$texts['phpinfo()'] = (string) ob_get_clean();

unset(World::$canaries['access token now'], World::$canaries['refresh token now']);
file_put_contents($argv[1] ?? '', serialize([
    'canaries' => World::$canaries,
    'texts'    => World::$texts,
    'thrown'   => $thrown,
    'logged'   => World::$logged,
]));
