<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Health\Check;
use CloverSync\Shop\Health\Checks;
use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Health\CheckSubject;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Status\Backlog;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\TestDox;

/** What waits to be exchanged with Clover, and since when. */
final class BacklogTest extends SalesTestCase
{
    private const HOUR = 3_600;

    #[TestDox('An order that waits is green for two hours, then yellow, and red after a day')]
    public function test_check(): void
    {
        self::assertSame([CheckState::Green, 'check_backlog_none'], $this->found());
        $this->clock->stop();
        $this->order(1, [[$this->mug, 2]]);
        self::assertSame([CheckState::Green, 'check_backlog_since'], $this->found());
        self::assertStringContainsString('1 order with new events', English::of($this->check()->message));
        $this->clock->later = (2 * self::HOUR) - 1;
        self::assertSame([CheckState::Green, 'check_backlog_since'], $this->found());
        $this->clock->later = 2 * self::HOUR;
        self::assertSame([CheckState::Yellow, 'check_backlog_old'], $this->found());
        self::assertSame(
            [CheckState::Green, 'check_backlog_since'],
            $this->found(['sync_interval' => 120]),
            'A task is due every two hours.',
        );
        $this->clock->later = 24 * self::HOUR;
        self::assertSame([CheckState::Red, 'check_backlog_old'], $this->found());
        self::assertStringContainsString('scheduled tasks', English::of($this->check()->message));
        $this->work();
        self::assertSame([CheckState::Green, 'check_backlog_none'], $this->found());
    }

    #[TestDox('Stock changes, orders, and those whose last attempt failed are counted')]
    public function test_sales(): void
    {
        $pauses = $this->shop()->pauses();
        $pauses->of(WorkKind::Stock)->lacks('Inventory Write', Message::said('no right'), 'sync');
        $pauses->of(WorkKind::Orders)->lacks('Orders Write', Message::said('no right'), 'sync');
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $began = $this->clock->now();
        $this->work();
        $this->sql->execute('UPDATE #__j2commerce_clover_ledger SET misses = 2 WHERE clover_id = ?', [$this->mug]);
        $backlog = $this->backlog();
        self::assertSame([0, 2, 1, 0, 1], [
            $backlog->events,
            $backlog->stock,
            $backlog->orders,
            $backlog->inbox,
            $backlog->postponed,
        ]);
        self::assertEqualsWithDelta($began, $backlog->oldest, 30);
        $words = English::of($this->check()->message);
        self::assertStringContainsString('2 stock changes', $words);
        self::assertStringContainsString('1 order on its way to Clover', $words);
        self::assertStringContainsString('1 has failed', $words);
    }

    #[TestDox('An order whose payment is due waits, and nothing is said of since when')]
    public function test_payment(): void
    {
        $this->shop()->pauses()->of(WorkKind::Payments)->lacks('Payments', Message::said('no right'), 'sync');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([1, null], [$this->backlog()->orders, $this->backlog()->oldest]);
        $this->clock->later = 48 * self::HOUR;
        self::assertSame([CheckState::Green, 'check_backlog'], $this->found());
    }

    #[TestDox('A row that waits for the owner is not in the backlog')]
    public function test_dead(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'dead', settled = NULL");
        self::assertSame([CheckState::Green, 'check_backlog_none'], $this->found());
    }

    #[TestDox('An object waits since its oldest unprocessed event')]
    public function test_inbox(): void
    {
        $this->receive();
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET created = created - 86400000');
        $this->receive();
        self::assertSame(1, $this->backlog()->inbox);
        self::assertSame([CheckState::Red, 'check_backlog_old'], $this->found());
        $this->shop()->inboxWorker()->drain(new TimeBudget());
        self::assertSame([CheckState::Green, 'check_backlog_none'], $this->found());
        $this->receive();
        self::assertEqualsWithDelta(time(), $this->backlog()->oldest, 60);
        self::assertStringContainsString('1 object with webhook events', English::of($this->check()->message));
    }

    private function receive(): void
    {
        $this
            ->shop()
            ->inbox()
            ->take([[
                'object_type' => WebhookObject::Item,
                'object_id'   => $this->mug,
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ]]);
    }

    private function backlog(): Backlog
    {
        return $this->shop()->backlog();
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array{CheckState, string}
     */
    private function found(array $settings = []): array
    {
        $check = $this->check($settings);

        return [$check->state, $check->message->code->value];
    }

    /** @param array<string, mixed> $settings */
    private function check(array $settings = []): Check
    {
        foreach ((new Checks(new Facts(Engine::report(), null), $this->shop($settings)))->all() as $check) {
            if ($check->subject === CheckSubject::Backlog) {
                return $check;
            }
        }

        self::fail('The backlog was not checked.');
    }
}
