<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * Two panels as SVG: seconds and memory by the size of the catalog; both axes of the left panel are logarithmic.
 * Legible on light and dark backgrounds.
 */
final class Plot
{
    private const WIDTH  = 880;
    private const HEIGHT = 348;
    private const LEFT   = 62;
    private const TOP    = 54;
    private const PANEL  = ['width' => 350, 'height' => 240, 'apart' => 436];
    private const MARKS  = ['first import' => 'a', 'unchanged run' => 'b'];

    /**
     * @param array<string, array<int, float>> $seconds By run, by items
     * @param array<string, array<int, float>> $peaks   MiB
     */
    public static function of(array $seconds, array $peaks): string
    {
        $sizes = array_keys(current($seconds) ?: []);
        $all   = [];

        foreach ($seconds as $times) {
            $all = [...$all, ...array_values($times)];
        }

        if ($all === [] || $sizes === []) {
            throw new \LogicException('There is nothing to draw.');
        }

        $low     = 10 ** floor(log10(min($all)));
        $high    = 10 ** ceil(log10(max($all)));
        $top     = 64.0;
        $decades = [];

        for ($value = $low; $value <= ($high * 1.001); $value *= 10) {
            $decades[] = $value;
        }

        $log  = static fn (float $value): float => log10($value / $low) / log10($high / $low);
        $flat = static fn (float $value): float => $value / $top;
        $text = self::panel(0, 'Time, seconds', $sizes, $seconds, $decades, $log)
        . self::panel(
            self::PANEL['apart'],
            'Memory over idle, MiB',
            $sizes,
            $peaks,
            [0.0, 16.0, 32.0, 48.0, 64.0],
            $flat,
        );
        $w = self::WIDTH;
        $h = self::HEIGHT;

        return <<<SVG
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $w $h" width="$w" height="$h"
             role="img" aria-labelledby="title">
            <title id="title">Time and memory of a sync against the number of items in Clover</title>
            <style>
            text { font: 13px system-ui, sans-serif; fill: #1f2328 }
            .head { font-weight: 600 } .small { font-size: 11px }
            .back { fill: #ffffff } .grid { stroke: #d0d7de; stroke-width: 1 } .line { fill: none; stroke-width: 2 }
            .a { stroke: #0969da } .b { stroke: #bc4c00; stroke-dasharray: 6 4 }
            .dot.a { fill: #0969da } .dot.b { fill: #bc4c00; stroke-dasharray: none }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .back { fill: #0d1117 } .grid { stroke: #3d444d }
            .a { stroke: #58a6ff } .b { stroke: #f0883e } .dot.a { fill: #58a6ff } .dot.b { fill: #f0883e }
            }
            </style>
            <rect class="back" width="$w" height="$h"/>
            $text</svg>

            SVG;
    }

    /**
     * @param non-empty-list<int>              $sizes
     * @param array<string, array<int, float>> $lines
     * @param list<float>                      $ticks
     * @param \Closure(float): float           $height From 0 at the bottom to 1 at the top
     */
    private static function panel(
        int $at,
        string $title,
        array $sizes,
        array $lines,
        array $ticks,
        \Closure $height,
    ): string {
        $left   = self::LEFT + $at;
        $bottom = self::TOP + self::PANEL['height'];
        $right  = $left + self::PANEL['width'];
        $x      = static fn (int $items): float => round(
            $left
            + (
                (self::PANEL['width'] * log($items / $sizes[0])) / log(max(2.0, $sizes[\count($sizes) - 1] / $sizes[0]))
            ),
            1,
        );
        $y = static fn (float $value): float => round(
            $bottom - (self::PANEL['height'] * max(0.0, min(1.0, $height($value)))),
            1,
        );
        $svg = self::text($left, self::TOP - 30, $title, 'start', 'head');

        foreach ($ticks as $tick) {
            $svg .=
                \sprintf(
                    "<line class=\"grid\" x1=\"%d\" y1=\"%s\" x2=\"%d\" y2=\"%s\"/>\n",
                    $left,
                    $y($tick),
                    $right,
                    $y($tick),
                )
                . self::text($left - 8, $y($tick) + 4, rtrim(rtrim(\sprintf('%.2f', $tick), '0'), '.'), 'end', 'small');
        }

        foreach ($sizes as $items) {
            $svg .=
                \sprintf(
                    "<line class=\"grid\" x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\"/>\n",
                    $x($items),
                    self::TOP,
                    $x($items),
                    $bottom,
                ) . self::text($x($items), $bottom + 18, number_format($items), 'middle', 'small');
        }

        $svg .= self::text(($left + $right) / 2, $bottom + 40, 'items in Clover', 'middle', '');

        foreach ($lines as $name => $points) {
            $mark   = self::MARKS[$name];
            $places = array_map(
                static fn (int $items, float $value): array => [$x($items), $y($value), $value],
                array_keys($points),
                $points,
            );
            $svg .=
                "<polyline class=\"line $mark\" points=\""
                . implode(' ', array_map(static fn (array $at): string => "$at[0],$at[1]", $places))
                . "\"/>\n";

            foreach ($places as $i => [$px, $py, $value]) {
                $svg .= "<circle class=\"dot $mark\" cx=\"$px\" cy=\"$py\" r=\"3.5\"/>\n";
                // The labels of the upper line are above it, those of the lower line below.
                $svg .= self::text(
                    $px,
                    $py + ($mark === 'a' ? -9 : 18),
                    \sprintf($value < 10 ? '%.1f' : '%.0f', $value),
                    $i === 0 ? 'start' : 'middle',
                    'small',
                );
            }
        }

        $place = $left;

        foreach (array_keys($lines) as $name) {
            $mark = self::MARKS[$name];
            $svg  .= \sprintf(
                "<line class=\"line %s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n",
                $mark,
                $place,
                self::TOP - 16,
                $place + 26,
                self::TOP - 16,
            ) . self::text($place + 32, self::TOP - 12, $name, 'start', 'small');
            $place += 130;
        }

        return $svg;
    }

    private static function text(float $x, float $y, string $text, string $anchor, string $class): string
    {
        return \sprintf(
            "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n",
            $class,
            $x,
            $y,
            $anchor,
            htmlspecialchars($text, ENT_XML1),
        );
    }
}
