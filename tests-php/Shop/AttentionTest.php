<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Status\Attention;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** The number next to the app's name. */
final class AttentionTest extends SalesTestCase
{
    #[TestDox('Without a problem nothing needs attention, also before the first connection')]
    public function test_all_is_well(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([0, [], false], [
            $this->attention()->count(),
            $this->attention()->paused,
            $this->attention()->confirmDeletes,
        ]);
        self::assertSame(
            0,
            Attention::of(
                $this->sql,
                new Links($this->sql, 'na', 'UNKNOWN'),
                $this->shop()->state,
                $this->clock,
            )->count(),
        );
    }

    #[TestDox('A refused row, a failed item and a pause count one each')]
    public function test_what_counts(): void
    {
        $this->clover->remove($this->mug);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([1, 0, 1], [
            $this->attention()->dead,
            $this->attention()->uncertain,
            $this->attention()->count(),
        ]);
        $this->clover->edit($this->candle, ['name' => '']);
        $this->sync();
        self::assertSame([1, 2], [$this->attention()->errors, $this->attention()->count()]);
        $this
            ->shop()
            ->pauses()
            ->of(WorkKind::Orders)
            ->lacks('Orders Write', Message::said('no permission'), 'order_push');
        self::assertEquals([Message::said('no permission'), 3], [
            $this->attention()->paused[0]->message,
            $this->attention()->count(),
        ]);
    }

    #[TestDox('A group in conflict counts as one, whatever the number of its variants')]
    public function test_conflicts(): void
    {
        $conflict = ['state' => LinkState::Conflict->value];
        $this
            ->shop()
            ->links()
            ->save([
                ['clover_id' => 'G1', 'clover_type' => 'group'] + $conflict,
                ['clover_id' => 'I1', 'parent_id' => 'G1'] + $conflict,
                ['clover_id' => 'I2', 'parent_id' => 'G1'] + $conflict,
                ['clover_id' => 'I3'] + $conflict,
            ]);
        self::assertSame([2, 2], [$this->attention()->conflicts, $this->attention()->count()]);
    }

    #[TestDox('A sync that would delete most of the catalog waits for the owner\'s confirmation')]
    public function test_a_run_that_waits(): void
    {
        $items = $this->clover->items();

        foreach (array_slice($items, 0, (int) (0.8 * \count($items))) as $item) {
            $this->clover->remove($item['id']);
        }

        self::assertSame('needs_confirmation', $this->sync()->status->value);
        self::assertTrue($this->attention()->confirmDeletes);
    }

    private function attention(): Attention
    {
        $shop = $this->shop();

        return Attention::of($this->sql, $shop->links(), $shop->state, $this->clock);
    }
}
