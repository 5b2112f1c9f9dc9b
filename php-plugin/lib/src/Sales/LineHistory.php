<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerCause;

/** What the ledger's rows of one line mean, in the order of their numbers. */
final class LineHistory
{
    /**
     * The newest sale of a line: a line stays sold as the same item, even when the product is linked to another one
     * later.
     *
     * @template T of LedgerRow|CountedRow
     *
     * @param list<T> $rows
     * @param ?int    $variant Only sales of this variant; null = of any
     *
     * @return ?T
     */
    public static function lastSale(array $rows, ?int $variant = null): LedgerRow|CountedRow|null
    {
        $sold = null;

        foreach ($rows as $row) {
            if ($row->delta > 0 && $row->reverses === null && ($variant === null || $row->variantId === $variant)) {
                $sold = $row;
            }
        }

        return $sold;
    }

    /**
     * Units of an item that the owner gave back by hand since the line was last released: the shop's stock still lacks
     * them. {@see ShopOrders::suspects()} asks the database the same question for all lines at once.
     *
     * @param list<LedgerRow|CountedRow> $rows
     */
    public static function givenByHand(array $rows, string $item): int
    {
        $given = 0;

        foreach ($rows as $row) {
            if ($row->cloverId === $item) {
                $given = match ($row->cause) {
                    LedgerCause::Release => 0,
                    LedgerCause::Manual  => $given - $row->delta,
                    LedgerCause::Order   => $given,
                };
            }
        }

        return $given;
    }
}
