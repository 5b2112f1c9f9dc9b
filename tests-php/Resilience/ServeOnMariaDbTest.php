<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Database\Dialect;
use CloverSync\Tests\Support\Fpm;
use PHPUnit\Framework\Attributes\TestDox;

final class ServeOnMariaDbTest extends ServeTestCase
{
    /** Seconds after which what a dead node held is another's. */
    private const TAKEOVER = 60;

    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }

    #[TestDox(
        'Two web nodes refresh the token once an expiry and look at nothing twice; what a node held that lost its power is the other\'s within a minute',
    )]
    public function test_two_web_nodes(): void
    {
        unset($this->fpm);
        $this->fpm = new Fpm($this->environment(), nodes: 2);
        $refreshes = $this->clover->refreshes();
        $mark      = $this->clover->mark();
        $this->storm('on two nodes', function (int $i): void {
            if (\in_array($i, [60, 130], true)) {
                $this->clover->post('clock', ['advance_s' => 3_600]);
            }
        });
        self::assertSame(2, $this->clover->refreshes() - $refreshes);
        $this->assertApart(array_filter($this->clover->requests($mark), self::isLook(...)));

        if (!Fpm::canSeparate()) {
            self::report('no node was cut: this user may not give pools process ids of their own');

            return;
        }

        $this->clover->switches(['latency' => 3_000]);
        self::assertSame(200, $this->one($this->delivery($this->items[0]), self::AUTH));
        $held = fn (): ?array => $this->sql->fetchOne(
            "SELECT node, holder FROM #__j2commerce_clover_locks WHERE name = 'inbox:sandbox' AND holder <> ''",
        );
        self::eventually(static fn (): bool => $held() !== null, 'Nobody works the inbox.');
        $node = str_contains($held()['node'], $this->fpm->space(0)) ? 0 : 1;
        $this->fpm->cut($node);
        $cut = microtime(true);
        $this->clover->switches(['latency' => 20]);
        $this->clover->setStock($this->items[0], 77);
        self::eventually(
            function (): bool {
                $this->one($this->delivery($this->items[0]), self::AUTH);
                usleep(500_000);

                return (int) $this->product($this->items[0])['quantity'] === 77;
            },
            'The other node has not taken over.',
            self::TAKEOVER + 60,
        );
        $taken = microtime(true) - $cut;
        self::report(\sprintf('node %d cut while it worked the inbox: taken over after %.1f s', $node, $taken));
        self::assertLessThan(self::TAKEOVER + 30, $taken);
    }

    /** @param \Closure(): bool $met */
    private static function eventually(\Closure $met, string $otherwise, int $seconds = 60): void
    {
        $end = microtime(true) + $seconds;

        while (!$met()) {
            self::assertLessThan($end, microtime(true), $otherwise);
            usleep(20_000);
        }
    }
}
