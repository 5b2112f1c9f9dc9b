<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Settings;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SchemaException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\ErrorCode;
use CloverSync\Shop\Support\ErrorReport;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** What the command line and Joomla make of an exception. */
#[Group('once')]
final class ErrorReportTest extends TestCase
{
    /** @return iterable<string, array{\Throwable, ErrorCode}> */
    public static function exceptions(): iterable
    {
        yield 'no extension' => [new ExtensionException('a'), ErrorCode::Extension];
        yield 'tokens of another secret' => [new VaultException('a'), ErrorCode::SiteSecret];
        yield 'a connection that has ended' => [new ReconnectException('a'), ErrorCode::Reconnect];
        yield 'no connection' => [new NotConnectedException(), ErrorCode::NotConnected];
        yield 'a copy of the site' => [new SiteMovedException(Message::said('a')), ErrorCode::SiteMoved];
        yield 'two currencies' => [new CurrencyException(Message::said('a')), ErrorCode::Currency];
        yield 'no category' => [new DefaultCategoryException(Message::said('a')), ErrorCode::DefaultCategory];
        yield 'another process' => [new AlreadyRunningException(Message::said('a')), ErrorCode::AlreadyRunning];
        yield 'another worker' => [new AlreadySendingException(Message::said('a')), ErrorCode::AlreadySending];
        yield 'another process since' => [new LockLostException(Message::said('a')), ErrorCode::AlreadyRunning];
        yield 'the database' => [new \PDOException('a'), ErrorCode::Database];
        yield 'another reason of the extension' => [new CloverException('a'), ErrorCode::Clover];
        yield 'another reason of the shop' => [new ShopException(Message::said('a')), ErrorCode::Shop];
        yield 'a kind of reason of the shop' => [new SchemaException(Message::said('a')), ErrorCode::Shop];
        yield 'a fault' => [new \TypeError('a'), ErrorCode::Unexpected];
        yield 'another exception' => [new \RuntimeException('a'), ErrorCode::Unexpected];
    }

    #[DataProvider('exceptions')]
    #[TestDox('$_dataName')]
    public function test_code(\Throwable $e, ErrorCode $code): void
    {
        $report = ErrorReport::of($e);
        self::assertEquals([$code, Message::of($e)], [$report->code, $report->message]);
    }

    public function test_settings_are_named(): void
    {
        try {
            Settings::fromArray(['environment' => 'moon']);
            self::fail('It was taken.');
        } catch (SettingsException $e) {
            $report = ErrorReport::of($e);
            self::assertSame([ErrorCode::Settings, ['environment']], [$report->code, array_keys($report->fields)]);
        }
    }
}
