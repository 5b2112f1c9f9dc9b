<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Credential;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\SettingsException;
use CloverSync\ProblemCode;
use CloverSync\Tests\Support\CloverTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** A merchant's own API token in place of an app. */
final class ApiTokenTest extends CloverTestCase
{
    private const WITHOUT_APP = ['app_id' => '', 'app_secret' => ''];

    #[TestDox('A token that Clover accepts connects without an app, and the record that is stored does not show it')]
    public function test_connected(): void
    {
        $token      = $this->clover->apiToken();
        $connection = $this->connection(self::WITHOUT_APP);
        $status     = $connection->connectWithApiToken(" {$this->merchant()} ", "$token\n");

        self::assertSame([true, $this->merchant(), Credential::Merchant], [
            $status->connected,
            $status->merchantId,
            $status->credential,
        ]);
        self::assertSame([null, null, null], [
            $status->accessExpiresAt,
            $status->refreshExpiresAt,
            $status->reconnectReason,
        ]);
        self::assertStringNotContainsString($token, (string) $this->store->record);
        self::assertSame(['GET /v3/-/items 200', 'GET /v3/-/orders 200'], $this->sorted());
        self::assertSame('USD', $connection->merchant()->currency);
    }

    #[TestDox('It is never refreshed, and a refresh sends no request')]
    public function test_refresh(): void
    {
        $connection = $this->connection(self::WITHOUT_APP);
        $connection->connectWithApiToken($this->merchant(), $this->clover->apiToken(), test: false);
        self::assertSame([], $this->clover->requests());
        self::assertFalse($connection->refresh(1_000_000_000));
        self::assertSame([], $this->clover->requests());
    }

    /** @return iterable<string, array{list<string>, string, list<string>}> */
    public static function permissions(): iterable
    {
        $lacks = ProblemCode::ApiTokenPermission->value;

        yield 'no items' => [['ORDERS_R', 'ORDERS_W'], $lacks, ['Inventory Read']];
        yield 'no orders' => [['INVENTORY_R', 'INVENTORY_W'], $lacks, ['Orders Read']];
        yield 'neither' => [['MERCHANT_R'], ProblemCode::ApiTokenNotAccepted->value, ['Inventory Read', 'Orders Read']];
    }

    /**
     * @param list<string> $granted
     * @param list<string> $missing
     */
    #[DataProvider('permissions')]
    #[TestDox('A token without a permission is not stored, and each missing permission is named')]
    public function test_missing_permissions(array $granted, string $code, array $missing): void
    {
        $token = $this->clover->apiToken();
        $this->clover->merchant(['permissions' => $granted]);
        $problem = $this->refusal($this->merchant(), $token)->getProblem();
        self::assertSame([$code, $missing], [$problem?->code->value, $problem?->data['permissions'] ?? null]);
        self::assertNull($this->store->record);
    }

    #[TestDox('A token that Clover does not know, or another merchant, is refused, and no part of the token is shown')]
    public function test_refused(): void
    {
        $token = $this->clover->apiToken();

        foreach ([[$this->merchant(), "{$token}x"], ['M1M2M3M4M5M6M', $token]] as [$merchant, $given]) {
            $refusal = $this->refusal($merchant, $given);
            self::assertSame(ProblemCode::ApiTokenNotAccepted, $refusal->getProblem()?->code);
            self::assertSame($merchant, $refusal->getProblem()->data['merchant'] ?? null);
            self::assertStringNotContainsString($token, print_r($refusal, true) . print_r($refusal->getTrace(), true));
        }

        self::assertNull($this->store->record);
    }

    #[TestDox('What cannot be a token or a merchant ID is refused without a request, and is not repeated')]
    public function test_form(): void
    {
        $token = $this->clover->apiToken();

        foreach ([
            ['', $token, ProblemCode::MerchantIdForm, 'merchantId'],
            ["no id: $token", $token, ProblemCode::MerchantIdForm, 'merchantId'],
            [$this->merchant(), '', ProblemCode::ApiTokenForm, 'token'],
            [$this->merchant(), "Bearer $token", ProblemCode::ApiTokenForm, 'token'],
            [$this->merchant(), "$token\u{200b}", ProblemCode::ApiTokenForm, 'token'],
        ] as [$merchant, $given, $code, $path]) {
            $refusal = $this->refusal($merchant, $given);
            self::assertSame([$code, $path], [$refusal->getProblem()?->code, $refusal->getPath()]);
            self::assertStringNotContainsString($token, $refusal->getMessage());
        }

        self::assertSame([], $this->clover->requests());
        self::assertNull($this->store->record);
    }

    #[TestDox('The stored token is recognized, whatever its merchant is called in blanks, and another one is not')]
    public function test_has(): void
    {
        $token      = $this->clover->apiToken();
        $connection = $this->connection(self::WITHOUT_APP);
        self::assertFalse($connection->hasApiToken($this->merchant(), $token));
        $connection->connectWithApiToken($this->merchant(), $token);
        self::assertTrue($connection->hasApiToken(" {$this->merchant()}", "$token "));
        self::assertFalse($connection->hasApiToken($this->merchant(), "{$token}x"));
        self::assertFalse($connection->hasApiToken('M1M2M3M4M5M6M', $token));
        self::assertFalse($this->connected()->hasApiToken($this->merchant(), $token), 'It belongs to the app now.');
    }

    #[TestDox('OAuth still needs the app, before and after an API token')]
    public function test_oauth(): void
    {
        $connection = $this->connection(self::WITHOUT_APP);
        $connection->connectWithApiToken($this->merchant(), $this->clover->apiToken());
        self::assertSame(Credential::App, $this->connected()->status()->credential);

        $this->expectException(SettingsException::class);
        $connection->authorize('https://shop.example/');
    }

    private function merchant(): string
    {
        return $this->clover->state()['merchant_id'];
    }

    private function refusal(string $merchant, #[\SensitiveParameter] string $token): ItemException
    {
        // Whatever php.ini says, its trace has the arguments of calls.
        ini_set('zend.exception_ignore_args', '0');

        try {
            $this->connection(self::WITHOUT_APP)->connectWithApiToken($merchant, $token);
        } catch (ItemException $e) {
            return $e;
        } finally {
            ini_restore('zend.exception_ignore_args');
        }

        self::fail('It was accepted.');
    }

    /** @return list<string> The calls so far; those of a trial are sent together */
    private function sorted(): array
    {
        $calls = $this->clover->calls();
        sort($calls);

        return $calls;
    }
}
