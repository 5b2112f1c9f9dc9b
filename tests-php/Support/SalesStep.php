<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** A step of a {@see SalesHistory}: its name, and what it is done with. */
final readonly class SalesStep
{
    /** @param list<mixed> $with */
    private function __construct(
        public string $name,
        private array $with,
    ) {
    }

    /** @param list<mixed> $step */
    public static function of(array $step): self
    {
        return new self(Json::string($step[0] ?? null), \array_slice($step, 1));
    }

    public function int(int $place): int
    {
        return Json::int($this->word($place));
    }

    public function text(int $place): string
    {
        return Json::string($this->word($place));
    }

    public function flag(int $place): bool
    {
        return Json::bool($this->word($place));
    }

    /** When an event arrives, or where a worker is killed. */
    public function intOrText(int $place): int|string
    {
        $word = $this->word($place);

        return \is_int($word) ? $word : Json::string($word);
    }

    /** @return int|float|null A count of Clover; null = not counted */
    public function count(int $place): int|float|null
    {
        $word = $this->word($place);

        return $word === null || \is_float($word) ? $word : Json::int($word);
    }

    /** @return list<int|float> */
    public function counts(int $place): array
    {
        return array_map(static fn (mixed $count): int|float => \is_float($count)
            ? $count
            : Json::int($count), Json::list($this->word($place)));
    }

    /** @return list<array{int, int}> Item and quantity of each line of an order */
    public function lines(int $place): array
    {
        return array_map(static fn (mixed $line): array => [
            Json::int(Json::list($line)[0]),
            Json::int(Json::list($line)[1]),
        ], Json::list($this->word($place)));
    }

    /** @return ?array{per_second: int, concurrent: int} */
    public function limits(int $place): ?array
    {
        if ($this->word($place) === null) {
            return null;
        }

        $limits = Json::object($this->word($place));

        return [
            'per_second' => Json::int($limits['per_second'] ?? null),
            'concurrent' => Json::int($limits['concurrent'] ?? null),
        ];
    }

    private function word(int $place): mixed
    {
        return $this->with[$place] ?? null;
    }
}
