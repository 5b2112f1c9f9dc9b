<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\J2Commerce\ProductPictures;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Tests\Support\SyncTestCase;
use CloverSync\Tests\Support\TestMedia;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Pictures of new products, from addresses on hosts of Clover. */
final class PicturesTest extends SyncTestCase
{
    private TestMedia $media;

    protected function setUp(): void
    {
        parent::setUp();
        $this->media = new TestMedia();
    }

    protected function media(): TestMedia
    {
        return $this->media;
    }

    #[TestDox('A new product gets its picture as the main image, and each address is read once')]
    public function test_pictures(): void
    {
        $vase = $this->add('Vase', 'vase.png');
        $twin = $this->add('Twin', 'vase.png');
        $bowl = $this->add('Bowl', 'bowl.webp');
        $name = $this->clover->add(['name' => 'Name', 'price' => 5, 'menuItem' => self::menu('vase.png')]);
        $this->connectedAndSynced();
        $path = 'images/clover/' . hash('sha256', $this->content('vase.png')) . '.png';
        self::assertSame([$path, 'Vase'], $this->image($vase));
        self::assertSame([$path, 'Twin'], $this->image($twin));
        self::assertStringEndsWith('.webp', $this->image($bowl)[0] ?? '');
        self::assertNull($this->image($name), 'A name is not an address.');
        self::assertCount(2, $this->media->files);
        self::assertCount(2, $this->clover->calls(0, '#/media/#'));

        // Later it is the owner's, whatever Clover has.
        $this->clover->edit($vase, ['price' => 700, 'menuItem' => self::menu($this->address('other.png'))]);
        $this->sql->execute("UPDATE #__j2commerce_productimages SET main_image = '' WHERE product_id = ?", [
            $this->product($vase)['product_id'],
        ]);
        self::assertSame(1, $this->sync()->updated);
        self::assertSame(['', 'Vase'], $this->image($vase));
        $late = $this->add('Late', 'vase.png');
        $this->sync();
        self::assertSame([$path, 'Late'], $this->image($late));
        self::assertCount(2, $this->clover->calls(0, '#/media/#'));
    }

    /** @return iterable<string, array{string}> */
    public static function refused(): iterable
    {
        yield 'no picture' => ['page.svg'];
        yield 'too large' => ['huge.png'];
        yield 'another host' => ['moved.png'];
        yield 'not there' => ['none.txt'];
    }

    #[DataProvider('refused')]
    #[TestDox('What is not a picture is refused once, with an entry in the log, and the sync is done: $_dataName')]
    public function test_refused(string $name): void
    {
        $id = $this->add('Vase', $name);
        $this->connectedAndSynced();
        $this->sync();
        self::assertNull($this->image($id));
        self::assertSame([], $this->media->files);
        self::assertCount(1, $this->clover->calls(0, '#/media/#'));
        $said = array_column(
            array_filter($this->logOf($id), static fn (array $entry): bool => $entry['status'] === 'skipped'),
            'message',
        );
        self::assertCount(1, $said);
        self::assertStringContainsString("The picture {$this->address($name)} was not taken over", $said[0]);
    }

    #[TestDox('Only hosts of Clover are asked')]
    public function test_other_hosts(): void
    {
        $addresses = [
            'http://127.0.0.1:1/media/a.png',
            'https://clover.com.example.org/a.png',
            'http://clover.com/a.png',
        ];
        $ids = array_map(fn (string $address): string => $this->clover->add([
            'name'     => $address,
            'price'    => 5,
            'menuItem' => self::menu($address),
        ]), $addresses);
        $this->connectedAndSynced();
        self::assertSame([null, null, null], array_map($this->image(...), $ids));
    }

    #[TestDox('A picture that is not to be had is tried again later, five times, and never fails a sync')]
    public function test_later(): void
    {
        $id = $this->add('Vase', 'vase.png');
        $this->clover->fault('GET /media/*', 'status', 1, 0, ['code' => 503]);
        $this->connectedAndSynced();
        self::assertNull($this->image($id));
        $this->sync();
        self::assertCount(1, $this->clover->calls(0, '#/media/#'), 'Not at once.');
        $this->media->isWritable = false;

        for ($n = 2; $n <= 6; $n++) {
            $this->sql->execute('UPDATE ' . ProductPictures::TABLE . ' SET next_try = 0');
            self::assertSame(RunStatus::Done, $this->sync()->status);
            self::assertCount(min($n, 5), $this->clover->calls(0, '#/media/#'));
        }

        self::assertNull($this->image($id));
        self::assertSame('skipped', array_column($this->logOf($id), 'status')[1] ?? null);
    }

    #[TestDox('While the pictures’ server is not there, three are waited for')]
    public function test_patience(): void
    {
        for ($n = 0; $n < 6; $n++) {
            $this->add("Vase $n", "$n.png");
        }

        $this->clover->fault('GET /media/*', 'status', 99, 0, ['code' => 503]);
        $this->connectedAndSynced();
        self::assertCount(3, $this->clover->calls(0, '#/media/#'));
        $this->clover->clearFaults();
        $this->sync();
        self::assertCount(3, $this->media->files);
    }

    #[TestDox('A product that has a main image keeps it, and one that is gone gets none')]
    public function test_own_images(): void
    {
        $own  = $this->add('Own', 'own.png');
        $gone = $this->add('Gone', 'gone.png');
        $this->clover->fault('GET /media/*', 'status', 2, 0, ['code' => 503]);
        $this->connectedAndSynced();
        $this->sql->execute(
            'INSERT INTO #__j2commerce_productimages
            (product_id, main_image, main_image_alt, thumb_image_alt) VALUES (?, ?, ?, ?)',
            [
                $this->product($own)['product_id'],
                'images/own.png',
                'Own',
                '',
            ],
        );
        $this->sql->execute('DELETE FROM #__j2commerce_products WHERE j2commerce_product_id = ?', [
            $product = $this->product($gone)['product_id'],
        ]);
        $this->sql->execute('UPDATE ' . ProductPictures::TABLE . ' SET next_try = 0');
        $this->sync();
        self::assertSame(['images/own.png', 'Own'], $this->image($own));
        self::assertSame(
            0,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_productimages WHERE product_id = ?', [
                $product,
            ]),
        );
    }

    private function add(string $name, string $picture): string
    {
        return $this->clover->add([
            'name'     => $name,
            'price'    => 500,
            'menuItem' => self::menu($this->address($picture)),
        ]);
    }

    private function address(string $name): string
    {
        return "{$this->clover->url}/media/$name";
    }

    /** @return array{name: string, description: string, imageFilename: string, enabled: bool} */
    private static function menu(string $picture): array
    {
        return ['name' => 'Vase', 'description' => '', 'imageFilename' => $picture, 'enabled' => true];
    }

    private function content(string $name): string
    {
        foreach ($this->media->files as $content) {
            if (str_ends_with($content, $name)) {
                return $content;
            }
        }

        self::fail("$name was not stored");
    }

    /** @return ?array{string, string} The main image and its text */
    private function image(string $cloverId): ?array
    {
        $row =
            $this->sql->fetchAll(
                'SELECT i.main_image, i.main_image_alt FROM #__j2commerce_productimages i
               JOIN #__j2commerce_clover_mappings m ON m.product_id = i.product_id WHERE m.clover_id = ?',
                [$cloverId],
            )[0] ?? null;

        return $row === null ? null : [(string) $row['main_image'], (string) $row['main_image_alt']];
    }
}
