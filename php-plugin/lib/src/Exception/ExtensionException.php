<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Described;
use CloverSync\Shop\Messages\Message;

/** The PHP extension is missing or of another version; the message says which and what to do, to its reader. */
final class ExtensionException extends \RuntimeException implements Described
{
    public function description(): Message
    {
        return Message::said($this->getMessage());
    }
}
