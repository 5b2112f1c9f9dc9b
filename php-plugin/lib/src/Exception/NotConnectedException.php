<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

use CloverSync\Problem;
use CloverSync\ProblemCode;
use CloverSync\Shop\Messages\Message;

/** There is no connection to Clover, or the owner must renew it. */
final class NotConnectedException extends ShopException
{
    /** @param ?Problem $reconnectReason As {@see \CloverSync\ConnectionStatus} has it; null without a connection */
    public function __construct(
        public readonly ?Problem $reconnectReason = null,
    ) {
        parent::__construct(
            $reconnectReason === null ? new Message(ProblemCode::NotConnected) : Message::ofProblem($reconnectReason),
        );
    }
}
