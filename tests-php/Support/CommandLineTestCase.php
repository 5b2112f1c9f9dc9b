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
        PhpEngine::require();

        $this->clover = Simulator::get();
        $this->clover->reset();
        $this->shell = new CommandLine($this->clover);
    }

    protected function tearDown(): void
    {
        unset($this->shell);
    }
}
