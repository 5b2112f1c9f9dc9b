<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** This one item cannot become a product. */
final class ItemFault extends \Exception
{
    public function __construct(
        private readonly string $path,
        string $message,
    ) {
        parent::__construct($message);
    }

    /** @return array{item_id: ?string, path: string, message: string} */
    public function row(?string $item): array
    {
        return ['item_id' => $item, 'path' => $this->path, 'message' => $this->getMessage()];
    }
}
