<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Notices;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HealthPage;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Page;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ServerPage;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Factory;
use Joomla\CMS\Toolbar\ToolbarFactoryInterface;
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

    /** @return iterable<string, array{class-string<Page>}> */
    public static function pages(): iterable
    {
        yield 'dashboard' => [DashboardPage::class];
        yield 'health' => [HealthPage::class];
        yield 'server' => [ServerPage::class];
    }

    /** @param class-string<DashboardPage|HealthPage|ServerPage> $class */
    #[DataProvider('pages')]
    #[TestDox('The page $_dataName opens')]
    public function test_page(string $class): void
    {
        /** @var ToolbarFactoryInterface $toolbars */
        $toolbars = Factory::getContainer()->get(ToolbarFactoryInterface::class);
        $page     = new $class($this->factory(), self::createStub(CMSWebApplicationInterface::class));
        $toolbar  = $toolbars->createToolbar('toolbar');
        $page->render($toolbar, new Input());
        self::assertNotSame([], $toolbar->getItems());
    }

    #[TestDox('J2Commerce’s dashboard names the problem')]
    public function test_notices(): void
    {
        $notices = new Notices($this->factory());
        self::assertSame('1', $notices->quickIcon()['badge'] ?? '');
        $texts = array_column($notices->messages(), 'text', 'id');
        self::assertStringContainsString('newer version', $texts['plg_j2commerce_app_cloverpos_problem'] ?? '');
    }
}
