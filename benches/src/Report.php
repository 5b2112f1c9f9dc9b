<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Tests\Support\MariaDb;

/** The table, printed row by row while the bench goes on, and whole at its end; and every single measurement. */
final class Report
{
    private const WIDTHS = [66, 52, 18];

    /** @var list<array{what: string, figure: string, target: string, met: ?bool, value: ?float}> */
    private array $rows = [];

    /** @var array<string, mixed> */
    private array $measured = [];

    private readonly float $began;

    public function __construct()
    {
        $this->began = microtime(true);
    }

    /** @param ?bool $met Null where there is no target, or where it was not run */
    public function row(
        string $what,
        string $figure,
        string $target = '',
        ?bool $met = null,
        int|float|null $value = null,
    ): void {
        $value        = $value === null ? null : (float) $value;
        $this->rows[] = ['what' => $what, 'figure' => $figure, 'target' => $target, 'met' => $met, 'value' => $value];
        fwrite(STDERR, self::line($this->rows[\count($this->rows) - 1]) . "\n");
    }

    public function atMost(
        string $what,
        float $value,
        float $limit,
        string $unit,
        int $places = 1,
        string $more = '',
    ): void {
        $figure = number_format($value, $places) . " $unit$more";
        $this->row(
            $what,
            $figure,
            '≤ ' . number_format($limit, $limit < 2 ? 1 : 0) . " $unit",
            $value <= $limit,
            $value,
        );
    }

    public function exactly(string $what, int $value, int $wanted): void
    {
        $this->row($what, number_format($value), number_format($wanted), $value === $wanted, $value);
    }

    public function ratio(string $what, float $ratio, float $limit, string $kind = '', string $more = ''): void
    {
        $this->row($what, \sprintf('%.2f ×', $ratio) . $more, $kind . "≤ $limit ×", $ratio <= $limit, $ratio);
    }

    public function measured(string $name, mixed $value): void
    {
        $this->measured[$name] = $value;
    }

    public function isMet(): bool
    {
        return !\in_array(false, array_column($this->rows, 'met'), true);
    }

    public function text(): string
    {
        $head  = self::columns('what', 'figure', 'target') . 'met';
        $rule  = str_repeat('-', mb_strlen($head) + 3);
        $lines = ['', $head, $rule, ...array_map(self::line(...), $this->rows), $rule, ''];

        foreach ($this->machine() as $name => $value) {
            $lines[] = \sprintf('%-10s %s', $name, $value);
        }

        return implode("\n", $lines) . "\n\n";
    }

    public function write(string $file): void
    {
        $all = ['rows' => $this->rows, 'machine' => $this->machine(), 'raw' => $this->measured];
        file_put_contents(
            $file,
            json_encode(
                $all,
                JSON_THROW_ON_ERROR
                | JSON_PRETTY_PRINT
                | JSON_UNESCAPED_UNICODE
                | JSON_UNESCAPED_SLASHES
                | JSON_PRESERVE_ZERO_FRACTION,
            )
                . "\n",
        );
    }

    /** @return array<string, string|int|float> What the figures depend on */
    private function machine(): array
    {
        $server = MariaDb::get() ?? throw new \LogicException('MariaDB was there a moment ago.');
        $query  = (new \PDO($server->dsn, $server->user, $server->password))->query(
            'SELECT @@version,
            @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite, @@innodb_buffer_pool_size DIV 1048576',
        );
        /** @var array{string, int|string, string, int|string} $facts */
        $facts     = $query === false ? ['', '', '', ''] : $query->fetch(\PDO::FETCH_NUM);
        $processor = [];
        preg_match('/^model name\s*:\s*(.+)$/m', (string) @file_get_contents('/proc/cpuinfo'), $processor);

        return [
            'php'       => PHP_VERSION . (PHP_ZTS ? ' ZTS' : ' NTS'),
            'engine'    => Engine::current()->value . ' ' . Engine::VERSION,
            'helper'    => basename(\dirname((string) getenv('CLOVERSYNC_HELPER')))
                . '/'
                . basename((string) getenv('CLOVERSYNC_HELPER')),
            'rust'      => trim((string) shell_exec('rustc --version 2>/dev/null')),
            'mariadb'   => $facts[0],
            'settings'  => "innodb_flush_log_at_trx_commit=$facts[1], innodb_doublewrite=$facts[2], "
                . "innodb_buffer_pool_size=$facts[3] MiB, sql_mode of Joomla",
            'cores'     => (int) trim((string) shell_exec('nproc')),
            'processor' => trim($processor[1] ?? 'unknown'),
            'system'    => php_uname('s') . ' ' . php_uname('r') . ' ' . php_uname('m'),
            'load'      => implode(' ', array_map(
                static fn (float $load): string => \sprintf('%.2f', $load),
                sys_getloadavg() ?: [],
            )),
            'seed'      => Workspace::SEED,
            'seconds'   => round(microtime(true) - $this->began),
        ];
    }

    /** @param array{what: string, figure: string, target: string, met: ?bool, ...} $row */
    private static function line(array $row): string
    {
        return (
            self::columns($row['what'], $row['figure'], $row['target']) . match ($row['met']) {
                true  => 'yes',
                false => 'NO',
                null  => '-',
            }
        );
    }

    private static function columns(string ...$texts): string
    {
        return implode('', array_map(
            static fn (string $text, int $width): string => $text . str_repeat(' ', max(2, $width - mb_strlen($text))),
            $texts,
            self::WIDTHS,
        ));
    }
}
