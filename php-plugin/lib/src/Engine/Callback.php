<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** What the helper asks of PHP in the middle of a call. An argument of another type than it has is a bug. */
final readonly class Callback
{
    /**
     * @param int   $call       Number of the call that it is for
     * @param int   $connection Number of the helper's object
     * @param array $arguments  Decoded JSON
     */
    public function __construct(
        public int $number,
        public int $call,
        public int $connection,
        public string $name,
        private array $arguments,
    ) {
    }

    public function text(int $index): string
    {
        $argument = $this->arguments[$index] ?? null;

        return \is_string($argument) ? $argument : $this->fail($index);
    }

    public function int(int $index): int
    {
        $argument = $this->arguments[$index] ?? null;

        return \is_int($argument) ? $argument : $this->fail($index);
    }

    public function isTrue(int $index): bool
    {
        $argument = $this->arguments[$index] ?? null;

        return \is_bool($argument) ? $argument : $this->fail($index);
    }

    /** @return list<int> */
    public function ints(int $index): array
    {
        $ints = [];

        foreach ($this->values($index) as $value) {
            $ints[] = \is_int($value) ? $value : $this->fail($index);
        }

        return $ints;
    }

    /** @return array<string, array{limit: int, forgottenIn: int, step: int}> */
    public function limits(int $index): array
    {
        $limits = [];

        foreach ($this->values($index) as $name => $fields) {
            $limit = \is_array($fields) ? $fields['limit'] ?? null : null;
            $ends  = \is_array($fields) ? $fields['forgottenIn'] ?? null : null;
            $step  = \is_array($fields) ? $fields['step'] ?? null : null;

            if (!\is_int($limit) || !\is_int($ends) || !\is_int($step)) {
                $this->fail($index);
            }

            $limits[(string) $name] = ['limit' => $limit, 'forgottenIn' => $ends, 'step' => $step];
        }

        return $limits;
    }

    public function fail(int $index): never
    {
        throw new \LogicException("The helper calls $this->name with a wrong argument $index.");
    }

    private function values(int $index): array
    {
        $argument = $this->arguments[$index] ?? null;

        return \is_array($argument) ? $argument : $this->fail($index);
    }
}
