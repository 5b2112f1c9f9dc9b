<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Caution;
use CloverSync\Shop\Connection\MerchantFacts;
use CloverSync\Shop\Links\Links;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use Joomla\CMS\Event\Model\BeforeChangeStateEvent;
use PHPUnit\Framework\Attributes\TestDox;

/** Articles that Joomla is about to publish, in its lists or by a workflow's transition. */
final class PublishGuardTest extends JoomlaTestCase
{
    private const MERCHANT = 'MERCHANT00001';

    private const EVENT = 'onContentBeforeChangeState';

    protected function setUp(): void
    {
        parent::setUp();
        $facts = new MerchantFacts(self::MERCHANT, null, 'USD', null, null, null, null);
        $this->state()->setArray('merchant', $facts->toArray());
        $this->product(11, 'Olives', '0.00000', [Caution::OpenPrice]);
        $this->product(12, 'Gift Card', '25.00000', [Caution::NonRevenue]);
        $this->product(13, 'Mug', '12.50000', []);
        $this->product(14, 'Priced Olives', '4.50000', [Caution::OpenPrice]);
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    #[TestDox('What the shop would sell at 0 is not published, and the message names it')]
    public function test_free(): void
    {
        self::assertSame([false], $this->ask([11, 13]));
        [$message] = JoomlaSite::messages();
        self::assertStringStartsWith('warning One product was not published, because the shop would sell it', $message);
        self::assertStringContainsString('“Olives”', $message);
        self::assertStringNotContainsString('Mug', $message);
    }

    #[TestDox('Of other odd products the owner is warned')]
    public function test_odd(): void
    {
        self::assertSame([], $this->ask([12, 13, 14]));
        [$message] = JoomlaSite::messages();
        self::assertStringStartsWith('warning Look at a product that you publish: “Gift Card” (', $message);
    }

    #[TestDox('Nothing is said of other articles, of other states and of other kinds of content')]
    public function test_others(): void
    {
        self::assertSame([], $this->ask([13, 14, 99]));
        self::assertSame([], $this->ask([11], 0));
        self::assertSame([], $this->ask([11], 1, 'com_contact.contact'));
        self::assertSame([], $this->ask([]));
        self::assertSame([], JoomlaSite::messages());
    }

    #[TestDox('Joomla publishes whatever the state of the app\'s tables')]
    public function test_missing_table(): void
    {
        $this->sql->execute('DROP TABLE ' . Links::TABLE);
        self::assertSame([], $this->ask([11]));
        self::assertSame([], JoomlaSite::messages());
        self::assertStringContainsString('lost the table j2commerce_clover_mappings', JoomlaSite::log());
    }

    /**
     * @param list<int> $articles
     *
     * @return list<mixed> mixed: what the event's listeners answered
     */
    private function ask(array $articles, int $state = 1, string $context = 'com_content.article'): array
    {
        $event = new BeforeChangeStateEvent(self::EVENT, [
            'context' => $context,
            'subject' => $articles,
            'value'   => $state,
        ]);
        $this->dispatcher->dispatch(self::EVENT, $event);
        $results = $event->getArgument('result', []);
        self::assertIsArray($results);

        return array_values($results);
    }

    /** @param list<Caution> $cautions */
    private function product(int $id, string $title, string $price, array $cautions): void
    {
        $this->sql->execute(
            "INSERT INTO #__content (id, title, alias, introtext, `fulltext`, state, catid, created, modified, images,
                urls, attribs, metadata, metakey, metadesc, language)
             VALUES (?, ?, ?, '', '', 0, 2, '2026-11-01', '2026-11-01', '{}', '{}', '{}', '{}', '', '', '*')",
            [$id, $title, "p$id"],
        );
        $this->sql->execute("INSERT INTO #__j2commerce_variants (j2commerce_variant_id, product_id, is_master, sku,
                price, pricing_calculator, shipping, quantity_restriction, allow_backorder, isdefault_variant)
             VALUES (?, ?, 1, ?, ?, 'standard', 1, 0, 0, 0)", [$id, $id, "SKU$id", $price]);
        (new Links($this->sql, 'sandbox', self::MERCHANT))->save([[
            'clover_id'  => "ITEM$id",
            'name'       => $title,
            'article_id' => $id,
            'product_id' => $id,
            'variant_id' => $id,
            'state'      => 'synced',
            'cautions'   => implode(',', array_map(static fn (Caution $c): string => $c->value, $cautions)),
        ]]);
    }
}
