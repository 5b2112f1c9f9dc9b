<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Engine\Checksum;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\EngineReport;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\HelperTrial;
use CloverSync\Shop\Engine\PhpFacts;
use CloverSync\Shop\Engine\SeenPhp;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HostRequest;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\ServerView;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Language;
use Joomla\CMS\Language\LanguageFactoryInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The page Server, with Joomla's texts. */
final class ServerPageTest extends JoomlaTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        // Loads the texts.
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    #[TestDox('What the command line last was is stored once, and read for the page')]
    public function test_command_line(): void
    {
        $requirements = $this->factory()->requirements();
        self::assertNull($requirements->commandLine());
        $requirements->remember();
        $seen = $requirements->commandLine();
        self::assertNotNull($seen);
        self::assertTrue($seen->works());
        self::assertSame([Requirements::here()->engine->engine, PHP_VERSION], [$seen->engine->engine, $seen->php]);
        self::assertNotNull($seen->seenAt);
        self::assertNull($requirements->problemOfCommandLine());
    }

    #[TestDox('Where the core runs, the page has no problem and no request to the host')]
    public function test_works(): void
    {
        $view = ServerView::read($this->factory());
        self::assertNull($view->webProblem);
        self::assertNull($view->cli);
        $html = self::html($view);
        self::assertStringContainsString(Engine::VERSION, $html);
        self::assertStringNotContainsString('fa-circle-xmark', $html);
        self::assertStringNotContainsString('PLG_', $html);
        self::assertStringContainsString('Joomla: ' . JVERSION . "\n", $view->report);
        self::assertStringNotContainsString(JoomlaSite::SECRET, $view->report);
    }

    /** @return iterable<string, array{HelperProblem}> */
    public static function problems(): iterable
    {
        foreach (HelperProblem::cases() as $problem) {
            yield $problem->value => [$problem];
        }
    }

    #[DataProvider('problems')]
    #[TestDox('The page names the problem $_dataName, and what the host can do')]
    public function test_problem(HelperProblem $problem): void
    {
        $hostile = '<script>alert("x")</script>';
        $seen    = new SeenPhp(
            new EngineReport(Engine::Helper, null, $problem, $hostile),
            null,
            '8.4.1',
            "/home/maria/$hostile.ini",
            null,
        );
        $request = $this->request(self::facts(), $seen, null, "extension=/x/$hostile.so");
        $html    = self::html($this->view($seen, $problem, $hostile, $request));
        self::assertStringNotContainsString('<script', $html);
        self::assertStringNotContainsString('PLG_', $html . (string) $request);
        self::assertStringContainsString('alert-danger', $html);
        self::assertStringContainsString('fa-circle-xmark', $html);
        self::assertSame($problem === HelperProblem::OtherVersion, !str_contains((string) $request, 'proc_open'));
        self::assertSame(3, substr_count($html, '<textarea'));
        self::assertSame(4, substr_count($html, 'data-clover-copy='));
    }

    #[TestDox('Functions that only the command line lacks are asked for too, and the same request is made once')]
    public function test_requests(): void
    {
        $works = new SeenPhp(new EngineReport(Engine::Helper, Engine::VERSION), null, '8.4.1', null, null);
        $lacks = new SeenPhp(new EngineReport(Engine::Helper, Engine::VERSION), 'nl2br', '8.4.1', null, 1);
        self::assertNull($this->request(self::facts(), $works, null, null));
        self::assertNull($this->request(self::facts(), $works, $works, null));

        foreach ([[$works, $lacks], [$lacks, $lacks]] as [$web, $cli]) {
            self::assertSame(1, substr_count((string) $this->request(self::facts(), $web, $cli, null), 'nl2br'));
        }

        $line = (string) $this->request(self::facts(), $works, null, 'extension=/x.so');
        self::assertStringContainsString('extension=/x.so', $line);
        self::assertStringNotContainsString('cannot run', $line);
    }

    #[TestDox('The request is in the reader\'s language, and for hosts that answer in English there is a copy')]
    public function test_languages(): void
    {
        $seen = new SeenPhp(
            new EngineReport(Engine::Helper, null, HelperProblem::Disabled, 'proc_open'),
            null,
            '',
            null,
            null,
        );
        $request = static fn (string $language): string => (string) (new HostRequest(self::language($language)))->text(
            self::facts(),
            $seen,
            $seen,
            'extension=/x.so',
        );
        self::assertStringStartsWith('Hello, our shop', $request('en-GB'));
        self::assertStringStartsWith('Guten Tag', $request('de-DE'));
        self::assertDoesNotMatchRegularExpression('/\b(?:please|the|this|is)\b/i', $request('de-DE'));
        $html = self::html($this->view($seen, HelperProblem::Disabled, 'Guten Tag', $request('de-DE')));
        self::assertStringContainsString('id="clover-server-request-english"', $html);
        self::assertNull(ServerView::read($this->factory())->requestInEnglish, 'The reader reads English.');
    }

    private static function language(string $tag): Language
    {
        /** @var LanguageFactoryInterface $factory */
        $factory  = Factory::getContainer()->get(LanguageFactoryInterface::class);
        $language = $factory->createLanguage($tag);
        $plugin   = \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos';
        $language->load('plg_j2commerce_app_cloverpos', $plugin, $tag, true, false);

        return $language;
    }

    private function view(SeenPhp $web, HelperProblem $problem, string $hostile, ?string $request): ServerView
    {
        return new ServerView(
            web: $web,
            webProblem: Requirements::problemOf($web, false),
            cli: $web,
            cliProblem: Requirements::problemOf($web, true),
            php: self::facts(),
            trials: [new HelperTrial($hostile, $hostile, $hostile, $problem, $hostile, Checksum::Changed)],
            folder: $hostile,
            line: "extension=/x/$hostile.so",
            libraryName: $hostile,
            libraryFolders: [$hostile],
            restart: 'FPM',
            request: $request ?? $hostile,
            requestInEnglish: $hostile,
            report: $hostile,
        );
    }

    private function request(PhpFacts $php, SeenPhp $web, ?SeenPhp $cli, ?string $line): ?string
    {
        return (new HostRequest(JoomlaSite::app()->getLanguage()))->text($php, $web, $cli, $line);
    }

    private static function facts(): PhpFacts
    {
        return new PhpFacts(
            version: '8.4.1',
            sapi: 'fpm-fcgi',
            system: 'Linux 6.1',
            machine: null,
            libc: 'unknown',
            hasPlainBuild: true,
            iniFile: '/etc/<script>/php.ini',
            extensionFolder: '',
            isConfined: true,
            noexec: true,
            disabled: ['proc_open'],
        );
    }

    private static function html(ServerView $page): string
    {
        return (static function (array $displayData): string {
            ob_start();
            require \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos/tmpl/server.php';

            return (string) ob_get_clean();
        })(['page' => $page]);
    }
}
