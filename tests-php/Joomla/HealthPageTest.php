<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Health\Check;
use CloverSync\Shop\Health\Checks;
use CloverSync\Shop\Health\CheckState;
use CloverSync\Shop\Health\CheckSubject;
use CloverSync\Shop\Joomla\SiteFacts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Status\DayFigures;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\HealthView;
use PHPUnit\Framework\Attributes\TestDox;

/** The page Health, with Joomla's texts. */
final class HealthPageTest extends JoomlaTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        // Loads the texts.
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    #[TestDox('Before the first connection the page says what is to be repaired, where, and that no figures are known')]
    public function test_unconnected(): void
    {
        $factory = $this->factory();
        $checks  = (new Checks(SiteFacts::read($factory->sql(), $factory), $factory->shop()))->all();
        $page    = self::view($checks, []);
        $html    = self::html($page);
        self::assertSame(1, $page->count(CheckState::Red));
        self::assertStringContainsString('data-clover-check="access"', $html);
        self::assertStringContainsString('To repair: 1.', $html);
        self::assertStringContainsString('pluginview=dashboard', $html);
        self::assertStringContainsString('The figures begin with the first connection.', $html);
        self::assertDoesNotMatchRegularExpression('/PLG_|LIB_|<canvas/', $html);
        self::assertStringContainsString('Joomla ' . JVERSION, $html);
    }

    #[TestDox('With an address for mails the page says whether Joomla sends them, and where that is switched on')]
    public function test_mails(): void
    {
        $factory = $this->factory(['alert_email' => 'owner@shop.example']);

        foreach ([false, true] as $online) {
            JoomlaSite::app()->set('mailonline', $online);
            $checks = (new Checks(SiteFacts::read($factory->sql(), $factory), $factory->shop()))->all();
            $html   = self::html(self::view($checks, []));
            self::assertStringContainsString('data-clover-check="mails"', $html);
            self::assertSame($online, !str_contains($html, 'Joomla does not send mails'));
            self::assertSame($online, !str_contains($html, 'option=com_config'));
        }
    }

    #[TestDox('Every check has a name and each state an icon and a word; only what is not fine has a link')]
    public function test_states(): void
    {
        $hostile = '<script>alert("x")</script>';

        foreach (CheckState::cases() as $state) {
            $html = self::html(self::view(
                array_map(
                    static fn (CheckSubject $subject): Check => new Check($subject, $state, Message::said($hostile)),
                    CheckSubject::cases(),
                ),
                null,
            ));
            self::assertStringNotContainsString('<script', $html);
            self::assertDoesNotMatchRegularExpression('/PLG_|LIB_/', $html);
            self::assertStringNotContainsString('clover-days', $html, 'Figures that cannot be read');
            $word = match ($state) {
                CheckState::Green  => ['fa-circle-check', 'Fine'],
                CheckState::Yellow => ['fa-triangle-exclamation', 'Look at it'],
                CheckState::Red    => ['fa-circle-xmark', 'To repair'],
            };
            $count = \count(CheckSubject::cases());
            self::assertSame($count, substr_count($html, $word[0]));
            self::assertSame($count, substr_count($html, "</span> $word[1]<"));
            self::assertSame($state === CheckState::Green, !str_contains($html, '<div><a '));
        }
    }

    #[TestDox('Figures are in the reader\'s form, newest first, and those that were deleted are not zero')]
    public function test_days(): void
    {
        $html = self::html(self::view([], [
            new DayFigures('2026-11-30', 0, null, null, 7),
            new DayFigures('2026-12-01', 12_345, 24, 3, 0),
        ]));
        self::assertMatchesRegularExpression('/2026-12-01.+2026-11-30/s', $html);
        self::assertStringContainsString('12,345', $html);
        self::assertSame(2, substr_count($html, 'no longer kept'));
        self::assertStringContainsString('Europe/Berlin', $html);
        self::assertSame(1, substr_count($html, '<canvas role="img"'));
        self::assertDoesNotMatchRegularExpression('/PLG_|LIB_/', $html);
    }

    /**
     * @param list<Check>       $checks
     * @param ?list<DayFigures> $days
     */
    private static function view(array $checks, ?array $days): HealthView
    {
        return new HealthView($checks, $days, new \DateTimeZone('Europe/Berlin'), 30, 'index.php?settings');
    }

    private static function html(HealthView $page): string
    {
        return (static function (array $displayData): string {
            ob_start();
            require \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos/tmpl/health.php';

            return (string) ob_get_clean();
        })(['page' => $page]);
    }
}
