<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\SettingsException;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\EngineReport;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Health\Check;
use CloverSync\Shop\Health\Checks;
use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Webhooks\Endpoint;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\LaterClock;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The checks of the doctor. */
final class HealthTest extends SyncTestCase
{
    private const HOUR = 3_600;

    #[TestDox('Before the first connection only that is red, and nothing is said of what depends on it')]
    public function test_unconnected(): void
    {
        $checks = $this->checks();
        self::assertSame(['engine', 'shop', 'access', 'webhook', 'cron', 'clock', 'versions'], array_keys($checks));
        self::assertSame(['access'], self::in(CheckState::Red, $checks));
        self::assertSame('not_connected', $checks['access']->message->code->value);
        self::assertStringContainsString('connect it', English::of($checks['access']->message));
    }

    #[TestDox('A shop that is connected, synced, scheduled and heard of is green, and Clover is asked nothing')]
    public function test_green(): void
    {
        $this->connectedAndSynced();
        $shop = $this->shop();
        $shop->state->set(Endpoint::LAST_SEEN, (string) time());
        $mark   = $this->clover->mark();
        $checks = $this->checks($shop, self::facts(new Schedule(['Clover: Full Catalog Sync'], time()), true));
        self::assertSame(
            [
                'engine',
                'shop',
                'access',
                'site',
                'permissions',
                'sync',
                'sales',
                'backlog',
                'limits',
                'clover_clock',
                'webhook',
                'cron',
                'clock',
                'versions',
            ],
            self::in(CheckState::Green, $checks),
        );
        self::assertCount(14, $checks);
        self::assertSame([], $this->clover->requests($mark));
        self::assertStringContainsString((string) $shop->merchantId(), English::of($checks['access']->message));
        self::assertStringContainsString('Full Catalog Sync', English::of($checks['cron']->message));
        self::assertSame(
            ['Inventory Read', 'Orders Read'],
            $checks['permissions']->message->data['permissions'] ?? null,
        );
    }

    #[TestDox('With an API token the access has no end, and no webhook is missed')]
    public function test_api_token(): void
    {
        $shop = $this->shop(['app_id' => '', 'app_secret' => '']);
        $shop->connectionService()->connectWithApiToken(
            $this->clover->state()['merchant_id'],
            $this->clover->apiToken(),
        );
        StoredTokens::age($this->sql, self::SECRET, 7 * self::HOUR);
        $shop->state->set(Endpoint::LAST_SEEN, '1');
        $shop->state->set(Endpoint::LAST_REFUSED, '2');
        $checks = $this->checks($shop);
        self::assertSame([CheckState::Green, CheckState::Green], [$checks['access']->state, $checks['webhook']->state]);
        self::assertStringContainsString('does not expire', English::of($checks['access']->message));
        self::assertStringContainsString('no events to an API token', English::of($checks['webhook']->message));
    }

    #[TestDox('The engine that runs is named, with the reason for it')]
    public function test_engine(): void
    {
        $message = $this->checks()['engine']->message;
        self::assertSame(
            Engine::current() === Engine::Extension ? 'check_extension' : 'check_helper_chosen',
            $message->code->value,
        );
        self::assertSame(['version' => (string) Engine::report()->version], $message->data);
    }

    #[TestDox('A missing engine is red, and is said once')]
    public function test_no_engine(): void
    {
        $facts  = new Facts(new EngineReport(Engine::Helper, null), 'The program is gone.', ['Joomla' => '6.0.1']);
        $checks = self::bySubject(new Checks($facts, null, new ExtensionException('The program is gone.')));
        self::assertSame(['engine', 'versions'], array_keys($checks));
        self::assertSame(CheckState::Red, $checks['engine']->state);
        self::assertSame('The program is gone.', English::of($checks['engine']->message));
        self::assertStringContainsString('Joomla 6.0.1', English::of($checks['versions']->message));
        self::assertStringContainsString(PHP_VERSION, English::of($checks['versions']->message));
    }

    #[TestDox('A shop that cannot be built is red with the reason')]
    public function test_no_shop(): void
    {
        try {
            $this->shop(['sync_interval' => 1]);
            self::fail('The settings are wrong.');
        } catch (SettingsException $e) {
            $checks = self::bySubject(new Checks(self::facts(), null, $e));
        }

        self::assertSame(['shop'], self::in(CheckState::Red, $checks));
        self::assertStringContainsString('sync_interval', English::of($checks['shop']->message));
    }

    #[TestDox('Tokens that cannot be decrypted are red, and the rest is checked all the same')]
    public function test_sealed_tokens(): void
    {
        $this->connect();
        $this->sql->execute("UPDATE #__j2commerce_clover_state SET value = 'AQ' WHERE name = 'tokens'");
        $checks = $this->checks();
        self::assertSame(['access'], self::in(CheckState::Red, $checks));
        self::assertArrayHasKey('cron', $checks);
    }

    #[TestDox('A token that nothing refreshes is yellow; a copy of the site is red')]
    public function test_access(): void
    {
        $this->connect();
        StoredTokens::age($this->sql, self::SECRET, 1_600);
        self::assertSame(CheckState::Yellow, $this->checks()['access']->state);
        $copy = $this->checks($this->shop(site: 'https://copy.example'));
        self::assertSame(['site'], self::in(CheckState::Red, $copy));
        self::assertStringContainsString('copy.example', English::of($copy['site']->message));
    }

    #[TestDox('A missing permission and repeated refusals are red, each in its place, with what is paused')]
    public function test_pauses(): void
    {
        $this->connectedAndSynced();
        $shop = $this->shop();
        $shop->pauses()->of(WorkKind::Stock)->lacks('Inventory Write', Message::said('no right'), 'sync');
        $checks = $this->checks($shop);
        self::assertSame(['permissions'], self::in(CheckState::Red, $checks));
        self::assertStringContainsString('no right', English::of($checks['permissions']->message));

        $shop->pauses()->end();
        $orders = $shop->pauses()->of(WorkKind::Orders);

        for ($i = 0; $i < 10 && $orders->pause() === null; $i++) {
            $orders->refused(Message::said('not so'));
        }

        $checks = $this->checks($shop);
        self::assertSame(['sales'], self::in(CheckState::Red, $checks));
        self::assertStringContainsString('not so', English::of($checks['sales']->message));
    }

    #[TestDox('Fields that Clover withholds are yellow')]
    public function test_withheld(): void
    {
        $this->connect();
        $shop = $this->shop();
        $shop->state->setArray('withheld', ['run' => 1, 'fields' => ['tags']]);
        $check = $this->checks($shop)['permissions'];
        self::assertSame(CheckState::Yellow, $check->state);
        self::assertStringContainsString('tags', English::of($check->message));
    }

    #[TestDox('A shop that was never synced, and a sync that stopped, are yellow')]
    public function test_sync(): void
    {
        $this->connect();
        self::assertSame('check_never_synced', $this->checks()['sync']->message->code->value);

        try {
            $this->sync(['default_category' => 0]);
            self::fail('An article needs a category.');
        } catch (DefaultCategoryException) {
            $check = $this->checks()['sync'];
        }

        self::assertSame([CheckState::Yellow, 'sync_stopped'], [$check->state, $check->message->code->value]);
    }

    #[TestDox('Limits that Clover has named below the documented ones are yellow')]
    public function test_limits(): void
    {
        $this->connect();
        self::assertSame(['rate' => 16, 'concurrent' => 5], $this->checks()['limits']->message->data);
        $learned = ['per_second' => ['limit' => 4, 'forgottenIn' => 1_320_000, 'step' => 60_000]];
        (new DatabaseRateLimiter($this->sql, 'sandbox'))->exchange(0, 0, 0, [], false, 0, $learned);
        $check = $this->checks()['limits'];
        self::assertSame([CheckState::Yellow, 'check_limits_learned'], [$check->state, $check->message->code->value]);
        self::assertSame(['rate' => 4, 'concurrent' => 5], $check->message->data);
    }

    #[TestDox('A sync and a task compare the clocks: yellow from half a minute, red when tokens seem to have expired')]
    public function test_clover_clock(): void
    {
        $this->connect();
        $clock = fn (): array => [
            $this->checks()['clover_clock']->state,
            $this->checks()['clover_clock']->message->code->value,
        ];
        self::assertSame([CheckState::Green, 'check_clover_clock_unseen'], $clock());
        $this->sync();
        self::assertSame([CheckState::Green, 'check_clover_clock'], $clock());

        foreach ([
            [300, CheckState::Yellow, 'check_clover_clock_behind'],
            [-300, CheckState::Yellow, 'check_clover_clock_ahead'],
            [3_600, CheckState::Red, 'check_clover_clock_behind'],
            [-3_600, CheckState::Red, 'check_clover_clock_ahead'],
        ] as [$ahead, $state, $code]) {
            $this->clover->switches(['date_ahead' => $ahead]);
            $this->sync();
            self::assertSame([$state, $code], $clock());
            self::assertEqualsWithDelta(abs($ahead), $this->checks()['clover_clock']->message->data['count'] ?? 0, 20);
        }

        $this->clover->switches(['date_ahead' => 0]);
        (new ScheduledTasks($this->shop(), 30))->fullSync();
        self::assertSame([CheckState::Red, 'check_clover_clock_ahead'], $clock(), 'No sync was due.');
        (new ScheduledTasks($this->shop(), 30))->inventory();
        self::assertSame([CheckState::Green, 'check_clover_clock'], $clock());
    }

    #[TestDox('A sync that does not get ahead, and one that is due and does not begin, are yellow')]
    public function test_late_syncs(): void
    {
        $this->connectedAndSynced();
        $later = time() + (3 * self::HOUR);
        $shop  = $this->shop(clock: new LaterClock(3 * self::HOUR));
        $check = $this->checks($shop, self::facts(new Schedule(['Full'], $later, $later - (2 * self::HOUR))))['sync'];
        self::assertSame([CheckState::Yellow, 'check_sync_overdue'], [$check->state, $check->message->code->value]);
        $check = $this->checks($shop, self::facts(new Schedule(['Full'], $later, $later + self::HOUR)))['sync'];
        self::assertSame([CheckState::Green, 'check_synced'], [$check->state, $check->message->code->value]);
        $this->sync(budget: new TimeBudget(0.0));
        $check = $this->checks($shop)['sync'];
        self::assertSame([CheckState::Yellow, 'check_sync_stalled'], [$check->state, $check->message->code->value]);
    }

    /** @return iterable<string, array{?Schedule, CheckState, string}> Times are seconds before the fake clock */
    public static function schedules(): iterable
    {
        $now  = (new FakeClock())->now();
        $task = ['Clover: Full Catalog Sync'];
        yield 'no scheduler' => [null, CheckState::Green, 'check_tasks_elsewhere'];
        yield 'no task' => [new Schedule([], $now), CheckState::Yellow, 'check_tasks_off'];
        yield 'a task that never ran' => [new Schedule($task, null), CheckState::Yellow, 'check_tasks_never'];
        yield 'a task of an hour ago' => [new Schedule($task, $now - self::HOUR), CheckState::Green, 'check_tasks'];
        yield 'a task of three hours ago' => [
            new Schedule($task, $now - (3 * self::HOUR)),
            CheckState::Yellow,
            'check_tasks_late',
        ];
    }

    #[DataProvider('schedules')]
    #[TestDox('The schedule: $_dataName')]
    public function test_schedule(?Schedule $schedule, CheckState $state, string $code): void
    {
        $check = $this->checks($this->shop(clock: new FakeClock()), self::facts($schedule))['cron'];
        self::assertSame([$state, $code], [$check->state, $check->message->code->value]);
    }

    #[TestDox('Three hours without a task are not late where a sync is due every two hours')]
    public function test_long_interval(): void
    {
        $clock    = new FakeClock();
        $schedule = new Schedule(['Clover: Full Catalog Sync'], $clock->now() - (3 * self::HOUR));
        $shop     = $this->shop(['sync_interval' => 120], clock: $clock);
        self::assertSame(CheckState::Green, $this->checks($shop, self::facts($schedule))['cron']->state);
    }

    #[TestDox('The webhook: switched off, without a secret, never heard, refused, silent and heard')]
    public function test_webhook(): void
    {
        $clock = new FakeClock();
        self::assertSame('check_webhook_off', $this->webhook(['webhooks' => false], $clock));
        self::assertSame('check_webhook_secret', $this->webhook([], $clock, false));
        self::assertSame('check_webhook_never', $this->webhook([], $clock));
        $state = $this->shop(clock: $clock)->state;
        $state->set('webhook_code', json_encode([['code' => 'abc', 'at' => $clock->now()]], JSON_THROW_ON_ERROR));
        self::assertSame('check_webhook_code', $this->webhook([], $clock));
        $state->set(Endpoint::LAST_REFUSED, (string) $clock->now());
        self::assertSame('check_webhook_refused', $this->webhook([], $clock));
        $state->set(Endpoint::LAST_SEEN, (string) $clock->now());
        self::assertSame('check_webhook_heard', $this->webhook([], $clock));
        $clock->time += 8 * 24 * self::HOUR;
        self::assertSame('check_webhook_silent', $this->webhook([], $clock));
    }

    #[TestDox('Clocks that differ are yellow, with the seconds')]
    public function test_clock(): void
    {
        $check = $this->checks($this->shop(clock: new LaterClock(90)))['clock'];
        self::assertSame(CheckState::Yellow, $check->state);
        self::assertEqualsWithDelta(90, $check->message->data['count'], 5);
    }

    /** @param array<string, mixed> $settings */
    private function webhook(array $settings, Clock $clock, bool $hasSecret = true): string
    {
        return $this->checks(
            $this->shop($settings, clock: $clock),
            self::facts(null, $hasSecret),
        )['webhook']->message->code->value;
    }

    #[TestDox('Products that are taxed differently are yellow, and are not looked for without tax profiles by rate')]
    public function test_taxes(): void
    {
        $this->connectedAndSynced(['tax_mapping' => ['House Tax' => 0]]);
        self::assertArrayNotHasKey('tax', $this->checks());
        $checks = $this->checks($this->shop(['tax_mapping' => ['House Tax' => 0]]));
        self::assertSame(CheckState::Yellow, $checks['tax']->state);
        self::assertStringContainsString('are taxed differently', English::of($checks['tax']->message));
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET clover_tax = NULL');
        $checks = $this->checks($this->shop(['tax_mapping' => ['House Tax' => 0]]));
        self::assertSame(CheckState::Green, $checks['tax']->state);
    }

    #[TestDox('Mails that Joomla does not send are yellow; without an address or a Joomla, no check is about mails')]
    public function test_mails(): void
    {
        $settings = ['alert_email' => 'owner@shop.example'];

        foreach ([
            [$settings, false, [CheckState::Yellow, 'mail_off']],
            [$settings, true, [CheckState::Green, 'check_mails']],
            [$settings, null, null],
            [[], false, null],
        ] as [$given, $sends, $expected]) {
            $facts = new Facts(Engine::report(), null, sendsMails: $sends);
            $check = $this->checks($this->shop($given), $facts)['mails'] ?? null;
            self::assertSame($expected, $check === null ? null : [$check->state, $check->message->code->value]);
        }
    }

    /** @return array<string, Check> By subject */
    private function checks(?Services $shop = null, ?Facts $facts = null): array
    {
        return self::bySubject(new Checks($facts ?? self::facts(), $shop ?? $this->shop()));
    }

    private static function facts(?Schedule $schedule = null, ?bool $hasSecret = null): Facts
    {
        return new Facts(Engine::report(), null, hasAuthCode: $hasSecret, schedule: $schedule);
    }

    /** @return array<string, Check> */
    private static function bySubject(Checks $checks): array
    {
        $found = [];

        foreach ($checks->all() as $check) {
            $found[$check->subject->value] = $check;
        }

        return $found;
    }

    /**
     * @param array<string, Check> $checks
     *
     * @return list<string> Subjects with this result
     */
    private static function in(CheckState $state, array $checks): array
    {
        return array_map(
            static fn (Check $check): string => $check->subject->value,
            array_values(array_filter($checks, static fn (Check $check): bool => $check->state === $state)),
        );
    }
}
