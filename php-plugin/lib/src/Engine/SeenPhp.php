<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** One of the site's two PHPs, the web server's or the command line's, when it was last looked at. */
final readonly class SeenPhp
{
    public function __construct(
        public EngineReport $engine,
        /** Names of functions and PHP extensions that it lacks; null when it lacks none. */
        public ?string $lacks,
        public ?string $php,
        public ?string $iniFile,
        /** Unix seconds; null when it is the PHP that asks. */
        public ?int $seenAt,
    ) {
    }

    public function works(): bool
    {
        return $this->engine->isUsable() && $this->lacks === null;
    }
}
