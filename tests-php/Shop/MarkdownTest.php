<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Support\Markdown;
use PHPUnit\Framework\TestCase;

/** The guide as a page. */
final class MarkdownTest extends TestCase
{
    private const GUIDE = __DIR__ . '/../../docs/guide.md';

    public function test_each_kind_of_text_has_its_element(): void
    {
        $html = Markdown::html(<<<'TEXT'
            ## 1. A title, with `code`

            A paragraph with **bold** and *slanted* text,
            a [link](#1-a-title-with-code), <b>no tag</b> and `**code**`.

            - one
              goes on
            - two

            1. first
            2. second

            | a | b |
            |---|---|
            | 1 | `x` |

                php file.php
            TEXT);

        foreach ([
            '<h3 id="guide-1-a-title-with-code">1. A title, with <code>code</code></h3>',
            '<strong>bold</strong>',
            '<em>slanted</em>',
            '<a href="#guide-1-a-title-with-code">link</a>',
            '&lt;b&gt;no tag&lt;/b&gt;',
            '<code>**code**</code>',
            "<ul><li>one\n  goes on</li><li>two</li></ul>",
            '<ol><li>first</li><li>second</li></ol>',
            '<tr><th>a</th><th>b</th></tr><tr><td>1</td><td><code>x</code></td></tr>',
            '<pre><code>php file.php</code></pre>',
        ] as $part) {
            self::assertStringContainsString($part, $html);
        }
    }

    public function test_the_guide_has_no_markup_left_and_every_link_in_it_has_its_heading(): void
    {
        $html  = Markdown::html((string) file_get_contents(self::GUIDE));
        $links = [];
        preg_match_all('/<a href="#([^"]+)">/', $html, $links);
        self::assertGreaterThan(10, \count($links[1]));

        foreach ($links[1] as $link) {
            self::assertStringContainsString("id=\"$link\"", $html);
        }

        $text = (string) preg_replace('#<(code|pre)>.*?</\1>#s', '', $html);
        self::assertDoesNotMatchRegularExpression('/\*\*|^#|^\||\]\(|`/m', strip_tags($text));
    }
}
