<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use PHPUnit\Framework\TestCase;

/** ./cloversync in a folder of its own, against the shared simulator. */
abstract class CommandLineTestCase extends TestCase
{
    protected Simulator $clover;

    protected CommandLine $shell;

    protected function setUp(): void
    {
        if (!\extension_loaded('cloversync')) {
            self::markTestSkipped('The extension is not loaded: run PHPUnit with -d extension=…/libcloversync.so.');
        }

        $this->clover = Simulator::get();
        $this->clover->reset();
        $this->shell = new CommandLine($this->clover);
    }

    protected function tearDown(): void
    {
        unset($this->shell);
    }
}
