<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\MariaDb;

/** All topics, in the order in which they are run: what is big comes last. */
final class Suite
{
    private const FOLDER = __DIR__ . '/../../target/bench';

    private readonly Table $table;

    private readonly Raw $raw;

    public function __construct(
        private readonly string $chosen,
        private readonly int $items,
    ) {
        $this->table = new Table();
        $this->raw   = new Raw();
    }

    /** @return int Exit code: 1 when a target was missed */
    public function run(): int
    {
        is_dir(self::FOLDER) || mkdir(self::FOLDER, recursive: true);
        MariaDb::startDurable((string) realpath(self::FOLDER)) ?? throw new \RuntimeException(
            'MariaDB is not installed: run scripts/setup.sh.',
        );
        $began = microtime(true);
        $facts = [];

        foreach ($this->topics() as $name => $topic) {
            fwrite(STDERR, "\n== $name ==\n");

            try {
                foreach ($topic->run($this->raw) as $row) {
                    $this->table->add($row);
                }
            } catch (\Throwable $e) {
                // What was measured before and what comes after is worth having.
                $this->table->add(new Row($name, 'failed: ' . $e->getMessage(), '', false));
                fwrite(STDERR, "$e\n");
            }

            $this->write(
                $facts = Machine::facts() + ['seed' => Place::SEED, 'seconds' => round(microtime(true) - $began)],
            );
        }

        echo "\n", $this->table->text(), "\n", Machine::text($facts), "\n";

        return array_filter($this->table->rows, static fn (Row $row): bool => $row->met === false) === [] ? 0 : 1;
    }

    /** @return array<string, Topic> */
    private function topics(): array
    {
        $wanted = array_values(array_filter(array_map(trim(...), explode(',', $this->chosen))));
        $items  = fn (int $all): int => $this->items > 0 ? min($this->items, $all) : $all;
        $has    = static fn (string $name): bool => $wanted === [] || \in_array($name, $wanted, true);
        $all    = [
            'import'    => static fn (): Topic => new ImportTopic(true, $has('unchanged'), $items(10_000)),
            'unchanged' => static fn (): Topic => new ImportTopic(false, true, $items(10_000)),
            'memory'    => static fn (): Topic => new MemoryTopic([intdiv($items(50_000), 5), $items(50_000)]),
            'stock'     => static fn (): Topic => new StockTopic($items(1_000)),
            'webhook'   => static fn (): Topic => new WebhookTopic($items(1_000)),
            'joomla'    => static fn (): Topic => new JoomlaTopic(),
            'crowd'     => fn (): Topic => new CrowdTopic($this->items > 0 ? 20.0 : 60.0),
            'mapping'   => static fn (): Topic => new MappingTopic($items(10_000)),
            'loading'   => static fn (): Topic => new LoadingTopic(),
            'queries'   => fn (): Topic => new QueriesTopic($items(10_000), $this->items === 0),
            'growth'    => fn (): Topic => new GrowthTopic(
                array_values(array_unique(array_map($items, [1_000, 10_000, 50_000, 200_000]))),
                $this->items === 0,
            ),
        ];

        if (($unknown = array_diff($wanted, array_keys($all))) !== []) {
            throw new \InvalidArgumentException(
                'BENCH knows no ' . implode(', ', $unknown) . '; it knows ' . implode(', ', array_keys($all)) . '.',
            );
        }

        $chosen = array_filter($all, $has, ARRAY_FILTER_USE_KEY);

        // The first imports are measured with the unchanged runs on top of them.
        if (isset($chosen['import'])) {
            unset($chosen['unchanged']);
        }

        $topics = [];

        foreach ($chosen as $name => $topic) {
            $topics[$name] = $topic();
        }

        return $topics;
    }

    /** @param array<string, mixed> $facts */
    private function write(array $facts): void
    {
        file_put_contents(
            self::FOLDER . '/results.json',
            json_encode(
                [
                    'rows'    => array_map(get_object_vars(...), $this->table->rows),
                    'machine' => $facts,
                    'raw'     => $this->raw->values,
                ],
                JSON_THROW_ON_ERROR
                | JSON_PRETTY_PRINT
                | JSON_UNESCAPED_UNICODE
                | JSON_UNESCAPED_SLASHES
                | JSON_PRESERVE_ZERO_FRACTION,
            )
                . "\n",
        );
    }
}
