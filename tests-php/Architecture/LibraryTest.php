<?php

declare(strict_types=1);

namespace CloverSync\Tests\Architecture;

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Which folder of php-plugin/lib/src may use which, and what may occur in one place only. */
final class LibraryTest extends TestCase
{
    private const PLUGIN = __DIR__ . '/../../php-plugin';

    /** A row may use the rows below it. Folders of one row do not use each other. */
    private const ROWS = [
        ['Joomla'],
        ['Console'],
        ['Alerts'],
        ['Health'],
        ['Tasks'],
        ['Services'],
        ['Status'],
        ['Webhooks'],
        ['Catalog', 'Sales'],
        ['Links', 'Pauses'],
        ['Connection', 'Log', 'RateLimit'],
        ['Locking'],
        ['Database'],
        ['Engine'],
        ['Support'],
        ['Exception'],
        ['Messages'],
    ];

    /** Files that may use floating-point numbers, and for what. Money is text or an integer of minor units. */
    private const FLOATS = [
        'Catalog/RunCost.php'               => 'seconds',
        'Catalog/SyncRunRow.php'            => 'seconds',
        'Catalog/SyncRuns.php'              => 'seconds',
        'Catalog/SyncSlice.php'             => 'seconds',
        'Connection/DatabaseTokenStore.php' => 'seconds',
        'Console/RunCosts.php'              => 'seconds',
        'Console/RunData.php'               => 'seconds',
        'Console/WorkCommand.php'           => 'seconds',
        'Database/Row.php'                  => 'what a database returns',
        'Database/Sql.php'                  => 'what a database returns',
        'Engine/HelperProcess.php'          => 'seconds',
        'Joomla/JoomlaSql.php'              => 'what a database returns',
        'Locking/Lock.php'                  => 'seconds',
        'Sales/Worker.php'                  => 'seconds',
        'Support/Clock.php'                 => 'seconds',
        'Support/Platform.php'              => 'seconds',
        'Support/SystemClock.php'           => 'seconds',
        'Support/TimeBudget.php'            => 'seconds',
        'Tasks/ScheduledTasks.php'          => 'seconds',
        'Webhooks/InboxWorker.php'          => 'seconds',
    ];

    /** Names of clients, in classes and functions. */
    private const HTTP =
        '/^(curl_\w+|p?fsockopen|socket_\w+|stream_(socket|context)_\w+|get_headers|SoapClient)$'
            . '|\\\\Http\\\\Http|^GuzzleHttp/';

    /** Folders that may contain SQL statements. */
    private const SQL = [
        'Catalog',
        'Database',
        'Links',
        'Locking',
        'Log',
        'RateLimit',
        'Sales',
        'Status',
        'Webhooks',
    ];

    /** Known statements in other folders. A line is removed when its cause is removed; none is added. */
    private const SQL_ELSEWHERE = [
        'Joomla/ShopFactory.php',
    ];

    #[TestDox('A folder uses only the rows below it')]
    public function test_rows(): void
    {
        self::assertSame([], self::upward(self::library()));
    }

    #[TestDox('Joomla is named only in Joomla/, and the command line, the plugins and the tests nowhere')]
    public function test_joomla(): void
    {
        self::assertSame([], self::strangers(self::library()));
    }

    #[TestDox('Floating-point numbers hold seconds and counts, never money')]
    public function test_floats(): void
    {
        self::assertSame(array_keys(self::FLOATS), self::floats(self::library()));
    }

    #[TestDox('SQL occurs only in the folders that own tables')]
    public function test_sql(): void
    {
        self::assertSame(self::SQL_ELSEWHERE, self::sqlElsewhere(self::library()));
    }

    #[TestDox('PHP sends no HTTP requests: the extension does')]
    public function test_http(): void
    {
        self::assertSame([], self::http(SourceFile::below(self::PLUGIN)));
    }

    /**
     * @return iterable<string, array{\Closure(list<SourceFile>): list<string>, string, string, list<string>}> Rule,
     *   path, code, what is found
     */
    public static function planted(): iterable
    {
        yield 'an import of a row above' => [
            self::upward(...),
            'Links/A.php',
            'use CloverSync\Shop\Sales\B;',
            ['Links/A.php -> Sales'],
        ];
        yield 'an import of a neighbor' => [
            self::upward(...),
            'Sales/A.php',
            'use CloverSync\Shop\Catalog\{B, C};',
            ['Sales/A.php -> Catalog'],
        ];
        yield 'a full name' => [
            self::upward(...),
            'Log/A.php',
            'new \CloverSync\Shop\Tasks\B();',
            ['Log/A.php -> Tasks'],
        ];
        yield 'a folder without a row' => [
            self::upward(...),
            'New/A.php',
            'use CloverSync\Shop\Log\B;',
            ['New/A.php -> Log'],
        ];
        yield 'a class of a folder without a row' => [
            self::upward(...),
            'Log/A.php',
            'use CloverSync\Shop\New\B;',
            ['Log/A.php -> New'],
        ];
        yield 'a row below' => [
            self::upward(...),
            'Sales/A.php',
            'use CloverSync\Shop\Links\B; // CloverSync\Shop\Tasks\C',
            [],
        ];
        yield 'Joomla by import' => [
            self::strangers(...),
            'Sales/A.php',
            'use Joomla\CMS\Factory;',
            ['Sales/A.php: Joomla\CMS\Factory'],
        ];
        yield 'Joomla in full' => [
            self::strangers(...),
            'A.php',
            '\Joomla\CMS\Factory::getApplication();',
            ['A.php: Joomla\CMS\Factory'],
        ];
        yield 'J2Commerce' => [
            self::strangers(...),
            'Log/A.php',
            'use J2Commerce\Component\X;',
            ['Log/A.php: J2Commerce\Component\X'],
        ];
        yield 'a folder of Joomla' => [
            self::strangers(...),
            'Log/A.php',
            '$a = JPATH_ROOT . "/x";',
            ['Log/A.php: JPATH_ROOT'],
        ];
        yield 'the command line' => [
            self::strangers(...),
            'Joomla/A.php',
            'use CloverSync\Cli\B;',
            ['Joomla/A.php: CloverSync\Cli\B'],
        ];
        yield 'Joomla in its folder' => [self::strangers(...), 'Joomla/A.php', 'use Joomla\CMS\Factory;', []];
        yield 'the catalog’s own folder Joomla' => [
            self::strangers(...),
            'Catalog/A.php',
            'namespace CloverSync\Shop\Catalog; new Joomla\Tags();',
            [],
        ];
        yield 'a float of a parameter' => [
            self::floats(...),
            'Sales/A.php',
            'function f(?float $price) {}',
            ['Sales/A.php'],
        ];
        yield 'a float of a cast' => [self::floats(...), 'Sales/A.php', '$a = (float) $price;', ['Sales/A.php']];
        yield 'a float of a literal' => [self::floats(...), 'Sales/A.php', '$a = $price * 1.19;', ['Sales/A.php']];
        yield 'a float of a function' => [self::floats(...), 'Sales/A.php', '$a = \floatval($price);', ['Sales/A.php']];
        yield 'no float' => [self::floats(...), 'Sales/A.php', '$a = "1.19"; // float', []];
        yield 'SQL' => [
            self::sqlElsewhere(...),
            'Tasks/A.php',
            '$sql->fetchOne("SELECT a FROM $table");',
            ['Tasks/A.php'],
        ];
        yield 'SQL over lines' => [
            self::sqlElsewhere(...),
            'Support/A.php',
            "\$a = '\n  DELETE FROM #__x';",
            ['Support/A.php'],
        ];
        yield 'a sentence' => [self::sqlElsewhere(...), 'Tasks/A.php', '$a = "Select a category.";', []];
        yield 'curl' => [self::http(...), 'lib/src/Log/A.php', '$a = curl_init();', ['lib/src/Log/A.php: curl_init']];
        yield 'a socket' => [
            self::http(...),
            'lib/src/Log/A.php',
            '\stream_socket_client("tcp://a:1");',
            ['lib/src/Log/A.php: stream_socket_client'],
        ];
        yield 'Joomla’s client' => [
            self::http(...),
            'a/A.php',
            'use Joomla\CMS\Http\HttpFactory;',
            ['a/A.php: Joomla\CMS\Http\HttpFactory'],
        ];
        yield 'a file from the net' => [
            self::http(...),
            'a/A.php',
            'file_get_contents("https://a");',
            ['a/A.php: file_get_contents of an address'],
        ];
        yield 'a file' => [self::http(...), 'a/A.php', 'file_get_contents("/proc/stat");', []];
    }

    /**
     * @param \Closure(list<SourceFile>): list<string> $rule
     * @param list<string>                             $found
     */
    #[DataProvider('planted')]
    #[TestDox('A planted violation is found: $_dataName')]
    public function test_planted(\Closure $rule, string $path, string $code, array $found): void
    {
        self::assertSame($found, $rule([new SourceFile($path, "<?php $code")]));
    }

    /** @return list<SourceFile> */
    private static function library(): array
    {
        $files = SourceFile::below(self::PLUGIN . '/lib/src');
        self::assertGreaterThan(50, \count($files));

        return $files;
    }

    /**
     * @param list<SourceFile> $files
     *
     * @return list<string>
     */
    private static function upward(array $files): array
    {
        $found = [];

        foreach ($files as $file) {
            foreach ($file->folders() as $folder) {
                if ((self::row($file->folder()) ?? PHP_INT_MAX) >= (self::row($folder) ?? -1)) {
                    $found[] = "$file->path -> $folder";
                }
            }
        }

        return $found;
    }

    private static function row(string $folder): ?int
    {
        foreach (self::ROWS as $i => $folders) {
            if (\in_array($folder, $folders, true)) {
                return $i;
            }
        }

        return null;
    }

    /**
     * @param list<SourceFile> $files
     *
     * @return list<string>
     */
    private static function strangers(array $files): array
    {
        $found = [];

        foreach ($files as $file) {
            $foreign = $file->folder() === 'Joomla'
                ? '/^CloverSync\\\\(Cli|Dev|Tests)\\\\|^J2Commerce\\\\Plugin\\\\/'
                : '/^CloverSync\\\\(Cli|Dev|Tests)\\\\|^(Joomla|J2Commerce)\\\\|^JPATH_/';
            $names = preg_grep($foreign, [...$file->classes(), ...$file->words()]) ?: [];

            foreach (array_unique($names) as $name) {
                $found[] = "$file->path: $name";
            }
        }

        return $found;
    }

    /**
     * @param list<SourceFile> $files
     *
     * @return list<string>
     */
    private static function floats(array $files): array
    {
        return self::paths($files, static fn (SourceFile $file): bool => $file->countsInFloats());
    }

    /**
     * @param list<SourceFile> $files
     *
     * @return list<string>
     */
    private static function sqlElsewhere(array $files): array
    {
        return self::paths(
            $files,
            static fn (SourceFile $file): bool => !\in_array($file->folder(), self::SQL, true) && $file->hasSql(),
        );
    }

    /**
     * @param list<SourceFile> $files
     *
     * @return list<string>
     */
    private static function http(array $files): array
    {
        $found = [];

        foreach ($files as $file) {
            $names = preg_grep(self::HTTP, [
                ...$file->classes(),
                ...$file->words(),
            ]) ?: [];

            foreach (array_unique($names) as $name) {
                $found[] = "$file->path: $name";
            }

            foreach ($file->opensAddresses() as $function) {
                $found[] = "$file->path: $function of an address";
            }
        }

        return $found;
    }

    /**
     * @param list<SourceFile>           $files
     * @param \Closure(SourceFile): bool $is
     *
     * @return list<string>
     */
    private static function paths(array $files, \Closure $is): array
    {
        return array_values(array_map(static fn (SourceFile $file): string => $file->path, array_filter($files, $is)));
    }
}
