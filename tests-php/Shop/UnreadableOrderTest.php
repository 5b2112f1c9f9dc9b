<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Sales\OrderStatus;
use CloverSync\Shop\Status\Attention;
use CloverSync\Tests\Support\SalesTestCase;

/** An order whose rows in our tables can no longer be read. */
final class UnreadableOrderTest extends SalesTestCase
{
    private const OTHER = '179540800101';

    public function testAfterTheThirdTryItWaitsForTheOwnerAndOtherOrdersHaveGoneOn(): void
    {
        $this->broken();
        $this->order(1, [[$this->candle, 1, 9]], ['order_id' => self::OTHER, 'number' => 502]);

        // The other order's units and the order itself.
        self::assertWork($this->work(), confirmed: 2, later: 1);
        $this->clock->later += 31;
        self::assertWork($this->work(), confirmed: 0, later: 1);
        self::assertSame([], self::errors($this->logged('order_push')));
        self::assertSame(0, $this->attention());
        $this->clock->later += 301;
        self::assertWork($this->work(), confirmed: 0, dead: 1);

        self::assertCount(1, self::errors($this->logged('order_push')));
        self::assertSame(1, $this->attention());
        self::assertSame(1, $this->shop()->dashboard()->read()->sales['dead'] ?? null);
        self::assertSame([self::ORDER], array_column($this->sales()->events->dead(10), 'orderId'));
        self::assertNotSame('', $this->sales()->events->dead(10)[0]->message);
        self::assertSame(['+1 confirmed'], $this->rows(self::OTHER));
    }

    public function testAScanDoesNotBeginItsTriesAnew(): void
    {
        $this->broken();
        $this->tryThrice();

        for ($i = 0; $i < 4; $i++) {
            $this->clock->later += 3600;
            self::assertWork($this->work(), confirmed: 0, dead: 1);
        }

        self::assertCount(1, self::errors($this->logged('order_push')));
    }

    public function testOneThatNoEventToldOfIsCountedToo(): void
    {
        $this->broken(event: false);
        $this->tryThrice();

        self::assertWork($this->work(), confirmed: 0, dead: 1);
    }

    public function testTheOwnerTriesItAgainOnceItIsMended(): void
    {
        $this->broken();
        $this->tryThrice();
        $this->sql->execute("DELETE FROM #__j2commerce_clover_ledger WHERE state = 'banana'");
        self::assertFalse($this->sales()->events->resolve(self::OTHER, true));
        self::assertTrue($this->sales()->events->resolve(self::ORDER, true));
        self::assertFalse($this->sales()->events->resolve(self::ORDER, true));

        self::assertWork($this->work(), confirmed: 2);
        self::assertSame(18, (int) $this->inClover($this->mug));
        self::assertSame(0, $this->attention());
    }

    public function testAnEventTriesItOnceMoreAndAMendedOneIsDone(): void
    {
        $this->broken();
        $this->tryThrice();
        $this->shop()->orderEvents()->edited(self::ORDER);
        self::assertWork($this->work(), confirmed: 0, dead: 1);
        self::assertCount(2, self::errors($this->logged('order_push')));

        $this->sql->execute("DELETE FROM #__j2commerce_clover_ledger WHERE state = 'banana'");
        $this->shop()->orderEvents()->edited(self::ORDER);
        self::assertWork($this->work(), confirmed: 2);
    }

    public function testTheOrderPageOffersToTryAgain(): void
    {
        $this->broken();
        $this->tryThrice();
        $this->sql->execute("DELETE FROM #__j2commerce_clover_ledger WHERE state = 'banana'");
        $status = OrderStatus::of($this->shop()->sales(), self::ORDER);

        self::assertTrue($status->mayRetry());
        self::assertNotNull($status->error);
    }

    public function testTheOwnerLeavesItAndNothingComesOfIt(): void
    {
        $this->broken();
        $this->tryThrice();
        self::assertTrue($this->sales()->events->resolve(self::ORDER, false));
        self::assertWork($this->work(scan: false), confirmed: 0);
        self::assertSame(0, $this->attention());
    }

    private function broken(bool $event = true): void
    {
        $this->order(1, [[$this->mug, 2]], event: $event);
        $this->sql->execute("INSERT INTO #__j2commerce_clover_ledger
                (environment, merchant_id, order_id, order_pk, line_id, seq, cause,
                delta, state, created)
             SELECT environment, merchant_id, ?, 501, 1, 1, 'order', 2, 'banana', 1
             FROM #__j2commerce_clover_mappings LIMIT 1", [self::ORDER]);
    }

    private function tryThrice(): void
    {
        foreach ([0, 31, 301] as $seconds) {
            $this->clock->later += $seconds;
            $this->work();
        }
    }

    private function attention(): int
    {
        $shop = $this->shop();

        return Attention::of($this->sql, $shop->links(), $shop->state, $shop->clock)->dead;
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private static function errors(array $entries): array
    {
        return array_values(preg_grep('/^error /', $entries) ?: []);
    }
}
