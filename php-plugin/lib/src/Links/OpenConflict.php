<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Text;

/** An item or group of Clover with SKUs that the shop already had. */
final readonly class OpenConflict
{
    /**
     * @param array<int|string, array{name: string, sku: string}> $members    Items by Clover id; an item is its own
     *   only member
     * @param list<UnlinkedVariant>                               $candidates Variants with these SKUs
     * @param ?list<string>                                       $options    Of a group; null when they are not known
     */
    public function __construct(
        public string $cloverId,
        public bool $isGroup,
        public string $name,
        public array $members,
        public array $candidates,
        public ?array $options = null,
    ) {
    }

    /** "item" or "group". */
    public function kind(): string
    {
        return $this->isGroup ? 'group' : 'item';
    }

    /** @return list<int> Products of the candidates, each once */
    public function products(): array
    {
        return array_values(array_unique(array_column($this->candidates, 'productId')));
    }

    /**
     * Candidates that could be linked: a group's members are variants, an item is a product without options.
     *
     * @param array<int, bool> $taken Products that were just linked
     *
     * @return list<UnlinkedVariant>
     */
    public function fitting(array $taken): array
    {
        return array_values(array_filter(
            $this->candidates,
            fn (UnlinkedVariant $c): bool => !isset($taken[$c->productId]) && $this->isFit($c),
        ));
    }

    private function isFit(UnlinkedVariant $candidate): bool
    {
        return $this->isGroup ? $candidate->isChoice() : $candidate->isWhole();
    }

    /**
     * @param array<int, bool>         $taken   Products that were just linked
     * @param array<int, list<string>> $options Names of the options by which a product's variants differ
     * @param array<string, string>    $pairs   The shop's option by Clover's, as the owner pairs them
     *
     * @return ?AdoptProblem Null when exactly one product fits
     */
    public function problem(array $taken, array $options, array $pairs = []): ?AdoptProblem
    {
        $products = array_values(array_unique(array_column($this->fitting($taken), 'productId')));

        if (\count($products) !== 1) {
            return match (true) {
                $products !== [] => AdoptProblem::Several,
                $this->candidates === [] => AdoptProblem::Gone,
                array_filter($this->candidates, $this->isFit(...)) !== [] => AdoptProblem::Taken,
                $this->isGroup => AdoptProblem::NoVariants,
                $this->candidates[0]->isMaster => AdoptProblem::HasVariants,
                default => AdoptProblem::IsVariant,
            };
        }

        $ofProduct = $options[$products[0]] ?? [];

        return match (true) {
            !$this->isGroup || $ofProduct === [] => null,
            $this->options === null => AdoptProblem::Unknown,
            self::keys($this->renamed($pairs)) === self::keys($ofProduct) => null,
            default => AdoptProblem::Options,
        };
    }

    /**
     * Which option of the product is which of Clover's, as far as equal names, then their order suggest it.
     *
     * @param list<string> $ofProduct Names of the product's options
     *
     * @return array<array-key, string> The shop's option by Clover's; empty when the owner cannot pair them
     */
    public function suggestedPairs(array $ofProduct): array
    {
        $options = $this->options ?? [];

        if (\count(self::keys($options)) !== \count(self::keys($ofProduct))) {
            return [];
        }

        $free  = array_combine(array_map(Text::key(...), $ofProduct), $ofProduct);
        $pairs = array_intersect_key($free, array_flip(array_map(Text::key(...), $options)));
        $rest  = array_values(array_diff_key($free, $pairs));
        $found = [];

        foreach ($options as $name) {
            $found[$name] = $pairs[Text::key($name)] ?? array_shift($rest) ?? $name;
        }

        return $found;
    }

    /**
     * @param array<string, string> $pairs
     *
     * @return list<string>
     */
    private function renamed(array $pairs): array
    {
        $names = array_combine(array_map(Text::key(...), array_keys($pairs)), $pairs);

        return array_map(static fn (string $name): string => $names[Text::key($name)] ?? $name, $this->options ?? []);
    }

    /**
     * @param list<string> $names
     *
     * @return list<string>
     */
    private static function keys(array $names): array
    {
        $keys = array_values(array_unique(array_map(Text::key(...), $names)));
        sort($keys, SORT_STRING);

        return $keys;
    }

    /** @param array<int, list<string>> $options Names of the options by which a product's variants differ */
    public function words(AdoptProblem $problem, array $options): Message
    {
        return match ($problem) {
            AdoptProblem::Several     => new Message(MessageCode::AdoptSeveral, ['name' => $this->name]),
            AdoptProblem::Gone        => new Message(MessageCode::AdoptGone, ['name' => $this->name]),
            AdoptProblem::NoVariants  => new Message(MessageCode::AdoptNoVariants, ['name' => $this->name]),
            AdoptProblem::IsVariant   => new Message(MessageCode::AdoptIsVariant, ['name' => $this->name]),
            AdoptProblem::HasVariants => new Message(MessageCode::AdoptHasVariants, ['name' => $this->name]),
            AdoptProblem::Taken       => new Message(MessageCode::AdoptJustTaken, ['name' => $this->name]),
            AdoptProblem::Options => new Message(MessageCode::AdoptOtherOptions, [
                'name'   => $this->name,
                'clover' => $this->options ?? [],
                'shop'   => array_merge(
                    [],
                    ...array_values(array_intersect_key($options, array_flip($this->products()))),
                ),
            ]),
            AdoptProblem::Unknown     => new Message(MessageCode::AdoptOptionsUnknown, ['name' => $this->name]),
        };
    }

    /** @return list<string> SKUs of the members as written, each once by its comparable form */
    public function skus(): array
    {
        $skus = [];

        foreach ($this->members as $member) {
            if (Text::sku($member['sku']) !== '') {
                $skus[Text::sku($member['sku'])] = $member['sku'];
            }
        }

        return array_values($skus);
    }
}
