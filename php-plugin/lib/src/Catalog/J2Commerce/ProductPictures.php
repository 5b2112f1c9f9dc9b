<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;

/** Pictures that new products are to get from Clover, and the main images of products. */
final readonly class ProductPictures
{
    public const TABLE = '#__j2commerce_clover_pictures';

    private const IMAGES = '#__j2commerce_productimages';

    private const WANTED  = 'wanted';
    private const STORED  = 'stored';
    private const REFUSED = 'refused';

    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * @param list<array{product: int, clover_id: string, address: string}> $pictures
     */
    public function want(array $pictures): void
    {
        (new Bulk($this->sql))->upsert(
            self::TABLE,
            ['product_id', 'clover_id', 'address', 'address_hash', 'file', 'state', 'attempts', 'next_try'],
            array_map(static fn (array $picture): array => [
                $picture['product'],
                $picture['clover_id'],
                $picture['address'],
                hash('sha256', $picture['address']),
                '',
                self::WANTED,
                0,
                0,
            ], $pictures),
            ['product_id'],
            ['clover_id', 'address', 'address_hash', 'file', 'state', 'attempts', 'next_try'],
        );
    }

    /**
     * @param int $longest The longest wait in seconds: a later time comes from a clock that was wrong
     *
     * @return list<WantedPicture> That are due, the oldest products first
     */
    public function due(int $now, int $longest, int $limit): array
    {
        return array_map(
            static fn (array $row): WantedPicture => new WantedPicture(
                (int) $row['product_id'],
                Row::string($row, 'clover_id'),
                Row::string($row, 'address'),
                (int) $row['attempts'],
            ),
            $this->sql->fetchAll('SELECT product_id, clover_id, address, attempts FROM '
            . self::TABLE
            . ' WHERE state = ? AND (next_try <= ? OR next_try > ?) ORDER BY product_id LIMIT '
            . $limit, [self::WANTED, $now, $now + $longest]),
        );
    }

    /** The file that this address has led to for another product; empty when it led to none; null before. */
    public function known(string $address): ?string
    {
        $row =
            $this->sql->fetchAll('SELECT file FROM '
            . self::TABLE
            . ' WHERE address_hash = ? AND address = ? AND state <> ? ORDER BY product_id DESC LIMIT 1', [
                hash('sha256', $address),
                $address,
                self::WANTED,
            ])[0] ?? null;

        return $row === null ? null : Row::string($row, 'file');
    }

    /** Gives a product its main image, unless it has one. */
    public function give(WantedPicture $picture, string $file): void
    {
        $this->sql->transaction(function () use ($picture, $file): void {
            $title = $this->sql->fetchValue("SELECT c.title FROM #__j2commerce_products p
                   JOIN #__content c ON c.id = p.product_source_id AND p.product_source = 'com_content'
                  WHERE p.j2commerce_product_id = ?", [$picture->product]);

            if ($title !== null && !$this->hasRow($picture->product)) {
                (new Bulk($this->sql))->insert(
                    self::IMAGES,
                    ['product_id', 'main_image', 'main_image_alt', 'thumb_image_alt', 'tiny_image_alt'],
                    [[$picture->product, $file, (string) $title, '', '']],
                );
            } elseif ($title !== null) {
                $this->sql->execute('UPDATE '
                . self::IMAGES
                . " SET main_image = ?, main_image_alt = ? WHERE product_id = ? AND COALESCE(main_image, '') = ''", [
                    $file,
                    (string) $title,
                    $picture->product,
                ]);
            }

            $this->end($picture, self::STORED, $file);
        });
    }

    public function refuse(WantedPicture $picture): void
    {
        $this->end($picture, self::REFUSED, '');
    }

    public function postpone(WantedPicture $picture, int $until): void
    {
        $this->sql->execute('UPDATE '
        . self::TABLE
        . ' SET attempts = attempts + 1, next_try = ? WHERE product_id = ?', [$until, $picture->product]);
    }

    private function end(WantedPicture $picture, string $state, string $file): void
    {
        $this->sql->execute('UPDATE ' . self::TABLE . ' SET state = ?, file = ? WHERE product_id = ?', [
            $state,
            $file,
            $picture->product,
        ]);
    }

    private function hasRow(int $product): bool
    {
        return $this->sql->fetchValue('SELECT product_id FROM ' . self::IMAGES . ' WHERE product_id = ?', [
            $product,
        ]) !== null;
    }
}
