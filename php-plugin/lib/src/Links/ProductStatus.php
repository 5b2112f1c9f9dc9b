<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Webhooks\Inbox;

/** How a product of the shop stands to Clover: what its edit screen shows. Asks the database alone. */
final readonly class ProductStatus
{
    /** It waits for an item that a webhook has told of. */
    public const EVENT = 'event';

    /** It is linked, and the next sync brings what Clover owns. */
    public const LINK = 'link';

    /** The worst first. */
    private const ORDER = [Links::ERROR, Links::CONFLICT, Links::PENDING, Links::SYNCED];

    /**
     * @param list<array{clover_id: string, name: string, sku: string, variant_id: ?int, state: string, error:
     *   ?string}> $members Items of a group, and the variants they are linked to; empty for a single item
     */
    private function __construct(
        /** One of {@see Links}' states: a group's is the worst of its living members'. */
        public string $state,
        /** "item" or "group". */
        public string $type,
        public string $cloverId,
        public string $name,
        public array $members,
        /** UTC; since when all of it is as it is in Clover. Null before the first success. */
        public ?string $lastSynced,
        public ?string $error,
        /** Why it is pending: {@see EVENT} or {@see LINK}; null when it is not. */
        public ?string $waitsFor,
    ) {
    }

    /**
     * @return ?self Null for a product that nothing of this environment and merchant is linked to, and that Clover
     *   has no SKU of
     */
    public static function of(Sql $sql, Links $mappings, int $productId): ?self
    {
        $links = $sql->fetchAll(
            'SELECT * FROM '
            . Links::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND product_id = ? ORDER BY CASE WHEN state = 'deleted' THEN 1 ELSE 0 END, id",
            [$mappings->environment, $mappings->merchant, $productId],
        );

        if ($links === []) {
            return self::conflict($sql, $mappings, $productId);
        }

        $id    = (string) ($links[0]['parent_id'] ?? $links[0]['clover_id']);
        $known = $sql->fetchAll('SELECT * FROM '
        . Links::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND (clover_id = ? OR parent_id = ?) ORDER BY id', [
            $mappings->environment,
            $mappings->merchant,
            $id,
            $id,
        ]);
        $top     = array_values(array_filter($known, static fn (array $row): bool => $row['parent_id'] === null));
        $top     = $top[0] ?? null;
        $members = array_values(array_filter($known, static fn (array $row): bool => $row['parent_id'] !== null));
        $told    = self::told(
            $sql,
            $mappings,
            array_map(static fn (array $row): string => (string) $row['clover_id'], $known),
        );
        $living = array_values(array_filter($known, static fn (array $row): bool => $row['state'] !== Links::DELETED));
        $items  = $members === [] ? $known : $members;
        $isGone = ($top['state'] ?? null) === Links::DELETED
        || array_filter($items, static fn (array $row): bool => $row['state'] !== Links::DELETED) === [];
        $state = $isGone
            ? Links::DELETED
            : self::worst([...array_column($living, 'state'), ...($told ? [Links::PENDING] : [])]);
        $synced = array_filter(
            array_column($living === [] ? $known : $living, 'last_synced'),
            static fn (?string $at): bool => $at !== null,
        );

        return new self(
            $state,
            $members === [] ? (string) $known[0]['clover_type'] : 'group',
            $id,
            (string) ($top['name'] ?? $members[0]['name']),
            array_map(self::member(...), $members),
            $synced === [] ? null : min($synced),
            $state === Links::ERROR ? self::sentence($living) : null,
            match (true) {
                $state !== Links::PENDING => null,
                $told   => self::EVENT,
                default => self::LINK,
            },
        );
    }

    /** Something in Clover has a SKU of this product, which is linked to nothing. */
    private static function conflict(Sql $sql, Links $mappings, int $productId): ?self
    {
        $skus = array_values(array_filter(
            array_map(
                strval(...),
                $sql->fetchColumn('SELECT DISTINCT sku FROM #__j2commerce_variants WHERE product_id = ?', [$productId]),
            ),
            static fn (string $sku): bool => Text::key($sku) !== '',
        ));
        $row =
            (new Bulk($sql))->fetch(
                'SELECT clover_id, clover_type, parent_id, name, error FROM '
                . Links::TABLE
                . " WHERE environment = ? AND merchant_id = ? AND state = 'conflict' AND sku IN (%s) ORDER BY id",
                $skus,
                [$mappings->environment, $mappings->merchant],
            )[0] ?? null;

        return (
            $row === null
                ? null
                : new self(
                    Links::CONFLICT,
                    $row['parent_id'] === null ? (string) $row['clover_type'] : 'group',
                    (string) ($row['parent_id'] ?? $row['clover_id']),
                    (string) $row['name'],
                    [],
                    null,
                    (string) $row['error'],
                    null,
                )
        );
    }

    /** @param list<string> $cloverIds */
    private static function told(Sql $sql, Links $mappings, array $cloverIds): bool
    {
        return (
            (new Bulk($sql))->fetch(
                'SELECT id FROM '
                . Inbox::TABLE
                . " WHERE environment = ? AND merchant_id = ? AND object_type = 'item' AND told > worked AND object_id IN (%s)",
                $cloverIds,
                [$mappings->environment, $mappings->merchant],
            ) !== []
        );
    }

    /** @param list<string> $states */
    private static function worst(array $states): string
    {
        return array_values(array_intersect(self::ORDER, $states))[0] ?? Links::SYNCED;
    }

    /** @param list<array<string, mixed>> $rows */
    private static function sentence(array $rows): string
    {
        $failed = array_values(array_filter(
            $rows,
            static fn (array $row): bool => $row['state'] === Links::ERROR && (string) $row['error'] !== '',
        ));
        $said = array_map(static fn (array $row): string => $row['parent_id'] === null || (string) $row['name'] === ''
            ? (string) $row['error']
            : "“{$row['name']}”: {$row['error']}", $failed);

        return implode(' ', array_unique($said));
    }

    /**
     * @param array<string, mixed> $row
     *
     * @return array{clover_id: string, name: string, sku: string, variant_id: ?int, state: string, error: ?string}
     */
    private static function member(array $row): array
    {
        return [
            'clover_id'  => (string) $row['clover_id'],
            'name'       => (string) $row['name'],
            'sku'        => (string) $row['sku'],
            'variant_id' => $row['variant_id'] === null ? null : (int) $row['variant_id'],
            'state'      => (string) $row['state'],
            'error'      => $row['error'] === null ? null : (string) $row['error'],
        ];
    }
}
