<?php

declare(strict_types=1);

/**
 * Runs PHPUnit: one process for each test class, database and engine, some of them side by side, since most of them
 * wait.
 *
 *   php scripts/test-php.php [options for PHPUnit]
 *
 * Needs CLOVERSYNC_EXTENSION, CLOVERSYNC_HELPER and CLOVERSYNC_SIMULATOR. A choice: RUNS (pairs of sqlite or mariadb
 * and extension or helper), SUITES (extension,shop,resilience), WORKERS (how many at once). Each output goes to
 * target/test-php; those of classes that failed are printed. With ALLOW_SKIPPED=1 a skipped test is not a failure.
 */

use CloverSync\Tests\Support\MariaDb;

require __DIR__ . '/../tests-php/bootstrap.php';

const CONFIGURATIONS = ['sqlite' => 'phpunit.xml', 'mariadb' => 'phpunit-mariadb.xml'];

/** Tests of the other database, and on MariaDB those that do not depend on it. As in the configurations. */
const EXCLUDED = ['sqlite' => 'mariadb', 'mariadb' => 'once'];

/** The helper is tried on one database: what the two differ in is PHP code. */
const RUNS = 'sqlite+extension mariadb+extension sqlite+helper';

const LOGS = 'target/test-php';

/** What takes longest begins first, so that nothing long is left for the end. */
const LONGEST = [
    'KilledSaleTest',
    'KilledRunTest',
    'SalesModelTest',
    'CanaryTest',
    'TokenLifeTest',
    'PatienceTest',
    'LearnedLimitsTest',
    'PermissionsTest',
];

/** Seconds that one class may take. The longest takes about 200, some times that on a busy machine. */
const LONGEST_RUN = 1_800;

/** They measure, so only another one of them runs beside them. */
const ALONE = ['SharedLimitTest', 'StockRateTest'];

/** How many of those at once: they wait most of the time. */
const BESIDE = 2;

/** @return array<string, list<string>> Files by suite */
function suites(string $configuration): array
{
    $suites = [];

    $xml = simplexml_load_file($configuration);

    foreach (($xml === false ? [] : $xml->xpath('testsuites/testsuite')) ?: [] as $suite) {
        $name = (string) $suite['name'];

        foreach ($suite->xpath('directory') ?: [] as $directory) {
            $suites[$name] = [...($suites[$name] ?? []), ...(glob("$directory/*Test.php") ?: [])];
        }
    }

    return $suites;
}

/** @return list<array{database: string, engine: string, file: string, name: string}> */
function jobs(): array
{
    $jobs = [];

    foreach (explode(' ', getenv('RUNS') ?: RUNS) as $run) {
        [$database, $engine] = explode('+', "$run+extension");
        $configuration = CONFIGURATIONS[$database] ?? exit("There is no database $database: sqlite, mariadb.\n");
        $wanted        = explode(',', getenv('SUITES') ?: 'extension,shop,resilience');

        foreach (array_intersect_key(suites($configuration), array_flip($wanted)) as $files) {
            foreach ($files as $file) {
                $name   = basename($file, '.php');
                $jobs[] = ['database' => $database, 'engine' => $engine, 'file' => $file, 'name' => $name];
            }
        }
    }

    $rank = array_flip(LONGEST);
    usort(
        $jobs,
        static fn (array $a, array $b): int => (
            ($rank[$a['name']] ?? \count($rank)) <=> ($rank[$b['name']] ?? \count($rank))
        ),
    );

    return $jobs;
}

/**
 * @param array{database: string, engine: string, file: string, name: string} $job
 * @param list<string> $options
 * @param ?MariaDb $server What gives the tests a database of their own
 *
 * @return array{job: array{database: string, engine: string, file: string, name: string}, process: open-resource,
 *   log: string, began: float}
 */
function start(array $job, array $options, ?MariaDb $server): array
{
    $log         = LOGS . "/{$job['database']}-{$job['engine']}-{$job['name']}.log";
    $isHelper    = $job['engine'] === 'helper';
    $environment = ['CLOVERSYNC_ENGINE' => $job['engine']] + getenv();

    if ($job['database'] === 'mariadb' && $server !== null) {
        $database = strtolower("cloversync_{$job['engine']}_{$job['name']}_test");
        (new \PDO($server->dsn, $server->user, $server->password))->exec("CREATE OR REPLACE DATABASE $database");
        $environment =
            [
                'CLOVERSYNC_TEST_DSN'      => (string) preg_replace('/dbname=[^;]*/', "dbname=$database", $server->dsn),
                'CLOVERSYNC_TEST_USER'     => (string) $server->user,
                'CLOVERSYNC_TEST_PASSWORD' => (string) $server->password,
            ] + $environment;
    }

    $pipes = [];
    // Mago does not know files opened for appending.
    // @mago-expect analysis:possibly-invalid-argument
    $process = proc_open(
        [
            PHP_BINARY,
            ...($isHelper ? [] : ['-d', 'extension=' . (string) getenv('CLOVERSYNC_EXTENSION')]),
            '-d',
            'zend.assertions=1',
            trim((string) shell_exec('command -v phpunit')),
            '--configuration',
            CONFIGURATIONS[$job['database']],
            ...(getenv('ALLOW_SKIPPED') === '1' ? [] : ['--fail-on-skipped']),
            // The option replaces what the configuration excludes, so that is named too.
            '--exclude-group',
            EXCLUDED[$job['database']],
            '--exclude-group',
            $isHelper ? 'module' : 'helper',
            '--log-junit',
            "$log.xml",
            ...$options,
            $job['file'],
        ],
        // Appended, because a forked PHP rewinds the files that it shares with its parent.
        [
            ['file', '/dev/null', 'r'],
            ['file', $log,        'a'],
            ['file', $log,        'a'],
        ],
        $pipes,
        env_vars: $environment,
    );

    if ($process === false) {
        exit("PHPUnit cannot be started.\n");
    }

    return ['job' => $job, 'process' => $process, 'log' => $log, 'began' => microtime(true)];
}

/** @return array{int, int, int} Tests that passed, failed and were skipped */
function counts(string $junit, int $code): array
{
    $xml = is_file($junit) ? simplexml_load_file($junit) : false;
    $all = $xml === false ? null : $xml->xpath('testsuite')[0] ?? null;

    // PHPUnit writes no suite when options leave no test of the class.
    if ($all === null || !isset($all['tests'])) {
        return [0, (int) ($code !== 0), 0];
    }

    $failed  = (int) $all['errors'] + (int) $all['failures'];
    $skipped = (int) $all['skipped'];
    // A warning or a deprecation ends the run with a code and fails no test.
    $failed = max($failed, (int) ($code !== 0 && $skipped === 0));

    return [max(0, (int) $all['tests'] - $failed - $skipped), $failed, $skipped];
}

/** @return float Seconds of processor time of the processes that have ended, with their own */
function cpu(): float
{
    $used = getrusage(1) ?: [];

    return (
        ($used['ru_utime.tv_sec'] ?? 0)
        + ($used['ru_stime.tv_sec'] ?? 0)
        + ((($used['ru_utime.tv_usec'] ?? 0) + ($used['ru_stime.tv_usec'] ?? 0)) / 1e6)
    );
}

chdir(\dirname(__DIR__));
is_dir(LOGS) || mkdir(LOGS, recursive: true);
array_map(unlink(...), glob(LOGS . '/*') ?: []);
$options = array_values(\array_slice($argv ?? [], 1));
$jobs    = jobs();
$workers = (int) (getenv('WORKERS') ?: 8);
/**
 * @var array<int, array{job: array{database: string, file: string, name: string}, process: open-resource, log: string,
 *   began: float}> $running
 */
$running = [];
/** @var list<string> $failed */
$failed = [];
$sums   = [0, 0, 0];
$server = in_array('mariadb', array_column($jobs, 'database'), true) ? MariaDb::get() : null;

pcntl_async_signals(true);
$stop = static function () use (&$running): never {
    foreach ($running as $run) {
        proc_terminate($run['process'], SIGKILL);
    }

    exit(130);
};
pcntl_signal(SIGINT, $stop);
pcntl_signal(SIGTERM, $stop);
$alone = array_values(array_filter($jobs, static fn (array $job): bool => in_array($job['name'], ALONE, true)));
$jobs  = array_values(array_filter($jobs, static fn (array $job): bool => !in_array($job['name'], ALONE, true)));

while ($jobs !== [] || $alone !== [] || $running !== []) {
    if ($jobs === [] && $running === []) {
        $jobs    = $alone;
        $alone   = [];
        $workers = min(BESIDE, $workers);
    }

    while ($jobs !== [] && \count($running) < $workers) {
        $running[] = start(array_shift($jobs), $options, $server);
    }

    foreach ($running as $i => $run) {
        $cpu    = cpu();
        $status = proc_get_status($run['process']);

        if ($status['running']) {
            if ((microtime(true) - $run['began']) > LONGEST_RUN) {
                file_put_contents($run['log'], "\nEnded after " . LONGEST_RUN . " seconds.\n", FILE_APPEND);
                proc_terminate($run['process'], SIGKILL);
            }

            continue;
        }

        unset($running[$i]);
        proc_close($run['process']);
        $cpu    = cpu() - $cpu;
        $counts = counts("{$run['log']}.xml", $status['exitcode']);
        $sums   = array_map(static fn (int $a, int $b): int => $a + $b, $sums, $counts);
        $ok     = $status['exitcode'] === 0;
        $ok || ($failed[] = $run['log']);

        if ($ok && $counts === [0, 0, 0]) {
            continue;
        }

        printf(
            "%-8s %-9s %-26s %4d tests %6.1f s, CPU %6.1f s%s\n",
            $run['job']['database'],
            $run['job']['engine'],
            $run['job']['name'],
            array_sum($counts),
            microtime(true) - $run['began'],
            $cpu,
            $ok ? '' : '  FAILED',
        );

        // Figures that a test prints are indented by four blanks.
        foreach (preg_grep('/^ {4}\S/', file($run['log'], FILE_IGNORE_NEW_LINES) ?: []) ?: [] as $line) {
            echo $ok ? rtrim($line) . "\n" : '';
        }
    }

    usleep(20_000);
}

foreach ($failed as $log) {
    echo "\n== $log\n", (string) file_get_contents($log);
}

vprintf("\n%d passed, %d failed, %d skipped\n", $sums);
exit($failed === [] ? 0 : 1);
