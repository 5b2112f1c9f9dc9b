<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** The rows of a product that stand for Clover's modifier groups and modifiers. Its other options are the owner's. */
final readonly class ModifierRows
{
    /** @param array<string, array{option: int, choices: array<string, int>}> $groups By group and modifier */
    public function __construct(
        public array $groups = [],
    ) {
    }

    /** What {@see json()} wrote; none for another text. */
    public static function fromJson(?string $json): self
    {
        $groups = [];
        $read   = json_decode($json ?? '', true);

        foreach (\is_array($read) ? $read : [] as $group => $rows) {
            if (!\is_array($rows) || !\is_int($rows['option'] ?? null) || !\is_array($rows['choices'] ?? null)) {
                continue;
            }

            $choices                 = array_filter($rows['choices'], is_int(...));
            $groups[(string) $group] = [
                'option'  => $rows['option'],
                'choices' => array_combine(array_map(strval(...), array_keys($choices)), array_values($choices)),
            ];
        }

        return new self($groups);
    }

    /** For the column `modifiers` of the link; null when there are none. */
    public function json(): ?string
    {
        return $this->groups === [] ? null : json_encode($this->groups, JSON_THROW_ON_ERROR);
    }

    /** @param list<string> $groups */
    public function of(array $groups): self
    {
        return new self(array_intersect_key($this->groups, array_flip($groups)));
    }

    /** @return list<int> */
    public function options(): array
    {
        return array_column(array_values($this->groups), 'option');
    }

    /** @return array<int, string> Modifier by the key of its choice */
    public function modifiers(): array
    {
        $modifiers = [];

        foreach ($this->groups as ['choices' => $choices]) {
            foreach ($choices as $modifier => $choice) {
                $modifiers[$choice] = (string) $modifier;
            }
        }

        return $modifiers;
    }
}
