<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Program;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

/**
 * The app's check of the web server's PHP before its first use, in a PHP that lacks something. Joomla's texts are their
 * keys here.
 */
#[Group('once')]
#[Group('module')]
final class RequirementsTest extends TestCase
{
    public function test_a_disabled_function_of_the_library_or_of_the_pages_is_named(): void
    {
        foreach (['nl2br', 'array_keys', 'random_bytes'] as $function) {
            self::assertSame(
                "PLG_J2COMMERCE_APP_CLOVERPOS_PHP_LACKS PLG_J2COMMERCE_APP_CLOVERPOS_PHP_CLI $function",
                $this->problem("disable_functions=$function"),
            );
        }
    }

    public function test_what_has_a_stand_in_is_no_problem(): void
    {
        self::assertSame(
            'none',
            $this->problem(
                'disable_functions=' . implode(',', \CloverSync\Shop\Support\Platform::OPTIONAL) . ',phpversion',
            ),
        );
    }

    public function test_without_the_extension_that_comes_first(): void
    {
        $said = $this->problem('disable_functions=nl2br', extension: false);
        self::assertSame('PLG_J2COMMERCE_APP_CLOVERPOS_EXTENSION_MISSING PLG_J2COMMERCE_APP_CLOVERPOS_PHP_CLI', $said);
    }

    public function test_every_text_that_is_asked_for_is_there(): void
    {
        $file   = \dirname(__DIR__, 2) . '/php-plugin/app_cloverpos';
        $texts  = (string) file_get_contents("$file/language/en-GB/plg_j2commerce_app_cloverpos.ini");
        $source = (string) file_get_contents(\dirname($file) . '/lib/src/Joomla/Requirements.php');
        self::assertGreaterThan(4, preg_match_all("/'(PLG_[A-Z0-9_]+)'/", $source, $keys));

        foreach ($keys[1] as $key) {
            $endings = str_ends_with($key, '_')
                ? array_map(
                    static fn (HelperProblem $problem): string => strtoupper($problem->value),
                    HelperProblem::cases(),
                )
                : [''];

            foreach ($endings as $ending) {
                self::assertStringContainsString("\n$key$ending=\"", $texts);
            }
        }
    }

    private function problem(string $ini, bool $extension = true): string
    {
        $library = getenv('CLOVERSYNC_EXTENSION');

        if (!\is_string($library) || !is_file($library)) {
            self::markTestSkipped('CLOVERSYNC_EXTENSION names no file.');
        }

        $folder = sys_get_temp_dir() . '/cloversync-requirements-' . bin2hex(random_bytes(4));
        mkdir($folder, 0o700);
        file_put_contents("$folder/disabled.ini", $ini . "\n" . ($extension ? "extension=$library\n" : ''));
        file_put_contents("$folder/ask.php", <<<'PHP'
            <?php
            namespace Joomla\CMS\Language {
                final class Text
                {
                    public static function _(string $key): string { return $key; }
                    public static function sprintf(string $key, string ...$values): string
                    {
                        return implode(' ', [$key, ...$values]);
                    }
                }
            }
            namespace {
                const _JEXEC = 1;
                spl_autoload_register(static function (string $class): void {
                    require 'ROOT/' . strtr(substr($class, strlen('CloverSync\\Shop\\')), '\\', '/') . '.php';
                });
                \CloverSync\Shop\Engine\Engine::register();
                echo \CloverSync\Shop\Joomla\Requirements::problem() ?? 'none';
            }
            PHP);
        file_put_contents(
            "$folder/ask.php",
            str_replace('ROOT', \dirname(__DIR__, 2) . '/php-plugin/lib/src', Files::read("$folder/ask.php")),
        );
        [, $said] = Program::run([PHP_BINARY, "$folder/ask.php"], [
            'PHP_INI_SCAN_DIR'  => ":$folder",
            'CLOVERSYNC_ENGINE' => 'extension',
        ] + getenv());
        array_map(unlink(...), Files::matching("$folder/*"));
        rmdir($folder);

        return $said;
    }
}
