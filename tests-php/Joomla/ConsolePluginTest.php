<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Console\CommandName;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\CloverSiteTestCase;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\JoomlaSite;
use J2Commerce\Plugin\Console\Cloversync\Extension\Cloversync;
use Joomla\Application\ApplicationEvents;
use Joomla\Application\Event\ApplicationEvent;
use PHPUnit\Framework\Attributes\TestDox;
use Symfony\Component\Console\Input\ArrayInput;
use Symfony\Component\Console\Output\BufferedOutput;

/** The commands in Joomla's console. */
final class ConsolePluginTest extends CloverSiteTestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $plugin = new Cloversync(['type' => 'console', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(JoomlaSite::app());
        $plugin->setDatabase($this->joomla);
        $this->dispatcher->addSubscriber($plugin);
        $this->dispatcher->dispatch(
            ApplicationEvents::BEFORE_EXECUTE,
            new ApplicationEvent(ApplicationEvents::BEFORE_EXECUTE, JoomlaSite::app()),
        );
    }

    #[TestDox('Each command is in the console, with its options')]
    public function test_commands(): void
    {
        foreach (CommandName::cases() as $name) {
            $command = JoomlaSite::app()->getCommand("cloversync:$name->value");
            self::assertSame($name->usage()->summary, $command->getDescription());
            $options = array_keys($command->getDefinition()->getOptions());

            foreach ($name->usage()->options as $option) {
                self::assertContains($option->name, $options);
            }
        }
    }

    #[TestDox('A site is synced, and its commands answer with the fixed keys')]
    public function test_a_synced_site(): void
    {
        $this->connect();
        [$code, $lines] = $this->json('sync');
        $done = end($lines) ?: [];
        self::assertSame([0, 'done', 55], [$code, $done['event'] ?? null, $done['imported'] ?? null]);
        self::assertSame(55, $this->json('status')[1][0]['products']);
        self::assertSame(0, $this->last('preview')['creates']);
        self::assertSame(0, $this->last('sync', ['--dry-run' => true])['product_rows_written']);
        self::assertSame(0, $this->last('sync', ['--stock-only' => true])['product_rows_written']);
        self::assertSame(0, $this->last('work', ['--once' => true])['claimed']);
        self::assertGreaterThan(0, $this->last('drift')['items']);
        self::assertSame(2, $this->last('log', ['--limit' => '2'])['entries']);
    }

    #[TestDox('People read lines, and are sent to the dashboard for what the console does not have')]
    public function test_lines(): void
    {
        [$code, $text] = $this->text('status');
        self::assertSame(0, $code);
        self::assertStringContainsString('To connect, use the Clover Dashboard.', $text);
        [$code, $text] = $this->text('sync');
        self::assertSame(1, $code);
        self::assertStringContainsString('error: ', $text);
    }

    #[TestDox('Wrong options have exit code 2, for programs too')]
    public function test_usage(): void
    {
        foreach ([
            ['log', ['--limit' => 'many']],
            ['log', ['--limit' => '']],
            ['sync', ['--fast' => true]],
        ] as [$name, $options]) {
            [$code, $lines] = $this->json($name, $options);
            self::assertSame([2, 'error', 'usage'], [$code, $lines[0]['event'], $lines[0]['kind']]);
        }
    }

    #[TestDox('While the app is disabled, commands fail with a sentence, and the doctor names it')]
    public function test_disabled(): void
    {
        $this->plugins([]);
        [$code, $lines] = $this->json('status');
        self::assertSame([1, 'error'], [$code, $lines[0]['event']]);
        self::assertStringContainsString('not enabled', (string) $lines[0]['message']);
        [$code, $lines] = $this->json('doctor');
        self::assertSame(3, $code);
        self::assertSame(['shop', 'red', 'app_disabled'], [
            $lines[1]['check'],
            $lines[1]['state'],
            $lines[1]['code'],
        ]);
    }

    #[TestDox('The doctor knows the scheduler, the Auth Code and the versions of the site')]
    public function test_doctor(): void
    {
        $this->sql->execute('CREATE TABLE #__scheduler_tasks (title VARCHAR(255), type VARCHAR(128), state TINYINT,
            next_execution DATETIME)');
        $this->connect();
        $this->json('sync');
        self::assertSame('check_tasks_off', $this->check('cron')['code']);
        $this->sql->execute(
            "INSERT INTO #__scheduler_tasks VALUES ('Full', 'cloversync.fullSync', 1, NULL),
                ('Off', 'cloversync.inventory', 0, NULL), ('Other', 'rotation.logs', 1, NULL)",
        );
        self::assertSame('check_tasks_never', $this->check('cron')['code']);
        ShopFactory::stored(JoomlaSite::app(), $this->joomla)->siteState()->set('task_seen', (string) time());
        $cron = $this->check('cron');
        self::assertSame(['check_tasks', ['Full']], [$cron['code'], $cron['data']['tasks'] ?? null]);
        self::assertSame('check_webhook_never', $this->check('webhook')['code']);
        self::assertStringContainsString('Joomla ' . JVERSION, (string) $this->check('versions')['message']);
    }

    /** @return array<string, mixed> */
    private function check(string $subject): array
    {
        [, $lines] = $this->json('doctor');

        foreach ($lines as $line) {
            if (($line['check'] ?? '') === $subject) {
                return $line;
            }
        }

        self::fail("There is no check $subject.");
    }

    /**
     * @param array<string, string|true> $options
     *
     * @return array<string, mixed> The last line of a command that ended well
     */
    private function last(string $name, array $options = []): array
    {
        [$code, $lines] = $this->json($name, $options);
        $last = end($lines) ?: [];
        self::assertSame([0, 'done'], [$code, $last['event'] ?? null], json_encode($lines, JSON_THROW_ON_ERROR));

        return $last;
    }

    /**
     * @param array<string, string|true> $options
     *
     * @return array{int, list<array<string, mixed>>} Exit code and lines
     */
    private function json(string $name, array $options = []): array
    {
        [$code, $text] = $this->text($name, ['--json' => true] + $options);

        // Here both outputs are one; what is for people only does not begin with a brace.
        return [$code, CommandLine::lines(implode("\n", preg_grep('/^\{/', explode("\n", $text)) ?: []))];
    }

    /**
     * @param array<string, string|true> $options
     *
     * @return array{int, string}
     */
    private function text(string $name, array $options = []): array
    {
        $output = new BufferedOutput();
        $code   = JoomlaSite::app()->getCommand("cloversync:$name")->execute(new ArrayInput($options), $output);

        return [$code, $output->fetch()];
    }
}
