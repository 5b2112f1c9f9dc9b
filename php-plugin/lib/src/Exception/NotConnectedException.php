<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** There is no connection to Clover, or the owner must renew it. */
final class NotConnectedException extends ShopException
{
    /** @param ?string $reconnectReason From {@see \CloverSync\ConnectionStatus}; null without a connection */
    public static function because(?string $reconnectReason = null): self
    {
        return new self(
            $reconnectReason === null
                ? 'The shop is not connected to Clover: connect it first.'
                : "The connection to Clover does not work any more ($reconnectReason): connect again.",
        );
    }
}
