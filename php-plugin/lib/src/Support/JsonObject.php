<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Reads typed values from a stored JSON object. What is missing or of another type reads as 0 or as empty. */
final readonly class JsonObject
{
    /** @param array<array-key, mixed> $values mixed: decoded JSON */
    private function __construct(
        private array $values,
    ) {
    }

    public static function decode(string $json): self
    {
        $values = json_decode($json, true);

        return new self(\is_array($values) ? $values : []);
    }

    public function int(string $name): int
    {
        $value = $this->values[$name] ?? null;

        return \is_int($value) ? $value : 0;
    }

    public function string(string $name): string
    {
        $value = $this->values[$name] ?? null;

        return \is_string($value) ? $value : '';
    }

    /** @return array<string, self> By name */
    public function objects(string $name): array
    {
        return array_map(static fn (array $value): self => new self($value), $this->arrays($name));
    }

    /** @return array<string, list<int>> By name */
    public function numbers(string $name): array
    {
        $found = [];

        foreach ($this->arrays($name) as $key => $values) {
            $found[$key] = [];

            foreach ($values as $value) {
                if (\is_int($value)) {
                    $found[$key][] = $value;
                }
            }
        }

        return $found;
    }

    /** @return array<string, array<array-key, mixed>> By name; mixed: decoded JSON */
    private function arrays(string $name): array
    {
        $found  = [];
        $values = $this->values[$name] ?? null;

        foreach (\is_array($values) ? $values : [] as $key => $value) {
            if (\is_array($value)) {
                $found[(string) $key] = $value;
            }
        }

        return $found;
    }
}
