<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** What runs the core in this PHP, and what is wrong with it. */
final readonly class EngineReport
{
    public function __construct(
        public Engine $engine,
        /** Version of the extension, or of the helper that answered; null when there is none. */
        public ?string $version,
        /** What is wrong with the helper; null when nothing is, or the extension runs the core. */
        public ?HelperProblem $problem = null,
        /** The function, path, version or message that the problem is about. */
        public string $detail = '',
    ) {
    }

    public function isUsable(): bool
    {
        return $this->problem === null && $this->version !== null && self::fits($this->version);
    }

    /** Whether an extension of this version fits: those of the same minor version do. */
    public static function fits(string $version): bool
    {
        return str_starts_with($version, Engine::MINOR . '.');
    }
}
