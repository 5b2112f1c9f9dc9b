<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Described;
use CloverSync\Shop\Messages\EnglishLocale;
use CloverSync\Shop\Messages\Message;

/** The job cannot be done; the description says what to do. */
class ShopException extends \RuntimeException implements Described
{
    public function __construct(
        private readonly Message $description,
        ?\Throwable $previous = null,
    ) {
        // For developers.
        parent::__construct(EnglishLocale::formatter()->text($description), 0, $previous);
    }

    public function description(): Message
    {
        return $this->description;
    }
}
