<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Shop\Catalog\J2Commerce\ProductPictures;
use CloverSync\Shop\Catalog\J2Commerce\WantedPicture;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * Reads the pictures of new products after a sync. Whatever becomes of them, the sync is done.
 *
 * Each address is read once: other products with it get the same file.
 */
final readonly class PictureImport
{
    private const ATTEMPTS = 5;

    /** Half of the seconds before the second attempt; each wait is twice the one before. */
    private const WAIT = 600;

    private const LONGEST = self::WAIT << (self::ATTEMPTS - 1);

    /** Pictures that are looked for at once. */
    private const STEP = 20;

    /** So many pictures that are not to be had end the work: their server is not there, and each wait is long. */
    private const PATIENCE = 3;

    public function __construct(
        private Connection $connection,
        private ProductPictures $pictures,
        private MediaFolder $folder,
        private SyncLog $log,
        private Clock $clock,
    ) {
    }

    public function work(TimeBudget $budget): void
    {
        $missing = 0;

        while (($due = $this->pictures->due($this->clock->now(), self::LONGEST, self::STEP)) !== []) {
            foreach ($due as $picture) {
                if ($missing >= self::PATIENCE || $budget->isSpent()) {
                    return;
                }

                $missing += (int) !$this->take($picture);
            }
        }
    }

    /** @return bool Whether it is known what becomes of it */
    private function take(WantedPicture $picture): bool
    {
        $file = $this->pictures->known($picture->address);

        if ($file === null || $file !== '' && !$this->folder->has($file)) {
            $file = $this->read($picture);
        }

        match ($file) {
            null    => $this->later($picture),
            ''      => $this->refuse($picture),
            default => $this->pictures->give($picture, $file),
        };

        return $file !== null;
    }

    /** @return ?string The stored file; empty without a picture; null when it may be there later */
    private function read(WantedPicture $picture): ?string
    {
        try {
            $read = $this->connection->picture($picture->address);
        } catch (CloverException|ShopException) {
            return null;
        }

        if ($read['extension'] === null) {
            return $read['later'] ? null : '';
        }

        return $this->folder->store((string) base64_decode($read['content'], true), $read['extension']);
    }

    private function later(WantedPicture $picture): void
    {
        $attempts = $picture->attempts + 1;
        $attempts >= self::ATTEMPTS
            ? $this->refuse($picture)
            : $this->pictures->postpone($picture, $this->clock->now() + (self::WAIT << $attempts));
    }

    private function refuse(WantedPicture $picture): void
    {
        $this->pictures->refuse($picture);
        $this->log->add('import', 'item', $picture->cloverId, 'skipped', new Message(MessageCode::PictureRefused, [
            'address' => $picture->address,
        ]));
    }
}
