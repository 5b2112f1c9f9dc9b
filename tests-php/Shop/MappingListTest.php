<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\TestDox;

/** Products and their links to Clover, and the owner's actions on single links. */
final class MappingListTest extends SalesTestCase
{
    #[TestDox('One row a product: a group shows how many members it has, and its members have no rows')]
    public function test_one_row_a_product(): void
    {
        $rows = $this->page();
        self::assertCount(
            (int) $this->sql->fetchValue('SELECT COUNT(DISTINCT product_id) FROM #__j2commerce_clover_mappings'),
            $rows,
        );
        self::assertSame($this->shop()->linkList()->count(), \count($rows));
        $mug = $this->row($this->mug);
        self::assertSame([false, 'MUG-01', LinkState::Synced->value, 0, []], [
            $mug->isGroup,
            $mug->sku,
            $mug->state->value,
            $mug->members,
            $mug->problems,
        ]);
        self::assertSame([
            (int) $this->product($this->mug)['product_id'],
            (int) $this->product($this->mug)['article_id'],
            $this->product($this->mug)['title'],
        ], [$mug->productId, $mug->articleId, $mug->title]);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/', (string) $mug->lastSynced);
        $shirt = $this->row($this->group());
        self::assertSame([true, 'T-Shirt', '', 6, LinkState::Synced->value], [
            $shirt->isGroup,
            $shirt->title,
            $shirt->sku,
            $shirt->members,
            $shirt->state->value,
        ]);
    }

    #[TestDox('An error of a member is the group\'s, with its cause; error outranks pending, pending outranks synced')]
    public function test_a_member_s_error_is_the_group_s(): void
    {
        $member = $this->itemBySku('TS-RE-S')['id'];
        $this->links()->update([
            (string) $member => [
                'state' => LinkState::Error->value,
                'error' => 'Its price makes no sense',
            ],
        ]);
        $this
            ->shop()
            ->inbox()
            ->ask([$this->itemBySku('TS-RE-M')['id'], $this->mug]);
        $row = $this->row($this->group());
        self::assertSame([LinkState::Error->value, $member, 'TS-RE-S', 'Its price makes no sense'], [
            $row->state->value,
            $row->problems[0]->cloverId,
            $row->problems[0]->sku,
            English::of($row->problems[0]->message),
        ]);
        self::assertSame([LinkState::Pending->value, LinkState::Synced->value], [
            $this->row($this->mug)->state->value,
            $this->row($this->candle)->state->value,
        ]);
        self::assertSame([$this->group()], array_column($this->page(['state' => LinkState::Error->value]), 'cloverId'));
        self::assertSame([$this->mug], array_column($this->page(['state' => LinkState::Pending->value]), 'cloverId'));
        self::assertSame(
            [1, 1, 0],
            array_map(fn (string $state): int => $this->shop()->linkList()->count(['state' => $state]), [
                LinkState::Error->value,
                LinkState::Pending->value,
                LinkState::Conflict->value,
            ]),
        );
    }

    #[TestDox('A group with a deleted member has one less; a group with only deleted members is deleted')]
    public function test_deleted(): void
    {
        $this->clover->remove($this->itemBySku('TS-RE-S')['id']);
        $this->sync();
        self::assertSame([5, LinkState::Synced->value], [
            $this->row($this->group())->members,
            $this->row($this->group())->state->value,
        ]);

        foreach (['TS-RE-M', 'TS-RE-L', 'TS-BL-S', 'TS-BL-M', 'TS-BL-L'] as $sku) {
            $this->clover->remove($this->itemBySku($sku)['id']);
        }

        $this->sync();
        self::assertSame([0, LinkState::Deleted->value], [
            $this->row($this->group())->members,
            $this->row($this->group())->state->value,
        ]);
        self::assertSame(1, $this->shop()->linkList()->count(['state' => LinkState::Deleted->value]));
    }

    #[TestDox('A member\'s SKU finds its group; title, Clover id and state narrow the list further')]
    public function test_search(): void
    {
        self::assertSame([$this->group()], array_column($this->page(['search' => 'ts-re-s']), 'cloverId'));
        self::assertSame([$this->mug], array_column($this->page(['search' => $this->mug]), 'cloverId'));
        $this->sql->execute('UPDATE #__content SET title = ? WHERE id = ?', [
            '100%_Wax',
            (int) $this->product($this->candle)['article_id'],
        ]);
        self::assertSame([$this->candle], array_column($this->page(['search' => '%_wax']), 'cloverId'));
        self::assertSame([], $this->page(['search' => '%_wax', 'state' => LinkState::Error->value]));
        self::assertSame(1, $this
            ->shop()
            ->linkList()
            ->count(['search' => '%_wax', 'state' => LinkState::Synced->value]));
    }

    #[TestDox('Sorted by any column, a page at a time')]
    public function test_sort_and_pages(): void
    {
        $titles = array_column($this->page(), 'title');
        $sorted = $titles;
        sort($sorted, SORT_FLAG_CASE | SORT_STRING);
        self::assertSame(array_map(mb_strtolower(...), $sorted), array_map(mb_strtolower(...), $titles));
        $list = $this->shop()->linkList();
        self::assertSame(
            \array_slice(array_column($list->page([], 'title', true, 0, 500), 'clover_id'), 3, 4),
            array_column($list->page([], 'title', true, 3, 4), 'clover_id'),
        );
        self::assertSame('MUG-01', $list->page(['search' => 'MUG-01'], 'sku', false, 0, 1)[0]->sku);
        $this->links()->update([$this->candle => ['state' => LinkState::Error->value, 'error' => 'x']]);
        self::assertSame($this->candle, $list->page([], 'state', true, 0, 1)[0]->cloverId);

        foreach (['clover_id', 'last_synced'] as $sort) {
            $values = array_column($list->page([], $sort, true, 0, 500), $sort);
            $sorted = $values;
            rsort($sorted, SORT_STRING);
            self::assertSame($sorted, $values);
        }
    }

    #[TestDox('A conflict is one row, with its cause once')]
    public function test_conflict(): void
    {
        $product = (int) $this->product($this->itemBySku('TS-RE-S')['id'])['product_id'];
        $group   = $this->group();
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);
        $this->sync();
        [$row] = $this->page(['state' => LinkState::Conflict->value]);
        self::assertSame([$group, null, null, 1], [
            $row->cloverId,
            $row->productId,
            $row->lastSynced,
            \count($row->problems),
        ]);
        self::assertSame(MessageCode::SkuTaken, $row->problems[0]->message->code);
    }

    #[TestDox('A re-sync brings changes without a webhook event; the log calls it a sync')]
    public function test_look_again(): void
    {
        $this->clover->edit($this->mug, ['price' => 888]);
        self::assertSame(1, $this->shop()->refetch([$this->mug], new TimeBudget()));
        self::assertSame('8.88000', (string) $this->product($this->mug)['price']);
        self::assertSame([], $this->logged('webhook'));
        self::assertStringStartsWith('success Looked at again: Updated', implode('', \array_slice(
            $this->logged('sync'),
            -1,
        )));
    }

    #[TestDox('A re-sync of a group fetches all its members with one request')]
    public function test_look_again_at_a_group(): void
    {
        $this->clover->edit($this->itemBySku('TS-RE-S')['id'], ['price' => 4321]);
        self::assertSame(6, $this->shop()->refetch([$this->group()], new TimeBudget()));
        self::assertSame('43.21000', (string) $this->product($this->itemBySku('TS-RE-S')['id'])['price']);
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('An error is cleared once the item is valid again, and stays while it is not')]
    public function test_retry(): void
    {
        $name = $this->product($this->candle)['title'];
        $this->clover->edit($this->candle, ['name' => '']);
        $this->sync();
        self::assertSame(LinkState::Error->value, $this->row($this->candle)->state->value);
        self::assertSame(1, $this->shop()->refetch([$this->candle], new TimeBudget()));
        self::assertSame(LinkState::Error->value, $this->row($this->candle)->state->value);
        $this->clover->edit($this->candle, ['name' => $name]);
        self::assertSame(
            1,
            $this->shop()->refetch([$this->candle], new TimeBudget()),
            'Also within seconds of the last look.',
        );
        self::assertSame([LinkState::Synced->value, []], [
            $this->row($this->candle)->state->value,
            $this->row($this->candle)->problems,
        ]);
    }

    #[TestDox('An item that failed often, and would wait for an hour, is fetched when the owner asks')]
    public function test_the_owner_waits_for_no_pause(): void
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
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = next_try + 99999999999999, attempts = 7');
        self::assertSame(LinkState::Pending->value, $this->row($this->mug)->state->value);
        self::assertSame(1, $this->shop()->refetch([$this->mug], new TimeBudget()));
        self::assertSame(LinkState::Synced->value, $this->row($this->mug)->state->value);
    }

    #[TestDox('An id without a link causes no fetch')]
    public function test_an_unknown_id(): void
    {
        $mark = $this->clover->mark();
        self::assertSame(0, $this->shop()->refetch(['NOSUCHITEM000'], new TimeBudget()));
        self::assertSame([], $this->clover->calls($mark));
    }

    #[TestDox('Unlinking deletes only the link: the next sync finds the product by its SKU')]
    public function test_unlink(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $rows   = $this->shopRows();
        $ledger = $this->rows();
        $this->shop()->unlink($this->mug);
        self::assertSame([$rows, $ledger], [$this->shopRows(), $this->rows()]);
        self::assertNull($this->shop()->linkList()->one($this->mug));
        self::assertStringContainsString('Unlinked', implode('', \array_slice($this->logged('update'), -1)));
        self::assertSame(1, $this->sync()->conflicts);
        $this->shop()->conflicts()->adopt($this->mug);
        $this->sync();
        self::assertSame(LinkState::Synced->value, $this->row($this->mug)->state->value);
    }

    #[TestDox('Unlinking a group deletes its members\' links; a single member cannot be unlinked')]
    public function test_unlink_a_group(): void
    {
        $group  = $this->group();
        $member = $this->itemBySku('TS-RE-S')['id'];
        $count  = $this->shop()->linkList()->count();

        try {
            $this->shop()->unlink($member);
            self::fail('A member was unlinked.');
        } catch (ShopException) {
            self::assertSame($count, $this->shop()->linkList()->count());
        }

        $this->shop()->unlink($group);
        self::assertSame([], $this->links()->itemsOf([$group, $member]));
        self::assertSame($count - 1, $this->shop()->linkList()->count());
    }

    private function links(): Links
    {
        return $this->shop()->links();
    }

    private function group(): string
    {
        return (string) $this->sql->fetchValue('SELECT parent_id FROM #__j2commerce_clover_mappings WHERE sku = ?', [
            'TS-BL-L',
        ]);
    }

    private function row(string $id): ListedLink
    {
        $row = $this->shop()->linkList()->one($id);
        self::assertNotNull($row);

        return $row;
    }

    /**
     * @param array{state?: string, search?: string} $filter
     *
     * @return list<ListedLink>
     */
    private function page(array $filter = []): array
    {
        return $this->shop()->linkList()->page($filter, 'title', false, 0, 500);
    }
}
