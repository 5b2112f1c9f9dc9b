<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Credential;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\JoomlaTestCase;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\Simulator;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\Actions;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\TestDox;

/** The dashboard's action that connects with an API token. J2Commerce has checked the form's token before. */
final class ApiTokenActionTest extends JoomlaTestCase
{
    private const WITHOUT_APP = ['environment' => 'sandbox', 'default_category' => '2', 'pace_share' => '100000'];

    private Simulator $clover;

    private string $token;

    protected function setUp(): void
    {
        parent::setUp();
        JoomlaSite::loadWords();
        $this->clover = Simulator::get();
        $this->clover->reset();
        $this->token = $this->clover->apiToken();
        putenv("CLOVERSYNC_BASE_URL={$this->clover->url}");
    }

    protected function tearDown(): void
    {
        putenv('CLOVERSYNC_BASE_URL');
        $_POST = [];
        unset($_SERVER['REQUEST_METHOD']);
        parent::tearDown();
    }

    #[TestDox('A token that works is stored sealed, and the response has the merchant and not the token')]
    public function test_connected(): void
    {
        $factory  = $this->factory(self::WITHOUT_APP);
        $merchant = $this->clover->state()['merchant_id'];
        $answer   = $this->answer($factory, ['merchant_id' => " $merchant", 'api_token' => "$this->token "]);
        self::assertSame(['message' => "Connected to merchant $merchant."], $answer);
        self::assertStringNotContainsString($this->token, $this->everything());

        $shop   = $this->factory(self::WITHOUT_APP)->shop();
        $status = $shop->connection->status();
        self::assertSame([true, Credential::Merchant, $merchant], [
            $status->connected,
            $status->credential,
            $status->merchantId,
        ]);
        self::assertFalse($shop->guard->isMoved());
        self::assertSame($merchant, $shop->connectionService()->require());
    }

    #[TestDox(
        'A token without a permission, a wrong one and none are refused in the owner\'s words, and nothing is stored',
    )]
    public function test_refused(): void
    {
        $merchant = $this->clover->state()['merchant_id'];
        $this->clover->merchant(['permissions' => ['ORDERS_R', 'ORDERS_W']]);

        foreach ([
            [['merchant_id' => $merchant, 'api_token' => $this->token], 'lacks a permission: Inventory Read'],
            [['merchant_id' => $merchant, 'api_token' => 'no-token-at-all'], 'neither for items nor for orders'],
            [['merchant_id' => '§', 'api_token' => $this->token], 'cannot be a merchant ID'],
            [['merchant_id' => $merchant, 'api_token' => [$this->token]], 'cannot be an API token'],
            [[], 'cannot be a merchant ID'],
        ] as [$post, $words]) {
            $answer = $this->answer($this->factory(self::WITHOUT_APP), $post);
            $text   = json_encode($answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
            self::assertArrayHasKey('error', $answer, $text);
            self::assertStringContainsString($words, $text);
            self::assertStringNotContainsString($this->token, $text . $this->everything());
        }

        self::assertFalse($this->factory(self::WITHOUT_APP)->shop()->connection->status()->connected);
    }

    #[TestDox('A link cannot connect the shop')]
    public function test_get(): void
    {
        $merchant = $this->clover->state()['merchant_id'];
        $answer   = $this->answer(
            $this->factory(self::WITHOUT_APP),
            [
                'merchant_id' => $merchant,
                'api_token'   => $this->token,
            ],
            'GET',
        );
        self::assertSame('method', Json::object($answer['error'] ?? null)['kind'] ?? null);
        self::assertFalse($this->factory(self::WITHOUT_APP)->shop()->connection->status()->connected);
    }

    /**
     * @param array<string, string|list<string>> $post
     *
     * @return array<string, mixed>
     */
    private function answer(ShopFactory $factory, array $post, string $method = 'POST'): array
    {
        $_POST                     = $post;
        $_SERVER['REQUEST_METHOD'] = $method;
        $app                       = $this->createStub(CMSWebApplicationInterface::class);

        return (new Actions($factory, $app))->answer('connection.apiToken', new Input());
    }
}
