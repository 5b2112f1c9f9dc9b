<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use Random\Engine\Xoshiro256StarStar;
use Random\Randomizer;

/**
 * Random steps in the life of a shop and a till, determined by a seed alone. {@see SalesWorld} defines what a step
 * means. A step that does not apply, such as one of a deleted order, does nothing there, so that steps can be removed.
 *
 * Items, orders and lines are named by their positions. A step with a shop event ends with what happened to the event:
 * "once", "lost", "twice", or the number of steps after which it arrives.
 */
final class SalesHistory
{
    public const ITEMS  = 3;
    public const ORDERS = 4;

    private const STATUSES = [1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9, 10];

    private Randomizer $random;

    private int $orders = 0;

    private function __construct(int $seed)
    {
        $this->random = new Randomizer(new Xoshiro256StarStar($seed));
    }

    /** @return list<list<mixed>> */
    public static function random(int $seed): array
    {
        $self  = new self($seed);
        $steps = [['start', array_map(static fn (): int|float => $self->count(), range(1, self::ITEMS))]];
        $kind  = $self->int(1, 100);

        if ($kind <= 25) {
            // The clock of these waits is the real one, so they are few.
            $steps[] = [
                'weather',
                $kind <= 20 ? $self->of([20, 40, 80]) : 0,
                $kind > 15 ? ['per_second' => $self->int(5, 12), 'concurrent' => $self->int(1, 3)] : null,
            ];
        }

        if ($self->int(1, 3) === 1) {
            $steps[] = $self->reserve();
        }

        for ($i = $self->int(5, 25); $i > 0; $i--) {
            $steps = [
                ...$steps,
                ...($self->orders > 0 && $self->int(1, 20) === 1 ? $self->sellWithinTheUnanswered() : [$self->step()]),
            ];
        }

        return $steps;
    }

    /** @param list<list<mixed>> $steps */
    public static function print(array $steps): string
    {
        return implode("\n", array_map(
            static fn (array $step): string => '            ' . self::words($step) . ',',
            $steps,
        ));
    }

    /** @return list<mixed> */
    private function step(): array
    {
        if ($this->orders === 0) {
            return $this->order();
        }

        return match ($this->weighted([
            'order'       => $this->orders < self::ORDERS ? 12 : 0,
            'status'      => 24,
            'edit'        => 8,
            'swap'        => 1,
            'restock'     => 4,
            'refund'      => 4,
            'delete'      => 2,
            'sale'        => 9,
            'count'       => 3,
            'untrack'     => 1,
            'remove'      => 1,
            'restore'     => 2,
            'pull'        => 9,
            'slow_pull'   => 2,
            'work'        => 27,
            'overlap'     => 3,
            'crash'       => 9,
            'race'        => 1,
            'fault'       => 24,
            'order_fault' => 5,
            'lag'         => 1,
            'slow_read'   => 1,
            'push'        => 3,
            'reserve'     => 3,
            'wait'        => 9,
            'word'        => 3,
            'order_word'  => 1,
        ])) {
            'order'       => $this->order(),
            'status'      => ['status', $this->anyOrder(), $this->of(self::STATUSES), $this->event()],
            'edit'        => ['edit', $this->anyOrder(), $this->int(0, 2), $this->int(0, 4), $this->event()],
            'swap'        => ['swap', $this->anyOrder(), $this->int(0, 2), $this->item(), $this->event()],
            'restock'     => ['restock', $this->anyOrder(), $this->int(0, 2), $this->int(1, 2)],
            'refund'      => ['refund', $this->anyOrder(), $this->int(0, 2) > 0, $this->event()],
            'delete'      => ['delete', $this->anyOrder(), $this->event()],
            'sale'        => ['sale', $this->item(), $this->int(1, 3)],
            'count'       => ['count', $this->item(), $this->count()],
            'untrack'     => ['count', $this->item(), null],
            'remove'      => ['remove', $this->item()],
            'restore'     => ['restore', $this->item()],
            'pull'        => ['pull'],
            'slow_pull'   => ['slow_pull'],
            'work'        => ['work', $this->int(0, 3) === 0, $this->int(0, 3) > 0],
            'overlap'     => ['overlap', $this->item(), $this->int(1, 3)],
            'crash'       => ['crash', $this->int(0, 70), $this->int(0, 3) > 0],
            'race'        => ['race'],
            'fault' => [
                'fault',
                $this->item(),
                $this->of([
                    'drop',
                    'drop',
                    'apply_then_drop',
                    'apply_then_drop',
                    'apply_then_drop',
                    'truncate',
                    'garbage',
                    '500',
                    '502',
                    ...($this->int(0, 9) === 0 ? ['429', 'delay'] : []),
                ]),
            ],
            'order_fault' => [
                'order_fault',
                $this->of(['', '', '/*', '/*/bulk_line_items', '/*/discounts']),
                $this->of(['drop', 'apply_then_drop', 'truncate', 'garbage', '500', '502']),
            ],
            'slow_read'   => ['slow_read'],
            'lag'         => ['lag', $this->of([0, 30, 120])],
            'push'        => ['push', $this->int(0, 1) === 1],
            'reserve'     => $this->reserve(),
            'wait'        => ['wait', $this->of([5, 20, 36, 40, 120, 300])],
            'word'        => ['word', $this->int(0, 2), $this->int(0, 3) === 0],
            'order_word'  => ['order_word', $this->int(0, 1)],
            default       => throw new \LogicException('There is no such step.'),
        };
    }

    /**
     * @return list<list<mixed>> The till sells between the read and the write, and no response comes or the worker is
     *   killed
     */
    private function sellWithinTheUnanswered(): array
    {
        $item  = $this->item();
        $steps = [['status', $this->anyOrder(), 1, 'once'], ['overlap', $item, $this->int(1, 3)]];

        return match ($this->int(0, 3)) {
            0       => [...$steps, ['crash', 'written', true], ['wait', 40]],
            1       => [...$steps, ['crash', 'stored', true], ['wait', 40]],
            default => [
                ...$steps,
                [
                    'fault',
                    $item,
                    $this->of(['apply_then_drop', 'apply_then_drop', 'garbage', 'truncate', '502', 'drop']),
                ],
                ['work', false, true],
                ['wait', 40],
            ],
        };
    }

    /** @return list<mixed> */
    private function order(): array
    {
        $lines = [];

        for ($i = $this->int(1, 3); $i > 0; $i--) {
            $lines[] = [$this->item(), $this->int(1, 3)];
        }

        return ['order', $this->orders++, $this->of([1, 1, 1, 4, 5, 7, 10]), $lines, $this->event()];
    }

    /** @return list<mixed> */
    private function reserve(): array
    {
        return ['reserve', $this->of([0, 1, 2, 5])];
    }

    private function event(): string|int
    {
        return match (true) {
            ($n = $this->int(1, 20)) <= 12 => 'once',
            $n <= 15 => 'lost',
            $n <= 17 => 'twice',
            default => $this->int(1, 4),
        };
    }

    private function count(): int|float
    {
        return $this->int(0, 7) === 0 ? $this->of([-1, 0, 2.5, 0.5, 7.25]) : $this->int(0, 12);
    }

    private function anyOrder(): int
    {
        // Recent orders are more likely: several steps of one order in a row are the interesting case.
        return max($this->int(0, $this->orders - 1), $this->int(0, $this->orders - 1));
    }

    private function item(): int
    {
        return min($this->int(0, self::ITEMS - 1), $this->int(0, self::ITEMS - 1));
    }

    private function int(int $from, int $to): int
    {
        return $this->random->getInt($from, $to);
    }

    /**
     * mixed: the type is T, that of the list's values.
     *
     * @template T
     *
     * @param non-empty-list<T> $list
     *
     * @return T
     */
    private function of(array $list): mixed
    {
        return $list[$this->int(0, \count($list) - 1)];
    }

    /** @param array<string, int> $weights */
    private function weighted(array $weights): string
    {
        $at = $this->int(1, array_sum($weights));

        foreach ($weights as $what => $weight) {
            if (($at -= $weight) <= 0) {
                return $what;
            }
        }

        throw new \LogicException('No weight was met.');
    }

    private static function words(mixed $value): string
    {
        return match (true) {
            \is_array($value) => '[' . implode(', ', array_map(self::words(...), $value)) . ']',
            \is_string($value) => "'$value'",
            $value === null => 'null',
            \is_bool($value) => $value ? 'true' : 'false',
            default => (string) $value,
        };
    }
}
