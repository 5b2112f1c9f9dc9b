<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Status\Attention;
use CloverSync\Shop\Webhooks\Inbox;
use CloverSync\Tests\Support\FailingSql;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\HeardSql;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\PrecededSql;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\TestDox;

/** Webhook events and their processing. */
final class InboxTest extends SalesTestCase
{
    #[TestDox('A hundred events on one item are one row and one fetch')]
    public function test_many_events_are_one_look(): void
    {
        $this->clover->edit($this->mug, ['price' => 777]);

        for ($i = 0; $i < 100; $i++) {
            $this->receive($this->mug);
        }

        self::assertSame(1, $this->inbox()->count());
        $mark = $this->clover->mark();
        self::assertSame(1, $this->drain());
        self::assertCount(2, $this->clover->calls($mark), 'The item, and its count.');
        self::assertSame(['7.77000', 0], [(string) $this->product($this->mug)['price'], $this->inbox()->count()]);
        self::assertStringStartsWith('success Changed in Clover: Updated', $this->logged('webhook')[0]);
    }

    #[TestDox('Outside the window a verification code is answered 200, and is not stored or logged')]
    public function test_codes_that_nobody_waits_for(): void
    {
        $clock = new FakeClock();
        self::assertSame(0, $this->postCodes($clock, 1_000));
        $this->shop(clock: $clock)->verificationCodes()->expect();
        $clock->sleep(601.0);
        self::assertSame(0, $this->postCodes($clock, 100));
        self::assertSame([], $this->shop(clock: $clock)->dashboard()->read()->webhookCodes);
        self::assertSame([], $this->logged('webhook'));
    }

    #[TestDox('While the dashboard waits, the first five different codes are stored; a thousand cost few writes')]
    public function test_a_flood_of_codes(): void
    {
        $clock = new FakeClock();
        $codes = $this->shop(clock: $clock)->verificationCodes();
        $codes->expect();
        self::assertSame('abcdef01-0001', $this->postCode($this->sql, $clock, 'abcdef01-0001')['body']);
        $clock->sleep(5.0);
        $writes = $this->postCodes($clock, 1_000);
        self::assertLessThanOrEqual(8, $writes);
        self::assertCount(5, $codes->all());
        self::assertSame(['code' => 'abcdef01-0001', 'at' => (int) $clock->time - 5], $codes->all()[0]);
        self::assertSame(0, $this->postCodes($clock, 3, 'abcdef01-0001'));

        // They make room once they are old.
        $clock->sleep(590.0);
        $codes->expect();
        $clock->sleep(11.0);
        $this->postCode($this->sql, $clock, 'abcdef02-0002');
        self::assertContains('abcdef02-0002', array_column($codes->all(), 'code'));
    }

    #[TestDox(
        'The dashboard stores its requests once a minute, and a time from a fast clock does not keep the window shut',
    )]
    public function test_the_window(): void
    {
        $clock = new FakeClock();
        $sql   = new FailingSql($this->sql);
        $look  = fn () => $this->shop(sql: $sql, clock: $clock)->verificationCodes()->expect();

        for ($i = 0; $i < 60; $i++) {
            $look();
            $clock->sleep(7.0);
        }

        self::assertLessThanOrEqual(8, $sql->writes);
        $clock->sleep(400 * 86_400.0);
        $look();
        $clock->sleep(-400 * 86_400.0);
        $look();
        $this->postCode($this->sql, $clock, 'abcdef03-0003');
        self::assertSame(
            ['abcdef03-0003'],
            array_column($this->shop(clock: $clock)->verificationCodes()->all(), 'code'),
        );
    }

    /** @return int Writes that were needed */
    private function postCodes(FakeClock $clock, int $count, ?string $same = null): int
    {
        $sql = new FailingSql($this->sql);

        for ($i = 0; $i < $count; $i++) {
            $code = $same ?? \sprintf('deadbeef-%08d', $i);
            self::assertSame(['status' => 200, 'body' => $code, 'work' => false], $this->postCode($sql, $clock, $code));
        }

        return $sql->writes;
    }

    /** @return array{status: int, body: string, work: bool} */
    private function postCode(Sql $sql, FakeClock $clock, string $code): array
    {
        return $this
            ->shop(sql: $sql, clock: $clock)
            ->webhookEndpoint()
            ->answer(json_encode(['verificationCode' => $code], JSON_THROW_ON_ERROR), []);
    }

    #[TestDox('Unknown entries are counted, with one log line a day that shows one entry\'s form and no values')]
    public function test_unknown_words(): void
    {
        $clock    = new FakeClock();
        $merchant = (string) $this->shop()->connection->status()->merchantId;
        $send     = function (mixed ...$entries) use ($clock, $merchant): void {
            $body = json_encode(['appId' => 'A', 'merchants' => [$merchant => $entries]], JSON_THROW_ON_ERROR);
            self::assertSame(
                200,
                $this
                    ->shop(['webhook_secret' => 'a code of the owner'], clock: $clock)
                    ->webhookEndpoint()
                    ->answer($body, ['X-Clover-Auth' => 'a code of the owner'])['status'],
            );
        };
        $send(['objectId' => 'ZZ:SECRET', 'type' => WebhookEvent::Update, 'ts' => 1]);
        $lines = $this->logged('webhook');
        self::assertCount(1, $lines);
        self::assertStringStartsWith(
            'skipped Clover sent a webhook entry that this version does not know: '
            . '{objectId: "ZZ:…", ts: number, type: "UPDATE"}',
            $lines[0],
        );
        self::assertStringNotContainsString('SECRET', $lines[0]);

        for ($i = 0; $i < 5; $i++) {
            $clock->sleep(3_600.0);
            $send(['objectId' => "I:$this->mug", 'type' => 'RENAMED'], 7);
        }

        self::assertCount(1, $this->logged('webhook'));
        self::assertSame(0, $this->inbox()->count());
        $clock->sleep(86_400.0);
        $send(['objectId' => 'nothing']);
        $lines = $this->logged('webhook');
        self::assertCount(2, $lines);
        self::assertStringContainsString('sent 11 webhook entries', implode("\n", $lines));
    }

    #[TestDox('An event during the fetch of its item causes another fetch, after at least five seconds')]
    public function test_nothing_is_lost_between_look_and_end(): void
    {
        $this->receive($this->mug);
        [$row] = $this->inbox()->due(10);
        $this->inbox()->begin([$row->id]);
        $this->receive($this->mug);
        $this->inbox()->processed([$row]);
        self::assertSame([1, []], [$this->inbox()->count(), $this->inbox()->due(10)]);
        self::assertGreaterThan(3_000, $this->inbox()->nextIn());
        $this->makeDue();
        self::assertSame(2, $this->inbox()->due(10)[0]->received);
    }

    #[TestDox('Objects of a killed worker are due again')]
    public function test_killed_while_looking(): void
    {
        $this->clover->setStock($this->mug, 3);
        $this->receive($this->mug);
        $this->inbox()->begin(array_column($this->inbox()->due(10), 'id'));
        $this->makeDue();
        self::assertSame([1, 3], [$this->drain(), $this->inShop($this->mug)]);
    }

    #[TestDox(
        'Clover is asked before an item counts as deleted, whatever the event says; then the Delete Action applies',
    )]
    public function test_deletion(): void
    {
        $this->receive($this->mug, 'DELETE');
        $this->drain();
        self::assertSame('synced', $this->product($this->mug)['link_state'], 'It is still there.');
        $this->clover->remove($this->mug);
        $this->receive($this->mug, 'UPDATE');
        $this->makeDue();
        $this->drain();
        self::assertSame(['deleted', 0], [
            $this->product($this->mug)['link_state'],
            (int) $this->product($this->mug)['state'],
        ]);
        $this->clover->restore($this->mug);
        $this->receive($this->mug, 'CREATE');
        $this->makeDue();
        $this->drain();
        self::assertSame('synced', $this->product($this->mug)['link_state']);
    }

    #[TestDox('A new item, a new variant of an existing group, and a deleted variant')]
    public function test_new_things(): void
    {
        $single = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'sku' => 'MAT-1', 'quantity' => 4]);
        $giant  = $this->clover->add([
            'name'     => 'Giant',
            'group'    => 'Poster',
            'options'  => ['Size' => 'Giant'],
            'price'    => 4900,
            'quantity' => 3,
        ]);
        $poster = '';

        foreach ($this->clover->items() as $item) {
            if (isset($item['itemGroup']) && str_starts_with($item['name'], 'Poster') && $item['id'] !== $giant) {
                $poster = $item['id'];
            }
        }

        $this->receive($single, 'CREATE');
        $this->receive($giant, 'CREATE');
        $this->drain();
        self::assertSame([4, 3], [$this->inShop($single), $this->inShop($giant)]);
        self::assertSame($this->product($poster)['product_id'], $this->product($giant)['product_id']);
        self::assertSame(0, $this->sync()->productRows, 'A sync finds nothing left to do.');
        $this->clover->remove($giant);
        $this->receive($giant, 'DELETE');
        $this->makeDue();
        $this->drain();
        self::assertSame(['deleted', 'synced'], [
            $this->product($giant)['link_state'],
            $this->product($poster)['link_state'],
        ]);
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('The event of our own write changes nothing, and a sold unit does not come back')]
    public function test_echo(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->receive($this->mug);
        $this->drain();
        self::assertSame(18, $this->inShop($this->mug), 'Not sent yet.');
        $this->work();
        $rows = $this->shopRows();
        $this->receive($this->mug);
        $this->makeDue();
        $this->drain();
        self::assertSame($rows, $this->shopRows());
        self::assertStringContainsString('the shop has it already', implode($this->logged('webhook')));
    }

    #[TestDox('An invalid item fails alone; the others of its batch are written')]
    public function test_an_unreadable_item(): void
    {
        $this->clover->edit($this->candle, ['name' => '']);
        $this->clover->setStock($this->mug, 5);
        $this->receive($this->candle);
        $this->receive($this->mug);
        $this->receive('NOSUCHITEM000');
        self::assertSame(3, $this->drain());
        self::assertSame(5, $this->inShop($this->mug));
        self::assertSame('error', $this->product($this->candle)['link_state']);
    }

    #[TestDox('Events of categories and orders are marked as processed and left to the next sync')]
    public function test_other_objects(): void
    {
        $mark = $this->clover->mark();
        $this->inbox()->take([
            [
                'object_type' => WebhookObject::Category,
                'object_id'   => 'C1',
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ],
            ['object_type' => WebhookObject::Order, 'object_id' => 'O1', 'type' => WebhookEvent::Create, 'ts' => 5],
        ]);
        self::assertSame([2, 0], [$this->drain(), $this->inbox()->count()]);
        self::assertSame([], $this->clover->calls($mark));
        self::assertStringContainsString('the next sync brings it', $this->logged('webhook')[0]);
        self::assertCount(1, $this->logged('webhook'), 'Clover reports each order that the shop pushed too.');
    }

    #[TestDox('One worker runs at a time; a second one ends at once')]
    public function test_one_drainer(): void
    {
        $this->receive($this->mug);
        $lock = new Lock(
            $this->db->connect(),
            'inbox:sandbox',
            $this->clock,
            new ProcessIdentity('another node', 1, 1),
        );
        self::assertTrue($lock->acquire());
        self::assertSame(0, $this->drain());
        $lock->release();
        self::assertSame(1, $this->drain());
    }

    #[TestDox('While Clover is not available, events stay unprocessed')]
    public function test_clover_is_away(): void
    {
        $this->clover->merchant(['permissions' => ['ORDERS_R']]);
        $this->receive($this->mug);

        try {
            $this->drain();
            self::fail('It worked without the permission.');
        } catch (\CloverSync\Exception\PermissionException $e) {
            self::assertSame('Inventory Read', $e->getPermission());
        }

        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        $this->makeDue();
        self::assertSame([0, 1], [$this->drain(), $this->inbox()->count()], 'Reading from Clover is paused.');
        $this->clock->later += 301;
        self::assertSame([1, 0], [$this->drain(), $this->inbox()->count()]);
        self::assertSame([], $this->shop()->pauses()->all());
    }

    #[TestDox('An item that could not be read eight times is shown as an error until a sync reads it')]
    public function test_given_up(): void
    {
        $this->clover->fault('GET /v3/merchants/*/items*', 'status', 99, 0, [
            'code' => 400,
            'body' => ['message' => 'no'],
        ]);
        $this->receive($this->mug);

        for ($tries = 1; $this->inbox()->count() > 0; $tries++) {
            self::assertSame(0, $this->shop()->dashboard()->read()->errors, "After $tries tries.");
            $this->makeDue();
            $this->drain();
        }

        self::assertSame(9, $tries);
        self::assertSame(1, $this->shop()->dashboard()->read()->errors);
        self::assertSame(
            1,
            Attention::of($this->sql, $this->shop()->links(), $this->shop()->state, $this->clock)->errors,
        );
        $log = $this->logged('webhook');
        self::assertCount(8, $log);
        self::assertStringContainsString('Given up until', $log[7]);
        $this->clover->clearFaults();
        $this->sync();
        self::assertSame([0, 20], [$this->shop()->dashboard()->read()->errors, $this->inShop($this->mug)]);
    }

    #[TestDox('Fetches that never reached Clover do not count towards the eight tries')]
    public function test_an_outage_uses_up_no_try(): void
    {
        $this->receive($this->mug);

        for ($i = 0; $i < 10; $i++) {
            $this->makeDue();
            $this->inbox()->begin(array_column($this->inbox()->due(1), 'id'));
        }

        $this->clover->fault('GET /v3/merchants/*/items*', 'status', 99, 0, [
            'code' => 400,
            'body' => ['message' => 'no'],
        ]);
        $this->makeDue();
        $this->drain();
        self::assertSame([1, 0], [$this->inbox()->count(), $this->shop()->dashboard()->read()->errors]);
    }

    private function receive(string $item, string $type = 'UPDATE'): void
    {
        $this->inbox()->take([[
            'object_type' => WebhookObject::Item,
            'object_id'   => $item,
            'type'        => WebhookEvent::from($type),
            'ts'          => null,
        ]]);
    }

    private function inbox(): Inbox
    {
        return $this->shop()->inbox();
    }

    private function drain(): int
    {
        return $this->shop()->inboxWorker()->drain(new TimeBudget());
    }

    /** As if the five seconds had passed. */
    private function makeDue(): void
    {
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = 0');
    }

    #[TestDox('A run that goes on after a webhook keeps what the webhook has written of its staged groups')]
    public function test_a_webhook_between_two_slices(): void
    {
        [$price, $gone] = $this->texts("SELECT clover_id FROM #__j2commerce_clover_mappings
              WHERE parent_id IS NOT NULL AND name LIKE 'T-Shirt%'
              ORDER BY clover_id LIMIT 2");
        $phase = '';
        $slice = $this
            ->shop()
            ->runner(static function (SyncRunRow $run) use (&$phase): void {
                $phase = $run->phase->value;
            })
            ->run(new TimeBudget(null, static function () use (&$phase): bool {
                return $phase === 'items';
            }));
        self::assertTrue($slice->isOpen());
        self::assertNotNull($this->sql->fetchValue('SELECT item_id FROM #__j2commerce_clover_staging'));
        $this->clover->edit($price, ['price' => 888]);
        $this->clover->remove($gone);
        $this->receive($price);
        $this->receive($gone);
        self::assertSame(2, $this->drain());
        $this->sync();
        self::assertSame(['8.88000', 'deleted'], [
            (string) $this->product($price)['price'],
            $this->product($gone)['link_state'],
        ]);
    }

    #[TestDox('A page that waited while a webhook was processed does not write its older data')]
    public function test_a_webhook_before_a_page_is_written(): void
    {
        Moment::next($this->sql);
        $this->shop(sql: $this->late('items', 4))->runner()->run(new TimeBudget());
        self::assertSame([4, '5.55000'], [$this->inShop($this->mug), (string) $this->product($this->mug)['price']]);
        $this->sync();
        self::assertSame([4, '5.55000'], [$this->inShop($this->mug), (string) $this->product($this->mug)['price']]);

        $this->clover->setStock($this->mug, 30);
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = 0');
        $shop = $this->shop(sql: $this->late('finish', 3));
        $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
        self::assertSame(3, $this->inShop($this->mug));
    }

    #[TestDox('A group that was made in Clover while the shop processes webhooks has its name')]
    public function test_a_group_made_meanwhile(): void
    {
        $made = null;
        $this->clover->edit($this->member(), ['price' => 888]);
        $this->receive($this->member());
        $sql = new HeardSql($this->sql, function (string $query) use (&$made): void {
            if ($query === 'transaction' && $made === null) {
                $made = $this->clover->add([
                    'name'     => 'Cap Red',
                    'price'    => 1_500,
                    'sku'      => 'CAP-R',
                    'quantity' => 5,
                    'group'    => 'Cap',
                    'options'  => ['Color' => 'Red'],
                ]);
                $this->receive($made, 'CREATE');
            }
        });
        self::assertSame(2, $this->shop(sql: $sql)->inboxWorker()->drain(new TimeBudget()));
        self::assertSame(['synced', 'Cap'], [
            $this->product((string) $made)['link_state'],
            $this->product((string) $made)['title'],
        ]);
    }

    #[TestDox('A worker whose place another process has taken writes nothing, and the event waits')]
    public function test_a_lost_lock(): void
    {
        $this->clover->edit($this->mug, ['price' => 777]);
        $this->receive($this->mug);
        $sql = new PrecededSql(
            $this->sql,
            static fn (): bool => true,
            fn () => $this->sql->execute(
                "UPDATE #__j2commerce_clover_locks SET holder = 'x', node = 'another' WHERE name = 'inbox:sandbox'",
            ),
        );
        $before = $this->product($this->mug);
        self::assertSame(0, $this->shop(sql: $sql)->inboxWorker()->drain(new TimeBudget()));
        self::assertSame([$before, 1], [$this->product($this->mug), $this->inbox()->count()]);
    }

    private function member(): string
    {
        return (string) $this->sql->fetchValue(
            "SELECT clover_id FROM #__j2commerce_clover_mappings
              WHERE parent_id IS NOT NULL AND name LIKE 'T-Shirt%' ORDER BY clover_id",
        );
    }

    /** A database on which Clover and the shop's webhook change the mug before the first transaction in a phase. */
    private function late(string $phase, int $count): Sql
    {
        return new PrecededSql(
            $this->sql,
            static fn (Sql $sql): bool => (
                $sql->fetchValue('SELECT phase FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 1') === $phase
            ),
            function () use ($count): void {
                $this->clover->setStock($this->mug, $count);
                $this->clover->edit($this->mug, ['price' => 555]);
                $this->receive($this->mug);
                self::assertSame(1, $this->drain());
            },
        );
    }
}
