<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Joomla\SiteMedia;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\CloverSiteTestCase;
use Joomla\CMS\Component\ComponentHelper;
use PHPUnit\Framework\Attributes\TestDox;

/** A description and a picture of Clover's online menu, in a site. */
final class OnlinePartTest extends CloverSiteTestCase
{
    /** @var list<string> Files that a test has stored */
    private array $stored = [];

    protected function tearDown(): void
    {
        foreach ($this->stored as $path) {
            unlink(JPATH_ROOT . "/$path");
        }

        parent::tearDown();
    }

    #[TestDox('A new product has the description as its article’s text, and the picture in the site’s images')]
    public function test_import(): void
    {
        $id = $this->clover->add([
            'name'     => 'Painted Vase',
            'price'    => 500,
            'menuItem' => [
                'name'          => 'Painted Vase',
                'description'   => "Blue {loadmodule x}\n\n<script>alert(1)</script>",
                'imageFilename' => "{$this->clover->url}/media/painted.png",
                'enabled'       => true,
            ],
        ]);
        $run = $this->connect()->shop()->runner()->run(new TimeBudget());
        self::assertSame(RunStatus::Done, $run->status);
        $row = $this->sql->fetchAll(
            'SELECT c.introtext, i.main_image, i.main_image_alt FROM #__j2commerce_clover_mappings m
               JOIN #__content c ON c.id = m.article_id
               LEFT JOIN #__j2commerce_productimages i ON i.product_id = m.product_id WHERE m.clover_id = ?',
            [$id],
        )[0];
        $this->stored[] = (string) $row['main_image'];
        self::assertSame(
            "<p>Blue &#123;loadmodule x&#125;</p>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
            $row['introtext'],
        );
        $images = (string) ComponentHelper::getParams('com_media')->get('image_path', 'images');
        self::assertMatchesRegularExpression("#^$images/clover/[0-9a-f]{64}\\.png$#", (string) $row['main_image']);
        self::assertSame('Painted Vase', $row['main_image_alt']);
        $file = JPATH_ROOT . '/' . (string) $row['main_image'];
        self::assertSame((string) hash_file('sha256', $file) . '.png', basename($file));
        self::assertFalse(is_file("$file.part"));
    }

    #[TestDox('The same content is one file')]
    public function test_one_file(): void
    {
        $media          = new SiteMedia();
        $this->stored[] = $path = (string) $media->store("\xff\xd8\xff a picture", 'jpg');
        self::assertTrue($media->has($path));
        touch(JPATH_ROOT . "/$path", 1_000_000_000);
        self::assertSame($path, $media->store("\xff\xd8\xff a picture", 'jpg'));
        clearstatcache();
        self::assertSame(1_000_000_000, filemtime(JPATH_ROOT . "/$path"));
        self::assertFalse($media->has('images/clover/none.jpg'));
    }
}
