<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Notices;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HealthPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Page;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ServerPage;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Document\HtmlDocument;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The app with tables that a newer version has made, as after the installation of an older package. */
final class UnusableTablesTest extends JoomlaTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->factory()->sql();
        $this->sql->execute("UPDATE #__j2commerce_clover_state SET value = '999' WHERE name = 'schema'");
        // Loads the texts.
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    /** @return iterable<string, array{\Closure(ShopFactory, CMSWebApplicationInterface): Page}> */
    public static function pages(): iterable
    {
        yield 'dashboard' => [
            static fn (ShopFactory $factory, CMSWebApplicationInterface $app): Page => new DashboardPage(
                $factory,
                $app,
            ),
        ];
        yield 'health' => [
            static fn (ShopFactory $factory, CMSWebApplicationInterface $app): Page => new HealthPage($factory, $app),
        ];
        yield 'server' => [
            static fn (ShopFactory $factory, CMSWebApplicationInterface $app): Page => new ServerPage($factory, $app),
        ];
    }

    /** @param \Closure(ShopFactory, CMSWebApplicationInterface): Page $make */
    #[DataProvider('pages')]
    #[TestDox('The page $_dataName opens')]
    public function test_page(\Closure $make): void
    {
        $toolbar = (new HtmlDocument())->getToolbar() ?? self::fail('Joomla makes one.');
        $page    = $make($this->factory(), self::createStub(CMSWebApplicationInterface::class));
        self::assertStringNotContainsString('PLG_', $page->render($toolbar, new Input()));
    }

    #[TestDox('J2Commerce’s dashboard names the problem')]
    public function test_notices(): void
    {
        $notices = new Notices($this->factory());
        self::assertSame('1', $notices->quickIcon()['badge'] ?? '');
        $message = $notices->messages()[0] ?? [];
        self::assertSame('plg_j2commerce_app_cloverpos_problem', $message['id'] ?? '');
        self::assertStringContainsString('newer version', json_encode($message, JSON_THROW_ON_ERROR));
    }
}
