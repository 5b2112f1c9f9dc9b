<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** There is no connection to Clover, or the owner must renew it. */
final class NotConnectedException extends ShopException
{
    /** @param ?string $reconnectReason As {@see \CloverSync\ConnectionStatus} has it; null without a connection */
    public function __construct(
        public readonly ?string $reconnectReason = null,
    ) {
        parent::__construct(
            $reconnectReason === null
                ? 'The shop is not connected to Clover: connect it first.'
                : "The connection to Clover no longer works ($reconnectReason): connect again.",
        );
    }
}
