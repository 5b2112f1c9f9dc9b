<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Text;

/** An item or group of Clover with SKUs that the shop already had. */
final readonly class OpenConflict
{
    /**
     * @param array<int|string, array{name: string, sku: string}> $members    Items by Clover id; an item is its own
     *   only member
     * @param list<UnlinkedVariant>                               $candidates Variants with these SKUs
     */
    public function __construct(
        public string $cloverId,
        public bool $isGroup,
        public string $name,
        public array $members,
        public array $candidates,
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
            fn (UnlinkedVariant $c): bool => !isset($taken[$c->productId]) && $c->isMaster !== $this->isGroup,
        ));
    }

    /** Why the candidates are not exactly one product that fits. */
    public function problem(bool $several): string
    {
        return match (true) {
            $several => "Several products of the shop have the SKU of “{$this->name}”: give each its own first.",
            $this->candidates === [] => "No product of the shop has the SKU of “{$this->name}” any more: sync again.",
            $this->isGroup
                => "“{$this->name}” has variants in Clover, and the product with their SKU has none: make it a "
                . 'variable product first.',
            default => "“{$this->name}” is a single item in Clover, and its SKU is that of a variant in the shop: "
                . 'change one of the two SKUs.',
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
