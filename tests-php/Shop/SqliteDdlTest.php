<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Database\SqliteDdl;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

#[Group('once')]
final class SqliteDdlTest extends TestCase
{
    public function test_types_keys_defaults_and_lengths_are_kept_as_far_as_sqlite_can(): void
    {
        $mysql = <<<'SQL'
            CREATE TABLE IF NOT EXISTS `#__x` (
              `id` int unsigned NOT NULL AUTO_INCREMENT,
              `code` varchar(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'one, two',
              `name` varchar(255) NOT NULL,
              `price` decimal(15,5) NOT NULL DEFAULT 0.00000,
              `made` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
              `gone` datetime DEFAULT NULL,
              PRIMARY KEY (`id`),
              UNIQUE KEY `idx_code` (`code`,`name`(100)),
              KEY `idx_made` (`made`)
            ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='of (some) use'
            SQL;

        self::assertSame(
            [
                <<<'SQL'
                    CREATE TABLE IF NOT EXISTS `#__x` (
                      `id` INTEGER PRIMARY KEY AUTOINCREMENT,
                      `code` TEXT NOT NULL DEFAULT '' CHECK (length(`code`) <= 12),
                      `name` TEXT NOT NULL COLLATE NOCASE CHECK (length(`name`) <= 255),
                      `price` TEXT NOT NULL DEFAULT '0.00000',
                      `made` TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                      `gone` TEXT DEFAULT NULL
                    )
                    SQL,
                'CREATE UNIQUE INDEX IF NOT EXISTS `#__x_idx_code` ON `#__x` (`code`,`name`)',
                'CREATE INDEX IF NOT EXISTS `#__x_idx_made` ON `#__x` (`made`)',
            ],
            SqliteDdl::translate((string) preg_replace("/ COMMENT='of \(some\) use'/", '', $mysql)),
        );
    }

    public function test_a_line_that_is_not_understood_is_an_error_and_not_left_out(): void
    {
        $this->expectException(\InvalidArgumentException::class);
        SqliteDdl::translate("CREATE TABLE `x` (\n  `a` int NOT NULL,\n  FULLTEXT KEY `f` (`a`)\n) ENGINE=InnoDB");
    }

    public function test_other_statements_pass_unchanged(): void
    {
        self::assertSame(['INSERT INTO `x` VALUES (1)'], SqliteDdl::translate('INSERT INTO `x` VALUES (1)'));
    }

    public function test_both_schema_files_hold_only_statements_that_are_understood(): void
    {
        foreach ([Schema::APP_FILE, __DIR__ . '/../../dev/shop/shop.mysql.sql'] as $file) {
            $statements = Schema::statements((string) file_get_contents($file));
            self::assertNotEmpty($statements);

            foreach ($statements as $statement) {
                $first = SqliteDdl::translate($statement)[0];
                self::assertMatchesRegularExpression('/^(CREATE TABLE|INSERT INTO) /', $first);
                self::assertStringNotContainsString('ENGINE=', $first);
            }
        }
    }
}
