<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Connection;
use CloverSync\Settings;
use CloverSync\Vault;
use PHPUnit\Framework\TestCase;

/** The extension with its own simulator, without a shop. */
abstract class CloverTestCase extends TestCase
{
    private const REDIRECT =
        'https://shop.example/administrator/index.php?option=com_j2commerce'
            . '&task=appPlugin.display&plugin=app_cloverpos';

    protected Simulator $clover;

    protected MemoryTokenStore $store;

    /** @var list<array{string, string}> */
    protected array $logged = [];

    protected function setUp(): void
    {
        $this->clover = Simulator::start(static::catalog());
        $this->store  = new MemoryTokenStore();
        $this->logged = [];
    }

    protected function tearDown(): void
    {
        unset($this->clover);
    }

    protected static function catalog(): string
    {
        return 'sandbox';
    }

    /** @param array<string, mixed> $settings */
    protected function connection(array $settings = []): Connection
    {
        $settings += [
            'app_id'     => Simulator::APP_ID,
            'app_secret' => Simulator::APP_SECRET,
            'base_url'   => $this->clover->url,
        ];

        return new Connection(
            Settings::fromArray($settings),
            new Vault('a secret of the site'),
            $this->store,
            function (string $level, string $message): void {
                $this->logged[] = [$level, $message];
            },
        );
    }

    /** @param array<string, mixed> $settings */
    protected function connected(array $settings = []): Connection
    {
        $connection    = $this->connection($settings);
        $authorization = $connection->authorize(self::REDIRECT);
        $connection->complete(Simulator::approve($authorization->url), $authorization->state);

        return $connection;
    }

    /** @return array{string, string} A callback URL and its state */
    protected function approved(Connection $connection): array
    {
        $authorization = $connection->authorize(self::REDIRECT);

        return [Simulator::approve($authorization->url), $authorization->state];
    }
}
