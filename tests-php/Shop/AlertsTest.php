<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Alerts\Alerts;
use CloverSync\Shop\Alerts\Delivery;
use CloverSync\Shop\Alerts\MailRecords;
use CloverSync\Shop\Alerts\MailReport;
use CloverSync\Shop\Alerts\Standstill;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Mailbox;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use PHPUnit\Framework\Attributes\TestDox;

/** Mails about what needs the owner. */
final class AlertsTest extends SalesTestCase
{
    private const OWNER   = 'owner@shop.example';
    private const PARTNER = 'partner@shop.example';

    private const HOUR = 3_600;

    private Mailbox $box;

    protected function setUp(): void
    {
        parent::setUp();
        $this->clock->stop();
        $this->box = new Mailbox();
    }

    #[TestDox('Without an address nothing is sent and nothing is stored')]
    public function test_off(): void
    {
        $this->pause(WorkKind::Stock);
        self::assertSame([[], 0], [$this->look(['alert_email' => '']), $this->box->tried]);
        self::assertSame([], (new MailRecords($this->shop()->state))->names());
    }

    #[TestDox('A shop in order gets no mail')]
    public function test_in_order(): void
    {
        self::assertSame([], $this->look());
    }

    #[TestDox('A trouble is mailed to each address once, and again only after it was over for an hour')]
    public function test_once(): void
    {
        $to = ['alert_email' => self::OWNER . ',' . self::PARTNER];
        $this->pause(WorkKind::Stock);
        $both = [self::OWNER . ': stock_paused', self::PARTNER . ': stock_paused'];
        self::assertSame([$both, []], [$this->look($to), $this->look($to)]);
        $this->clock->later += 86_400;
        self::assertSame([], $this->look($to), 'It goes on.');

        $this->shop()->pauses()->end();
        self::assertSame([], $this->look($to));
        $this->clock->later += self::HOUR - 1;
        $this->pause(WorkKind::Stock);
        self::assertSame([], $this->look($to), 'It came back at once.');

        $this->shop()->pauses()->end();
        self::assertSame([], $this->look($to));
        $this->clock->later += self::HOUR;
        $this->pause(WorkKind::Stock);
        self::assertSame([$both, []], [$this->look($to), $this->look($to)]);
    }

    #[TestDox('An app that cannot run is mailed once, also where it runs in only one of the site’s two PHPs')]
    public function test_standstill(): void
    {
        $stand = function (string ...$to): array {
            $shop = $this->shop();
            (new Standstill($shop->state, $shop->log, $this->clock, $this->box))->mail(
                Message::said('The helper program is gone.'),
                array_values($to),
            );

            return $this->box->taken();
        };
        self::assertSame([], $stand());
        self::assertSame([], (new MailRecords($this->shop()->state))->names());
        $mail = [self::OWNER . ': not_running'];
        self::assertSame([$mail, []], [$stand(self::OWNER), $stand(self::OWNER)]);

        foreach ([self::HOUR, 86_400] as $seconds) {
            self::assertSame([], $this->look());
            $this->clock->later += $seconds;
            self::assertSame([], $stand(self::OWNER), 'The other PHP has run.');
        }

        self::assertSame([], $this->look());
        $this->clock->later += 2 * 86_400;
        self::assertSame($mail, $stand(self::OWNER));
    }

    #[TestDox('Troubles that begin together are one mail; the kinds of work are paused separately')]
    public function test_together(): void
    {
        $this->pause(WorkKind::Stock);
        $this->pause(WorkKind::Orders);
        self::assertSame([self::OWNER . ': stock_paused orders_paused'], $this->look());
        $this->pause(WorkKind::Payments);
        self::assertSame([self::OWNER . ': payments_paused'], $this->look());
    }

    #[TestDox('A mail says what happened and what to do, and names no customer')]
    public function test_text(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'uncertain'");
        $orders = $this->shop()->pauses()->of(WorkKind::Orders);

        for ($i = 0; $i < 10 && $orders->pause() === null; $i++) {
            $orders->refused(Message::said('not so'));
        }

        $this->alerts([], $this->box)->look();
        $text = $this->box->text();
        self::assertStringContainsString('Sending orders to Clover is paused: Clover refused', $text);
        self::assertStringContainsString('“Try again now”', $text);
        self::assertStringContainsString('One stock change or order may or may not have reached Clover.', $text);
        self::assertDoesNotMatchRegularExpression('/Ada|Lovelace|ada@example\.org|\+44/', $text);
    }

    #[TestDox('Uncertain rows, dead rows, corrections and conflicts are troubles of their own')]
    public function test_rows(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'uncertain'");
        self::assertSame([self::OWNER . ': uncertain'], $this->look());
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET mark = 'locked'");
        self::assertSame([self::OWNER . ': corrections'], $this->look());
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'dead'");
        self::assertSame([self::OWNER . ': dead'], $this->look());
        $this
            ->shop()
            ->links()
            ->save([['clover_id' => 'I1', 'state' => LinkState::Conflict->value]]);
        self::assertSame([self::OWNER . ': conflicts'], $this->look());
        self::assertSame([], $this->look());
    }

    #[TestDox('A sync that fails each time is one trouble, and is over after one that is completed')]
    public function test_failing_sync(): void
    {
        $this->failSync();
        self::assertSame([self::OWNER . ': sync_failed'], $this->look());

        foreach ([1, 2] as $_) {
            $this->clock->later += 2 * self::HOUR;
            $this->sync(budget: new TimeBudget(0.0));
            self::assertSame([], $this->look(), 'While a sync runs, nothing is decided.');
            $this->failSync();
            self::assertSame([], $this->look());
        }

        $this->sync();
        self::assertSame([], $this->look());
        $this->clock->later += self::HOUR;
        $this->failSync();
        self::assertSame([self::OWNER . ': sync_failed'], $this->look());
    }

    #[TestDox('A sync that a missing permission stops is mailed as the pause that it begins, also after that is over')]
    public function test_permission(): void
    {
        $this->clover->merchant(['permissions' => ['ORDERS_R', 'ORDERS_W']]);

        try {
            $this->sync();
            self::fail('The permission is missing.');
        } catch (PermissionException) {
            self::assertNotNull($this->shop()->dashboard()->read()->lastFailure);
        }

        self::assertSame([self::OWNER . ': catalog_paused'], $this->look());
        $this->shop()->pauses()->end();
        self::assertSame([], $this->look());
    }

    #[TestDox('A sync that waits for an answer is mailed once, however often the next ones ask again')]
    public function test_question(): void
    {
        foreach (\array_slice($this->clover->items(), 0, 14) as $item) {
            $this->clover->remove($item['id']);
        }

        $this->sync();
        self::assertSame([self::OWNER . ': sync_asks'], $this->look());
        $this->clock->later += 2 * self::HOUR;
        $this->sync();
        self::assertSame([], $this->look());
    }

    #[TestDox('A sync without progress is stalled after two intervals, unless a process is working on it')]
    public function test_stalled(): void
    {
        $this->sync(budget: new TimeBudget(0.0));
        $this->clock->later += (2 * self::HOUR) - 1;
        self::assertSame([], $this->look());
        $this->clock->later += 1;
        $lock               = new Lock(
            $this->db->connect(),
            'sync:sandbox',
            $this->clock,
            new ProcessIdentity('node', 1, 1),
        );
        self::assertTrue($lock->acquire());
        self::assertSame([], $this->look());
        $lock->release();
        self::assertSame([self::OWNER . ': sync_stalled'], $this->look());
    }

    #[TestDox('A sync that Clover interrupts again and again is stalled too')]
    public function test_interrupted(): void
    {
        $this->clover->fault(Simulator::ITEM_PAGES . '*', 'status', 200, with: ['code' => 503]);

        for ($i = 0; $i < 5; $i++) {
            try {
                $this->sync();
                self::fail('Clover is unavailable.');
            } catch (UnavailableException) {
                self::assertSame($i < 4 ? [] : [self::OWNER . ': sync_stalled'], $this->look(), "Hour $i / 2");
            }

            $this->clock->later += intdiv(self::HOUR, 2);
        }
    }

    #[TestDox('A due sync that does not begin is overdue; where no task for it is enabled, nothing is due')]
    public function test_overdue(): void
    {
        $this->clock->later += 4 * self::HOUR;
        $now                = $this->clock->now();
        self::assertSame([], $this->look(), 'Another scheduler starts the syncs.');
        self::assertSame([], $this->look(schedule: new Schedule(['Refresh'], $now)));
        self::assertSame([], $this->look(schedule: new Schedule(['Full'], $now, $now + self::HOUR)));
        $late = new Schedule(['Full'], $now, $now - (2 * self::HOUR));
        self::assertSame([self::OWNER . ': sync_overdue'], $this->look(schedule: $late));
        self::assertSame([], $this->look(schedule: $late));
    }

    #[TestDox(
        'A lost connection is mailed, without the syncs that it keeps from running; the owner’s Disconnect is not',
    )]
    public function test_disconnected(): void
    {
        $this->clock->later += 4 * self::HOUR;
        $late               = new Schedule(['Full'], $this->clock->now(), $this->clock->now() - (2 * self::HOUR));
        StoredTokens::age($this->sql, self::SECRET, 1500);
        $this->clover->tokens('revoke');

        foreach ([0, 600] as $seconds) {
            StoredTokens::age($this->sql, self::SECRET, $seconds);

            try {
                $this->shop()->connection->refresh();
                self::fail('The tokens are revoked.');
            } catch (CloverException) {
                self::assertSame(
                    $seconds === 0 ? [] : [self::OWNER . ': disconnected'],
                    $seconds === 0 ? [] : $this->look(schedule: $late),
                );
            }
        }

        $this->connect();
        self::assertSame([], $this->look());
        $this->clock->later += 2 * self::HOUR;
        $this->shop()->connectionService()->disconnect();
        self::assertSame([], $this->look());
    }

    #[TestDox('On a copy of the site that is the trouble')]
    public function test_moved(): void
    {
        $copy = new Alerts(
            $this->shop(['alert_email' => self::OWNER], 'https://copy.example'),
            null,
            $this->box,
            new \DateTimeZone('UTC'),
        );
        $copy->look();
        self::assertSame([self::OWNER . ': site_moved'], $this->box->taken());
    }

    #[TestDox('Tokens that cannot be decrypted are a lost connection, and the summary waits')]
    public function test_sealed(): void
    {
        $this->sql->execute("UPDATE #__j2commerce_clover_state SET value = 'AQ' WHERE name = 'tokens'");
        self::assertSame([self::OWNER . ': disconnected'], $this->look(['daily_summary' => true]));
    }

    #[TestDox('A mail that is refused is tried four times, waiting longer each time, then given up')]
    public function test_refused(): void
    {
        $this->box->refuses = [self::OWNER];
        $this->pause(WorkKind::Stock);
        $tried = [];

        $begin = $this->clock->later;

        foreach ([0, 4, 5, 34, 35, 154, 155, 24 * 60] as $minutes) {
            $this->clock->later = $begin + (60 * $minutes);

            if ($this->report()->failure !== null) {
                $tried[] = $minutes;
            }
        }

        self::assertSame([0, 5, 35, 155], $tried);
        self::assertSame(4, $this->box->tried);
        $log = $this->logged('mail');
        self::assertCount(4, $log);
        self::assertStringContainsString('it is tried again later. The mail server did not take', $log[2]);
        self::assertStringContainsString('not tried again. The mail server did not take', $log[3]);
    }

    #[TestDox('An address that is refused keeps no other from the mail, and none gets it twice')]
    public function test_one_refused(): void
    {
        $to                 = ['alert_email' => [self::PARTNER, self::OWNER]];
        $this->box->refuses = [self::OWNER];
        $this->pause(WorkKind::Stock);
        self::assertSame([self::PARTNER . ': stock_paused'], $this->look($to));
        $this->clock->later += 301;
        self::assertSame([], $this->look($to));
        $this->box->refuses = [];
        $this->clock->later += 1_801;
        self::assertSame([self::OWNER . ': stock_paused'], $this->look($to));
        self::assertSame([], $this->look($to));
    }

    #[TestDox('An address that is refused first holds up another one until the next attempt, and no longer')]
    public function test_first_refused(): void
    {
        $to                 = ['alert_email' => [self::OWNER, self::PARTNER]];
        $this->box->refuses = [self::OWNER];
        $this->pause(WorkKind::Stock);
        self::assertSame([[], 1], [$this->look($to), $this->box->tried]);
        $this->clock->later += 301;
        self::assertSame([self::PARTNER . ': stock_paused'], $this->look($to));
        $this->clock->later += 86_400;
        self::assertSame([], $this->look($to));
    }

    #[TestDox('What is over before a mail could be sent is not mailed, nor to an address that was removed meanwhile')]
    public function test_over(): void
    {
        $this->box->refuses = [self::OWNER];
        $this->pause(WorkKind::Stock);
        $this->pause(WorkKind::Orders);
        self::assertSame([], $this->look());
        $this->box->refuses = [];
        $this->clock->later += 301;
        self::assertSame([], $this->look(['alert_email' => self::PARTNER]));
        $this->shop()->pauses()->of(WorkKind::Stock)->end();
        self::assertSame([self::OWNER . ': orders_paused'], $this->look());
    }

    #[TestDox('A worker that looks while another one is sending sends nothing')]
    public function test_two_at_once(): void
    {
        $this->pause(WorkKind::Stock);
        $other = new Mailbox();
        $box   = new Mailbox(function () use ($other): void {
            $this->alerts(['alert_email' => [self::OWNER, self::PARTNER]], $other)->look();
        });
        $this->alerts(['alert_email' => [self::OWNER, self::PARTNER]], $box)->look();
        self::assertSame([2, 0], [\count($box->mails), $other->tried]);
    }

    #[TestDox('Of four processes at once, one sends each mail')]
    public function test_processes(): void
    {
        $this->pause(WorkKind::Stock);
        $sent = Child::values(Child::together(4, function (Child $self): int {
            $sql = $this->db->connect();
            $self->pause();
            $box    = new Mailbox();
            $alerts = new Alerts(
                $this->shop(['alert_email' => [self::OWNER, self::PARTNER]], sql: $sql),
                null,
                $box,
                new \DateTimeZone('UTC'),
            );
            $alerts->look();

            return \count($box->mails);
        }));
        self::assertSame(2, array_sum($sent), implode(' ', $sent));
    }

    #[TestDox(
        'A process that is killed before it hands a mail over leaves it to the next one, after a quarter of an hour',
    )]
    public function test_killed_before(): void
    {
        $this->pause(WorkKind::Stock);
        $records            = new MailRecords($this->shop()->state);
        $this->box->refuses = [self::OWNER];
        $this->look();
        $record = $records->get('stock_paused') ?? self::fail('There is a record.');
        $record->claim($this->clock->now() + 301);
        self::assertTrue($records->save('stock_paused', $record));
        $this->box->refuses = [];
        $this->clock->later += 301;
        self::assertSame([], $this->look());
        $this->clock->later += 900;
        self::assertSame([self::OWNER . ': stock_paused'], $this->look());
    }

    #[TestDox('A process that is killed while it hands a mail over: the mail is not repeated, and the log says so')]
    public function test_killed_during(): void
    {
        $to = ['alert_email' => [self::OWNER, self::PARTNER]];
        $this->pause(WorkKind::Stock);
        $child = Child::fork(function () use ($to): never {
            $alerts = new Alerts(
                $this->shop($to, sql: $this->db->connect()),
                null,
                new Mailbox(Child::killMyself(...)),
                new \DateTimeZone('UTC'),
            );
            $alerts->look();

            throw new \LogicException('It was not killed.');
        });
        self::assertTrue($child->wasKilled());
        self::assertSame([], $this->look($to), 'It may still be working.');
        $this->clock->later += 900;
        self::assertSame([self::PARTNER . ': stock_paused'], $this->look($to));
        self::assertStringContainsString('it may have arrived', implode("\n", $this->logged('mail')));
        $record = (new MailRecords($this->shop()->state))->get('stock_paused');
        self::assertSame(Delivery::Unknown, $record?->deliveryTo(self::OWNER));
        $this->clock->later += 86_400;
        self::assertSame([], $this->look($to));
    }

    #[TestDox('The summary of a day comes once, in the morning after it, with its figures and what waits')]
    public function test_summary(): void
    {
        $zone               = 'America/New_York';
        $start              = (int) (new \DateTimeImmutable('2027-06-01 00:00', new \DateTimeZone($zone)))->format('U');
        $this->clock->later += $start + (10 * self::HOUR) - $this->clock->now();
        $on                 = ['daily_summary' => true];
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->order(6, [[$this->mug, 3]]);
        $this->work();
        $this->clover->edit($this->candle, ['price' => 777]);
        $this->sync();
        $this->sql->execute('UPDATE #__j2commerce_clover_ledger SET delta = -2 WHERE delta < 0');
        self::assertSame([], $this->look(['daily_summary' => false], zone: $zone));
        // One second before six in the morning in New York.
        $this->clock->later += $start + (30 * self::HOUR) - 1 - $this->clock->now();
        self::assertSame([], $this->look($on, zone: $zone));
        $this->clock->later += 1;
        $this->alerts($on, $this->box, zone: $zone)->look();
        self::assertCount(1, $this->box->mails);
        [$address, $mail] = $this->box->mails[0];
        self::assertSame([self::OWNER, '2027-06-01'], [$address, $mail->day]);
        self::assertSame(
            [
                'Units of web sales taken out of Clover’s stock: 3; given back: 2.',
                'Web orders that reached Clover: 1.',
                'Syncs completed: 1; products imported: 0, updated: 1, deleted in Clover: 0.',
            ],
            array_map(English::of(...), \array_slice($mail->figures, 0, 3)),
        );
        $this->box->mails = [];
        self::assertSame([], $this->look($on, zone: $zone));
        $this->clock->later += 24 * self::HOUR;
        self::assertSame([], $this->look($on, zone: $zone), 'Nothing happened, and nothing waits.');
        $this->clock->later += 24 * self::HOUR;
        $this->pause(WorkKind::Stock);
        self::assertSame(
            [self::OWNER . ': stock_paused', self::OWNER . ': stock_paused'],
            $this->look($on, zone: $zone),
            'The trouble, and the summary of a quiet day with what waits.',
        );
    }

    #[TestDox('A summary that is refused is tried again, and comes once')]
    public function test_refused_summary(): void
    {
        $start              = (int) (new \DateTimeImmutable('2027-06-01 12:00 UTC'))->format('U');
        $this->clock->later += $start - $this->clock->now();
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->clock->later += 24 * self::HOUR;
        $on                 = ['daily_summary' => true];
        $this->box->refuses = [self::OWNER];
        self::assertSame([], $this->look($on));
        $this->box->refuses = [];
        self::assertSame([], $this->look($on));
        $this->clock->later += 301;
        self::assertSame([self::OWNER . ': '], $this->look($on));
        self::assertSame([], $this->look($on));
    }

    private function pause(WorkKind $kind): void
    {
        $this->shop()->pauses()->of($kind)->lacks('Inventory Write', Message::said('no right'), 'sync');
    }

    private function failSync(): void
    {
        // Otherwise an interrupted run would be resumed by the one that fails.
        $this->sql->execute("UPDATE #__j2commerce_clover_runs SET heartbeat = ? WHERE status = 'running'", [
            UtcTime::sql($this->clock->now() - 86_400),
        ]);

        try {
            $this->sync(['default_category' => 0]);
            self::fail('An article needs a category.');
        } catch (DefaultCategoryException) {
            self::assertNotNull($this->shop()->dashboard()->read()->lastFailure);
        }
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return list<string> "address: kinds of troubles" of each mail
     */
    private function look(array $settings = [], ?Schedule $schedule = null, string $zone = 'UTC'): array
    {
        $this->alerts($settings, $this->box, $schedule, $zone)->look();

        return $this->box->taken();
    }

    private function report(): MailReport
    {
        return $this->alerts([], $this->box)->look();
    }

    /** @param array<string, mixed> $settings */
    private function alerts(
        array $settings,
        Mailbox $box,
        ?Schedule $schedule = null,
        string $zone = 'UTC',
    ): Alerts {
        return new Alerts(
            $this->shop($settings + ['alert_email' => self::OWNER]),
            $schedule,
            $box,
            new \DateTimeZone($zone),
        );
    }
}
