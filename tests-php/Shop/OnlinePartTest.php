<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** What Clover's online menu has of an item: its description, and whether it is sold online. */
final class OnlinePartTest extends SyncTestCase
{
    private const ONLINE_ONLY = ['import_online_only' => true, 'import_status' => 'published'];

    private const MENU = [
        'name'        => 'Vase',
        'description' => "Blue & <b>tall</b>\nwith {one} handle\n\nMade here.",
        'enabled'     => true,
    ];

    private const TEXT = "<p>Blue &amp; &lt;b&gt;tall&lt;/b&gt;<br>with &#123;one&#125; handle</p>\n<p>Made here.</p>";

    #[TestDox('A description is the text of a new article, as plain text, and the owner’s from then on')]
    public function test_descriptions(): void
    {
        $vase = $this->clover->add(['name' => 'Vase', 'price' => 500, 'menuItem' => self::MENU]);
        $this->connectedAndSynced();
        self::assertSame(self::TEXT, $this->text($vase));
        self::assertSame('', $this->text($this->itemBySku('APRON')['id']), 'Clover has none.');
        self::assertSame(0, $this->sync()->productRows);

        foreach (['The owner’s', ''] as $own) {
            $this->write($vase, $own);
            $this->clover->edit($vase, [
                'price'    => 600 + \strlen($own),
                'menuItem' => ['description' => 'New'] + self::MENU,
            ]);
            self::assertSame(1, $this->sync()->updated);
            self::assertSame($own, $this->text($vase));
        }

        // Gone and back.
        $this->clover->edit($vase, ['menuItem' => ['enabled' => false] + self::MENU]);
        $this->sync(self::ONLINE_ONLY);
        $this->clover->edit($vase, ['menuItem' => self::MENU]);
        $this->sync(self::ONLINE_ONLY);
        self::assertSame('', $this->text($vase), 'What the owner left empty stays empty.');
    }

    #[TestDox('A webhook imports a description, and a product that an older version imported gets none')]
    public function test_descriptions_of_events(): void
    {
        $this->connectedAndSynced();
        $old = $this->itemBySku('APRON')['id'];
        $new = $this->clover->add(['name' => 'Vase', 'price' => 500, 'menuItem' => self::MENU]);
        $this->clover->edit($old, ['menuItem' => self::MENU]);
        Moment::next($this->sql);
        $shop = $this->shop();
        $shop->inbox()->ask([$old, $new]);
        $shop->inboxWorker()->drain(new TimeBudget(30.0), true);
        self::assertSame(['', self::TEXT], [$this->text($old), $this->text($new)]);
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('The product of a group has the description of the first item that has one')]
    public function test_descriptions_of_groups(): void
    {
        $members = array_values(array_filter(
            $this->clover->items(),
            static fn (array $item): bool => isset($item['itemGroup']['id']),
        ));
        $group = $members[0]['itemGroup']['id'];
        $ids   = array_column(
            array_filter($members, static fn (array $item): bool => $item['itemGroup']['id'] === $group),
            'id',
        );
        sort($ids);
        self::assertGreaterThan(2, \count($ids));

        foreach ([1 => 'First', 2 => 'Second'] as $i => $text) {
            $this->clover->edit($ids[$i], ['menuItem' => ['name' => 'X', 'description' => $text, 'enabled' => true]]);
        }

        $this->connectedAndSynced();
        self::assertSame('<p>First</p>', $this->text($group));
    }

    #[TestDox('Items that Clover does not sell online are left out with the reason, and come back')]
    public function test_online_only(): void
    {
        $vase = $this->clover->add(['name' => 'Vase', 'price' => 500, 'menuItem' => self::MENU]);
        $this->connectedAndSynced(['import_status' => 'published']);
        self::assertSame(1, $this->state($vase));
        $this->clover->edit($vase, ['menuItem' => ['enabled' => false] + self::MENU]);
        self::assertSame(0, $this->sync(['import_status' => 'published'])->productRows, 'Not asked for.');
        $preview = $this->preview();
        self::assertSame([1, 1], [$preview['counts']['left_out'], $preview['counts']['deletes']]);
        self::assertSame(
            '“Vase” is left out by the settings (it is not sold online in Clover): unpublished',
            $preview['problems'][$vase],
        );
        $this->sync(self::ONLINE_ONLY);
        self::assertSame(0, $this->state($vase));
        self::assertSame(0, $this->sync(self::ONLINE_ONLY)->productRows);

        // What Clover said last counts while it says nothing.
        foreach (['absent', 'forbidden'] as $shape) {
            $this->clover->switches(['menu_item' => $shape]);
            self::assertSame([0, 0], [
                $this->sync(self::ONLINE_ONLY)->productRows,
                $this->preview()['counts']['updates'],
            ]);
            $this->refetch($vase);
            self::assertSame(0, $this->state($vase));
        }

        $this->clover->switches(['menu_item' => 'always']);
        $this->clover->edit($vase, ['menuItem' => self::MENU]);
        $this->sync(self::ONLINE_ONLY);
        self::assertSame(1, $this->state($vase));
    }

    /** @return iterable<string, array{string}> */
    public static function silent(): iterable
    {
        yield 'absent' => ['absent'];
        yield 'forbidden' => ['forbidden'];
    }

    #[DataProvider('silent')]
    #[TestDox(
        'Where Clover does not say what is sold online, all stays, and run, preview and dashboard say so: $_dataName',
    )]
    public function test_silence(string $shape): void
    {
        $this->clover->switches(['menu_item' => $shape]);
        $off = $this->clover->add(['name' => 'Vase', 'price' => 500, 'menuItem' => ['enabled' => false] + self::MENU]);
        $this->connectedAndSynced();
        self::assertSame('', $this->text($off));
        self::assertNotContains('skipped', $this->statuses(), 'The setting is off.');
        $before = $this->shopRows();
        $count  = \count($this->clover->items());
        $mark   = $this->clover->mark();
        $result = $this->sync(self::ONLINE_ONLY);
        self::assertSame([RunStatus::Done, 0, 0, 0], [
            $result->status,
            $result->deleted,
            $result->failed,
            $result->productRows,
        ]);
        self::assertSame($before, $this->shopRows());
        self::assertCount($shape === 'forbidden' ? 1 : 0, $this->clover->calls($mark, '# 403#'));
        self::assertSame(0, $this->clover->refreshes());
        $shop = $this->shop(self::ONLINE_ONLY);
        self::assertTrue($shop->connection->status()->connected);
        self::assertSame([$count, []], [
            $shop->dashboard()->read()->onlineUnknown,
            $shop->dashboard()->read()->withheld,
        ]);
        self::assertSame($count, $this->preview()['counts']['online_unknown']);
        $said = "Clover does not say of $count items whether they are sold online. They stay in the shop.";
        self::assertSame(
            [$said],
            array_values(array_filter(
                array_column($this->logOf(''), 'message'),
                static fn (string $text): bool => str_contains($text, 'sold online'),
            )),
            'Once a run.',
        );
        self::assertSame(MessageCode::OnlineUnknown->value, 'online_unknown');
        self::assertSame(0, $this->shop()->dashboard()->read()->onlineUnknown, 'The setting is off.');

        // Once Clover says it of all, the notice ends.
        $this->clover->switches(['menu_item' => 'always']);

        foreach ($this->clover->items() as $item) {
            $this->clover->edit($item['id'], ['menuItem' => ['enabled' => $item['id'] !== $off] + self::MENU]);
        }

        $this->sync(self::ONLINE_ONLY);
        self::assertSame(0, $this->shop(self::ONLINE_ONLY)->dashboard()->read()->onlineUnknown);
        self::assertSame(0, $this->state($off));
    }

    private function text(string $cloverId): string
    {
        return (string) $this->firstRow(
            'SELECT c.introtext FROM #__content c
            JOIN #__j2commerce_clover_mappings m ON m.article_id = c.id WHERE m.clover_id = ?',
            [$cloverId],
        )['introtext'];
    }

    private function write(string $cloverId, string $text): void
    {
        $this->sql->execute('UPDATE #__content SET introtext = ? WHERE id = ?', [
            $text,
            $this->product($cloverId)['article_id'],
        ]);
    }

    private function state(string $cloverId): int
    {
        return (int) $this->firstRow(
            'SELECT c.state FROM #__content c
            JOIN #__j2commerce_clover_mappings m ON m.article_id = c.id WHERE m.clover_id = ?',
            [$cloverId],
        )['state'];
    }

    private function refetch(string $cloverId): void
    {
        Moment::next($this->sql);
        $shop = $this->shop(self::ONLINE_ONLY);
        $shop->inbox()->ask([$cloverId]);
        $shop->inboxWorker()->drain(new TimeBudget(30.0), true);
    }

    /** @return list<string> */
    private function statuses(): array
    {
        return array_column($this->logOf(''), 'status');
    }

    /** @return array{counts: array<string, int>, problems: array<string, string>} */
    private function preview(): array
    {
        $problems = [];
        $counts   = $this
            ->shop(self::ONLINE_ONLY)
            ->preview()
            ->run(static function (array $change) use (&$problems): void {
                if (isset($change['problem'])) {
                    $problems[$change['clover_id']] = English::of($change['problem']);
                }
            });

        return ['counts' => $counts, 'problems' => $problems];
    }
}
