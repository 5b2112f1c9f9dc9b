<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\JoomlaSite;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** Messages that name something of J2Commerce's screens have the words that the reader finds there. */
final class NamedLabelsTest extends TestCase
{
    private const PLUGIN  = __DIR__ . '/../../php-plugin';
    private const ENGLISH = 'en-GB';

    /** Keys of J2Commerce by keys of messages. */
    private const LABELS = [
        'LIB_CLOVERSYNC_TAX_ONLY_IN_CLOVER'                         => 'COM_J2COMMERCE_CONFIG_PRICES_INCLUDE_TAX',
        'LIB_CLOVERSYNC_TAX_ONLY_IN_SHOP'                           => 'COM_J2COMMERCE_CONFIG_PRICES_INCLUDE_TAX',
        'PLG_J2COMMERCE_APP_CLOVERPOS_FIELD_PAID_STATUSES_DESC'     => 'J2COMMERCE_CONFIRMED',
        'PLG_J2COMMERCE_APP_CLOVERPOS_FIELD_PAY_LATER_METHODS_DESC' => 'J2COMMERCE_PENDING',
        'PLG_J2COMMERCE_APP_CLOVERPOS_FORBIDDEN'                    => 'COM_J2COMMERCE_ACTION_EDITSETUP',
        'PLG_TASK_CLOVERSYNC_APP_DISABLED'                          => 'COM_J2COMMERCE_APPS',
    ];

    /** @return iterable<string, array{string}> */
    public static function languages(): iterable
    {
        foreach (Files::matching(self::PLUGIN . '/lib/language/*-*') as $folder) {
            yield basename($folder) => [basename($folder)];
        }
    }

    #[DataProvider('languages')]
    #[TestDox('In $_dataName')]
    public function test_labels(string $language): void
    {
        $lacks = JoomlaSite::lacks();

        if ($lacks !== null) {
            self::markTestSkipped($lacks);
        }

        $root      = (string) getenv('JOOMLA_ROOT');
        $languages = "$root/administrator/components/com_j2commerce/language";
        // Joomla shows English where a component has no translation.
        $shown    = is_dir("$languages/$language") ? $language : self::ENGLISH;
        $labels   = self::texts("$languages/$shown/*.ini") + self::texts("$languages/" . self::ENGLISH . '/*.ini');
        $messages = self::texts(self::PLUGIN . "/*/language/$language/*.ini");

        foreach (self::LABELS as $key => $label) {
            self::assertStringContainsString($labels[$label], $messages[$key], "$key and $label");
        }
    }

    /** @return array<string, string> */
    private static function texts(string $pattern): array
    {
        $texts = [];

        foreach (Files::matching($pattern) as $file) {
            $lines = [];
            preg_match_all(
                '/^([A-Z0-9_]+)="(.*)"$/m',
                str_replace("'", '’', (string) file_get_contents($file)),
                $lines,
            );
            $texts += array_combine($lines[1], $lines[2]);
        }

        return $texts;
    }
}
