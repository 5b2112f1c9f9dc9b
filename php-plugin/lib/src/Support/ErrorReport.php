<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

use CloverSync\CallbackKind;
use CloverSync\Exception\CallbackException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Exception\VaultException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Messages\Message;

/** An exception as a code, and the facts that a sentence about it needs. */
final readonly class ErrorReport
{
    /** The only field that {@see SettingsException} names when PHP's environment is wrong and no setting is. */
    private const HOST = 'configuration';

    /** @param array<string, Message> $fields What is wrong, by setting */
    private function __construct(
        public ErrorCode $code,
        public Message $message,
        public array $fields = [],
        public ?CallbackKind $callback = null,
        /** The missing permission. */
        public string $permission = '',
        /** Unix seconds. */
        public int $refusedAt = 0,
        /** Unix seconds. */
        public int $nextTryAt = 0,
    ) {
    }

    public static function of(\Throwable $e): self
    {
        $message = Message::of($e);

        return match (true) {
            $e instanceof SettingsException => self::settings($e),
            $e instanceof CallbackException => new self(ErrorCode::Callback, $message, callback: $e->getKind()),
            $e instanceof PermissionException => new self(
                ErrorCode::Permission,
                $message,
                permission: $e->getPermission(),
            ),
            $e instanceof RefusedException => new self(
                ErrorCode::Refused,
                $message,
                refusedAt: $e->getRefusedAt(),
                nextTryAt: $e->getNextTryAt(),
            ),
            $e instanceof UnavailableException => new self(self::unavailable($message), $message),
            default => new self(self::code($e), $message),
        };
    }

    private static function unavailable(Message $message): ErrorCode
    {
        return match ($message->code) {
            // Between shop and Clover; it stays until the web host acts.
            ProblemCode::Insecure, ProblemCode::Intercepted => ErrorCode::Blocked,
            default                                         => ErrorCode::Unavailable,
        };
    }

    private static function settings(SettingsException $e): self
    {
        $fields = array_map(Message::ofProblem(...), $e->getFields());

        return array_keys($fields) === [self::HOST]
            ? new self(ErrorCode::Host, $fields[self::HOST], $fields)
            : new self(ErrorCode::Settings, Message::of($e), $fields);
    }

    private static function code(\Throwable $e): ErrorCode
    {
        return match (true) {
            $e instanceof ExtensionException => ErrorCode::Extension,
            $e instanceof VaultException => ErrorCode::SiteSecret,
            $e instanceof ReconnectException => ErrorCode::Reconnect,
            $e instanceof NotConnectedException => ErrorCode::NotConnected,
            $e instanceof SiteMovedException => ErrorCode::SiteMoved,
            $e instanceof CurrencyException => ErrorCode::Currency,
            $e instanceof DefaultCategoryException => ErrorCode::DefaultCategory,
            $e instanceof AlreadyRunningException, $e instanceof LockLostException => ErrorCode::AlreadyRunning,
            $e instanceof AlreadySendingException => ErrorCode::AlreadySending,
            $e instanceof \PDOException => ErrorCode::Database,
            $e instanceof CloverException => ErrorCode::Clover,
            $e instanceof ShopException => ErrorCode::Shop,
            default => ErrorCode::Unexpected,
        };
    }
}
