<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\CloverSiteTestCase;
use CloverSync\Tests\Support\JoomlaSite;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\MappingActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductText;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\TestDox;

/** The owner's actions on links, and what he reads about a product. */
final class MappingActionsTest extends CloverSiteTestCase
{
    protected function tearDown(): void
    {
        $_POST = [];
        parent::tearDown();
    }

    #[TestDox('Options are paired by their names, also by those that look like markup')]
    public function test_pairs(): void
    {
        $shop = $this->connect()->shop();
        $shop->runner()->run(new TimeBudget());
        $item    = (string) $this->clover->itemBySku('TS-RE-S')['id'];
        $product = 'SELECT product_id FROM #__j2commerce_clover_mappings WHERE clover_id = ?';
        $before  = (int) $this->sql->fetchValue($product, [$item]);
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$before]);

        foreach (['Size' => 'Fit <M> & up', 'Color' => 'Shade &lt; 2'] as $name => $own) {
            $this->sql->execute('UPDATE #__j2commerce_options SET option_name = ? WHERE option_name = ?', [
                $own,
                $name,
            ]);
        }

        $shop->runner()->run(new TimeBudget());
        [$conflict] = $shop->conflicts()->list();
        $_POST = [
            'clover_id' => $conflict['clover_id'],
            'options'   => (string) json_encode(['Size' => 'Fit <M> & up', 'Color' => 'Shade &lt; 2']),
        ];
        $actions = new MappingActions($this->connect(), JoomlaSite::app(), new OwnerActions(JoomlaSite::app()));
        $actions->actions()['mapping.adopt'](new Input());
        self::assertSame([], $shop->conflicts()->list());
        self::assertSame($before, (int) $this->sql->fetchValue($product, [$item]));
    }

    #[TestDox('The notes about a product, in lists and files, include how it is taxed differently')]
    public function test_tax(): void
    {
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
        $row = [
            'head'        => 'AAAAAAAAAAAAA',
            'is_group'    => 0,
            'title'       => 'Mug',
            'name'        => 'Mug',
            'sku'         => '',
            'product_id'  => 1,
            'article_id'  => 1,
            'last_synced' => null,
            'reserve'     => null,
        ];
        $link = static fn (?Message $tax): ListedLink => ListedLink::fromRow($row, LinkState::Synced, [], [], [], $tax);
        self::assertSame([], ProductText::notes($link(null)));
        $notes = ProductText::notes($link(new Message(MessageCode::TaxUnmapped, ['rates' => ['City tax']])));
        self::assertStringContainsString('City tax', $notes[0] ?? '');
    }
}
