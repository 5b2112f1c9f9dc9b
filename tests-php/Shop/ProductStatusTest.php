<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Status\ProductStatus;
use CloverSync\Shop\Status\StatusRow;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SyncTestCase;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\TestDox;

/** The status of a product's link to Clover. */
final class ProductStatusTest extends SyncTestCase
{
    private string $mug;

    protected function setUp(): void
    {
        parent::setUp();
        $this->connectedAndSynced();
        $this->mug = (string) $this->itemBySku('MUG-01')['id'];
    }

    #[TestDox('An imported product is synced, with its id and the time; an hour later a sync shows its own time')]
    public function test_synced(): void
    {
        $status = $this->standing($this->mug);
        self::assertSame(['synced', 'item', $this->mug, [], null, null], [
            $status->state->value,
            $status->type,
            $status->cloverId,
            $status->members,
            $status->error,
            $status->waitsFor,
        ]);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/', (string) $status->lastSynced);
        $this->sql->execute("UPDATE #__j2commerce_clover_mappings SET last_synced = '2026-01-01 00:00:00'");
        $this->sync();
        self::assertGreaterThan('2026-01-01 00:00:00', $this->standing($this->mug)->lastSynced);
    }

    #[TestDox('A product without a link has no status')]
    public function test_no_link(): void
    {
        self::assertNull(ProductStatus::of($this->sql, $this->shop()->links(), 999_999));
        $product = (int) $this->product($this->mug)['product_id'];
        self::assertNull(
            ProductStatus::of($this->sql, new Links($this->sql, 'na', $this->shop()->links()->merchant), $product),
            'Links of another environment are none.',
        );
    }

    #[TestDox('A product with a webhook event is pending until the event is processed')]
    public function test_pending_for_an_event(): void
    {
        $this->receive($this->mug);
        self::assertSame(['pending', ProductStatus::EVENT], [
            $this->standing($this->mug)->state->value,
            $this->standing($this->mug)->waitsFor,
        ]);
        $this->shop()->inboxWorker()->drain(new TimeBudget());
        self::assertSame(['synced', null], [
            $this->standing($this->mug)->state->value,
            $this->standing($this->mug)->waitsFor,
        ]);
    }

    #[TestDox('A product that was just linked waits for the next sync')]
    public function test_pending_for_a_sync(): void
    {
        $this
            ->shop()
            ->links()
            ->update([$this->mug => ['state' => LinkState::Pending->value, 'last_synced' => null]]);
        $status = $this->standing($this->mug);
        self::assertSame(['pending', ProductStatus::LINK, null], [
            $status->state->value,
            $status->waitsFor,
            $status->lastSynced,
        ]);
    }

    #[TestDox('A product whose sync failed shows why, even with a pending event, and the time of its last success')]
    public function test_error(): void
    {
        $this->clover->edit($this->mug, ['name' => '']);
        $synced = $this->standing($this->mug)->lastSynced;
        $this->sync();
        $this->receive($this->mug);
        $status = $this->standing($this->mug);
        self::assertSame(['error', null, $synced], [$status->state->value, $status->waitsFor, $status->lastSynced]);
        self::assertNotNull($status->error);
    }

    #[TestDox('A product whose item is gone is deleted, even with a pending event; when it is back it is synced')]
    public function test_deleted(): void
    {
        $this->clover->remove($this->mug);
        $this->sync();
        $this->receive($this->mug);
        self::assertSame(['deleted', null], [
            $this->standing($this->mug)->state->value,
            $this->standing($this->mug)->waitsFor,
        ]);
        $this->clover->restore($this->mug);
        $this->sync();
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET worked = told');
        self::assertSame('synced', $this->standing($this->mug)->state->value);
    }

    #[TestDox('A group shows its variants, and has the most severe of their states')]
    public function test_a_group(): void
    {
        [$group, $members] = $this->poster();
        $status = $this->standing($group);
        self::assertSame(['synced', 'group', $group, 'Poster'], [
            $status->state->value,
            $status->type,
            $status->cloverId,
            $status->name,
        ]);
        self::assertEqualsCanonicalizing($members, array_column($status->members, 'cloverId'));
        self::assertNotContains(null, array_column($status->members, 'variantId'));

        $this->receive($members[0]);
        self::assertSame('pending', $this->standing($group)->state->value);
        $this
            ->shop()
            ->links()
            ->update([$members[1] => ['state' => LinkState::Error->value, 'error' => 'no price']]);
        $status = $this->standing($group);
        self::assertSame('error', $status->state->value);
        self::assertNotNull($status->error);
        self::assertStringEndsWith(': no price', English::of($status->error));
    }

    #[TestDox('A deleted variant does not make the product deleted; when all are deleted, it is')]
    public function test_a_group_that_loses_variants(): void
    {
        [$group, $members] = $this->poster();
        $last = (string) array_pop($members);

        foreach ($members as $id) {
            $this->clover->remove($id);
        }

        $this->sync();
        self::assertSame('synced', $this->standing($group)->state->value);
        self::assertSame(
            \count($members),
            \count(array_filter(
                $this->standing($group)->members,
                static fn (StatusRow $m): bool => $m->state === LinkState::Deleted,
            )),
        );
        $this->clover->remove($last);
        $this->sync();
        self::assertSame('deleted', $this->standing($group)->state->value);
    }

    #[TestDox('A product without a link that has the SKU of something in Clover is a conflict')]
    public function test_a_conflict(): void
    {
        $product = $this->product($this->mug);
        $this
            ->shop()
            ->links()
            ->save([[
                'clover_id' => $this->mug,
                'name'      => 'Mug',
                'sku'       => (string) $product['sku'],
                'state'     => LinkState::Conflict->value,
                'error'     => 'The shop already has it',
            ]]);
        $status = ProductStatus::of($this->sql, $this->shop()->links(), (int) $product['product_id']);
        self::assertNotNull($status);
        self::assertEquals(['conflict', $this->mug, Message::said('The shop already has it')], [
            $status->state->value,
            $status->cloverId,
            $status->error,
        ]);
    }

    #[TestDox('Code that has only the database can read the merchant from it')]
    public function test_the_merchant(): void
    {
        self::assertSame($this->shop()->merchantId(), MerchantProfile::merchantIn($this->shop()->state));
        $this->shop()->connectionService()->disconnect();
        self::assertNotNull(MerchantProfile::merchantIn($this->shop()->state));
    }

    private function standing(string $cloverId): ProductStatus
    {
        $product =
            (int) $this->sql->fetchValue('SELECT product_id FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [
                $cloverId,
            ]);

        return (
            ProductStatus::of($this->sql, $this->shop()->links(), $product) ?? self::fail("$cloverId has no status.")
        );
    }

    /** @return array{string, list<string>} The group's id and those of its items */
    private function poster(): array
    {
        $group = (string) $this->sql->fetchValue(
            "SELECT clover_id FROM #__j2commerce_clover_mappings WHERE clover_type = 'group' AND name = 'Poster'",
        );

        return [
            $group,
            array_map(strval(...), $this->sql->fetchColumn(
                'SELECT clover_id FROM #__j2commerce_clover_mappings WHERE parent_id = ?
                    ORDER BY clover_id',
                [
                    $group,
                ],
            )),
        ];
    }

    private function receive(string $item): void
    {
        $this
            ->shop()
            ->inbox()
            ->take([[
                'object_type' => WebhookObject::Item,
                'object_id'   => $item,
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ]]);
    }
}
