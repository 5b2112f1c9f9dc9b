<?php

declare(strict_types=1);

namespace CloverSync\Cli;

/**
 * Reads the fields of one JSON object and collects the problems by path, so that all can be reported at once. A null
 * counts as absent; an invalid field is returned as null.
 */
final class JsonReader
{
    private const MAX_TEXT = 255;

    /** @var array<string, true> */
    private array $known = [];

    /**
     * @param array<mixed>                 $values
     * @param \ArrayObject<string, string> $wrong  Receives what is wrong: path => sentence without subject
     * @param string                       $path   Path of the object itself, with a dot at its end
     */
    public function __construct(
        private readonly array $values,
        private readonly \ArrayObject $wrong,
        private readonly string $path = '',
    ) {
    }

    public function note(string $name, string $problem): void
    {
        $this->wrong->offsetSet($this->path . $name, $problem);
    }

    public function whole(string $name, int $lowest, int $highest, bool $required): ?int
    {
        $value = $this->take($name, $required);

        if ($value === null || \is_int($value) && $value >= $lowest && $value <= $highest) {
            return $value;
        }

        $this->note($name, "must be a whole number from $lowest to $highest");

        return null;
    }

    public function flag(string $name, bool $required): ?bool
    {
        $value = $this->take($name, $required);

        if ($value === null || \is_bool($value)) {
            return $value;
        }

        $this->note($name, 'must be true or false');

        return null;
    }

    public function text(string $name, bool $required): ?string
    {
        $value = $this->take($name, $required);

        if ($value === null || \is_string($value) && self::fits($value)) {
            return $value;
        }

        $this->note($name, 'must be text of at most ' . self::MAX_TEXT . ' characters');

        return null;
    }

    /** An id: text that is not empty, or a whole number. */
    public function id(string $name, bool $required): int|string|null
    {
        $value = $this->take($name, $required);

        if (
            $value === null
            || \is_int($value) && $value >= 0
            || \is_string($value) && $value !== '' && trim($value) === $value && self::fits($value)
        ) {
            return $value;
        }

        $this->note(
            $name,
            'must be a whole number, or text of at most ' . self::MAX_TEXT . ' characters without space around it',
        );

        return null;
    }

    public function textOrObject(string $name): string|self|null
    {
        return \is_string($this->values[$name] ?? null) ? $this->text($name, false) : $this->object($name);
    }

    public function object(string $name): ?self
    {
        $value = $this->take($name, false);

        if ($value === null) {
            return null;
        }

        if (!self::isObject($value)) {
            $this->note($name, 'must be an object');

            return null;
        }

        return new self($value, $this->wrong, "$this->path$name.");
    }

    /** @return list<self> */
    public function objects(string $name, bool $required): array
    {
        $value = $this->take($name, $required);

        if ($value !== null && (!\is_array($value) || !array_is_list($value))) {
            $this->note($name, 'must be a list');

            return [];
        }

        $objects = [];

        foreach ($value ?? [] as $i => $entry) {
            if (self::isObject($entry)) {
                $objects[] = new self($entry, $this->wrong, "$this->path{$name}[$i].");
            } else {
                $this->note("{$name}[$i]", 'must be an object');
            }
        }

        return $objects;
    }

    /** Reports the unknown fields. */
    public function refuseOthers(): void
    {
        foreach (array_diff_key($this->values, $this->known) as $name => $_) {
            $this->note((string) $name, 'is not a field here');
        }
    }

    private function take(string $name, bool $required): mixed
    {
        $this->known[$name] = true;
        $value              = $this->values[$name] ?? null;

        if ($value === null && $required) {
            $this->note($name, 'is missing');
        }

        return $value;
    }

    /** @phpstan-assert-if-true array<mixed> $value */
    private static function isObject(mixed $value): bool
    {
        // An empty object and an empty list are equal once decoded.
        return \is_array($value) && ($value === [] || !array_is_list($value));
    }

    private static function fits(string $text): bool
    {
        return mb_strlen($text) <= self::MAX_TEXT;
    }
}
