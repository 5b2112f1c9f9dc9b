<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\MariaDb;

/** What the figures hang on. */
final class Machine
{
    /** @return array<string, string|int> */
    public static function facts(): array
    {
        $server = MariaDb::get() ?? throw new \LogicException('MariaDB was there a moment ago.');
        $pdo    = new \PDO($server->dsn, $server->user, $server->password);
        $value  = static function (string $name) use ($pdo): string {
            $answer = $pdo->query("SELECT @@GLOBAL.$name");

            return $answer === false ? '' : (string) $answer->fetchColumn();
        };
        $model = [];
        preg_match('/^model name\s*:\s*(.+)$/m', (string) @file_get_contents('/proc/cpuinfo'), $model);

        return [
            'php'       => PHP_VERSION . (PHP_ZTS ? ' ZTS' : ' NTS'),
            'extension' => (string) phpversion('cloversync'),
            'rust'      => trim((string) shell_exec('rustc --version 2>/dev/null')),
            'mariadb'   => $value('version'),
            'settings'  => \sprintf(
                'innodb_flush_log_at_trx_commit=%s, innodb_doublewrite=%s, innodb_buffer_pool_size=%d MiB, '
                . 'sql_mode of Joomla',
                $value('innodb_flush_log_at_trx_commit'),
                $value('innodb_doublewrite'),
                (int) $value('innodb_buffer_pool_size') / (1024 ** 2),
            ),
            'cores'     => (int) trim((string) shell_exec('nproc')),
            'processor' => trim($model[1] ?? 'unknown'),
            'system'    => php_uname('s') . ' ' . php_uname('r') . ' ' . php_uname('m'),
            'load'      => implode(' ', array_map(
                static fn (float $load): string => \sprintf('%.2f', $load),
                sys_getloadavg() ?: [],
            )),
        ];
    }

    /** @param array<string, string|int|float> $facts */
    public static function text(array $facts): string
    {
        $text = '';

        foreach ($facts as $name => $value) {
            $text .= \sprintf("%-10s %s\n", $name, $value);
        }

        return $text;
    }
}
