<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Webhooks\Inbox;

/** The state of a product's link: what its edit screen shows. Reads only the database. */
final readonly class ProductStatus
{
    /** A webhook event of one of its items is unprocessed. */
    public const EVENT = 'event';

    /** It is linked, and the next sync updates what Clover owns. */
    public const LINK = 'link';

    /** The most severe first. */
    private const ORDER = [LinkState::Error, LinkState::Conflict, LinkState::Pending, LinkState::Synced];

    /**
     * @param list<StatusRow> $members Items of a group; empty for a single item
     */
    private function __construct(
        /** A group has the most severe state of its members that still exist in Clover. */
        public LinkState $state,
        /** "item" or "group". */
        public string $type,
        public string $cloverId,
        public string $name,
        public array $members,
        /** UTC: the earliest last success among its items. Null before the first success. */
        public ?string $lastSynced,
        public ?Message $error,
        /** Why it is pending: {@see EVENT} or {@see LINK}; null when it is not. */
        public ?string $waitsFor,
    ) {
    }

    /**
     * @return ?self Null for a product that has no link in this environment and merchant, and whose SKUs Clover does
     *   not have
     */
    public static function of(Sql $sql, Links $links, int $productId): ?self
    {
        $linked = array_map(
            StatusRow::fromRow(...),
            $sql->fetchAll(
                'SELECT * FROM '
                . Links::TABLE
                . " WHERE environment = ? AND merchant_id = ? AND product_id = ?
              ORDER BY CASE WHEN state IN ('deleted', 'left_out') THEN 1 ELSE 0 END, id",
                [...$links->key(), $productId],
            ),
        );

        if ($linked === []) {
            return self::conflict($sql, $links, $productId);
        }

        $id    = $linked[0]->parentId ?? $linked[0]->cloverId;
        $known = array_map(StatusRow::fromRow(...), $sql->fetchAll('SELECT * FROM '
        . Links::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND (clover_id = ? OR parent_id = ?) ORDER BY id', [
            $links->environment,
            $links->merchant,
            $id,
            $id,
        ]));
        $tops     = array_values(array_filter($known, static fn (StatusRow $r): bool => $r->parentId === null));
        $top      = $tops[0] ?? null;
        $members  = array_values(array_filter($known, static fn (StatusRow $r): bool => $r->parentId !== null));
        $isLiving = static fn (StatusRow $r): bool => !$r->state->isGone();
        $living   = array_values(array_filter($known, $isLiving));
        $waits    = self::hasEvents($sql, $links, array_column($known, 'cloverId'));
        $gone     = self::gone($top, $members === [] ? $known : $members);
        $states   = array_column($living, 'state');
        $state    = $gone ?? self::worst($waits ? [...$states, LinkState::Pending] : $states);
        $synced   = array_filter(
            array_column($living === [] ? $known : $living, 'lastSynced'),
            static fn (?string $at): bool => $at !== null,
        );

        return new self(
            $state,
            $members === [] ? $known[0]->kind : 'group',
            $id,
            ($top ?? $known[0])->name,
            $members,
            $synced === [] ? null : min($synced),
            match ($state) {
                LinkState::Error   => self::problems($living, $state),
                LinkState::LeftOut => self::problems($known, $state),
                default            => null,
            },
            match (true) {
                $state !== LinkState::Pending => null,
                $waits  => self::EVENT,
                default => self::LINK,
            },
        );
    }

    /** Something in Clover has a SKU of this product, which has no link. */
    private static function conflict(Sql $sql, Links $links, int $productId): ?self
    {
        $skus = array_values(array_filter(
            array_map(
                strval(...),
                $sql->fetchColumn('SELECT DISTINCT sku FROM #__j2commerce_variants WHERE product_id = ?', [$productId]),
            ),
            static fn (string $sku): bool => Text::key($sku) !== '',
        ));
        $rows = (new Bulk($sql))->fetch(
            'SELECT * FROM '
            . Links::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'conflict' AND sku IN (%s) ORDER BY id",
            $skus,
            $links->key(),
        );

        if ($rows === []) {
            return null;
        }

        $row = StatusRow::fromRow($rows[0]);

        return new self(
            LinkState::Conflict,
            $row->parentId === null ? $row->kind : 'group',
            $row->parentId ?? $row->cloverId,
            $row->name,
            [],
            null,
            $row->error,
            null,
        );
    }

    /** @param list<string> $cloverIds */
    private static function hasEvents(Sql $sql, Links $links, array $cloverIds): bool
    {
        return (new Inbox($sql, $links))->countOf($cloverIds) > 0;
    }

    /**
     * @param list<StatusRow> $items
     *
     * @return ?LinkState Null while the product has an item that is neither deleted nor left out
     */
    private static function gone(?StatusRow $top, array $items): ?LinkState
    {
        if ($top !== null && $top->state->isGone()) {
            return $top->state;
        }

        $states = array_column($items, 'state');
        $living = array_filter($states, static fn (LinkState $state): bool => !$state->isGone());

        return match (true) {
            $living !== [] => null,
            \in_array(LinkState::LeftOut, $states, true) => LinkState::LeftOut,
            default => LinkState::Deleted,
        };
    }

    /** @param list<LinkState> $states */
    private static function worst(array $states): LinkState
    {
        foreach (self::ORDER as $state) {
            if (\in_array($state, $states, true)) {
                return $state;
            }
        }

        return LinkState::Synced;
    }

    /** @param list<StatusRow> $rows */
    private static function problems(array $rows, LinkState $state): ?Message
    {
        $said = [];

        foreach ($rows as $row) {
            if ($row->state === $state && $row->error !== null) {
                $message =
                    $row->parentId === null || $row->name === ''
                        ? $row->error
                        : new Message(MessageCode::AboutProduct, ['name' => $row->name, 'what' => $row->error]);
                $said[$message->json()] = $message;
            }
        }

        return $said === [] ? null : Message::together(array_values($said));
    }
}
