<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Turns the guide's Markdown into HTML: headings, paragraphs, lists, tables, code, bold text, links in the page. */
final class Markdown
{
    /** Prefix of the ids of headings. */
    public const ANCHOR = 'guide-';

    /** @return string HTML; whatever the text contains is escaped */
    public static function html(string $text): string
    {
        $html   = [];
        $blocks = preg_split('/\n{2,}/', trim(str_replace("\r\n", "\n", $text), "\n"));

        foreach ($blocks === false ? [] : $blocks as $block) {
            $html[] = self::block($block);
        }

        return implode("\n", $html);
    }

    /** The id of a heading, as links name it after the #. */
    public static function anchor(string $heading): string
    {
        $words = (string) preg_replace('/[^\p{L}\p{N} _-]+/u', '', mb_strtolower($heading));

        return str_replace(' ', '-', $words);
    }

    private static function block(string $block): string
    {
        $heading = [];

        return match (true) {
            preg_match('/^(#{1,4}) (.+)$/', $block, $heading) === 1 => \sprintf(
                '<h%1$d id="%2$s%3$s">%4$s</h%1$d>',
                \strlen($heading[1]) + 1,
                self::ANCHOR,
                self::anchor($heading[2]),
                self::inline($heading[2]),
            ),
            str_starts_with($block, '    ') => '<pre><code>'
                . self::escape((string) preg_replace('/^ {4}/m', '', $block))
                . '</code></pre>',
            str_starts_with($block, '|')    => self::table(explode("\n", $block)),
            str_starts_with($block, '- ')   => '<ul>' . self::items($block, '- ') . '</ul>',
            preg_match('/^\d+\. /', $block) === 1 => '<ol>' . self::items($block, '\d+\. ') . '</ol>',
            default => '<p>' . self::inline($block) . '</p>',
        };
    }

    /** @param string $mark Regular expression of the mark of an item */
    private static function items(string $block, string $mark): string
    {
        $items = preg_split("/\n(?=$mark)/", $block);
        $html  = '';

        foreach ($items === false ? [] : $items as $item) {
            $html .= '<li>' . self::inline((string) preg_replace("/^$mark/", '', $item)) . '</li>';
        }

        return $html;
    }

    /** @param list<string> $lines */
    private static function table(array $lines): string
    {
        $html = '';

        foreach ($lines as $number => $line) {
            // The second line only draws the border of the head.
            if ($number === 1) {
                continue;
            }

            $tag   = $number === 0 ? 'th' : 'td';
            $cells = array_map(
                static fn (string $cell): string => "<$tag>" . self::inline(trim($cell)) . "</$tag>",
                explode('|', trim($line, "| \t")),
            );
            $html .= '<tr>' . implode('', $cells) . '</tr>';
        }

        return '<table class="table table-sm clover-cards"><tbody>' . $html . '</tbody></table>';
    }

    private static function inline(string $text): string
    {
        $parts = preg_split('/(`[^`]+`)/', $text, -1, PREG_SPLIT_DELIM_CAPTURE);
        $html  = '';

        foreach ($parts === false ? [] : $parts as $part) {
            $html .= preg_match('/^`([^`]+)`$/', $part) === 1
                ? '<code>' . self::escape(substr($part, 1, -1)) . '</code>'
                : (string) preg_replace(
                    ['/\*\*([^*]+)\*\*/', '/(?<![\w*])\*([^*\n]+)\*(?![\w*])/', '/\[([^\]]+)\]\(#([\w-]+)\)/u'],
                    ['<strong>$1</strong>', '<em>$1</em>', '<a href="#' . self::ANCHOR . '$2">$1</a>'],
                    self::escape($part),
                );
        }

        return $html;
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
