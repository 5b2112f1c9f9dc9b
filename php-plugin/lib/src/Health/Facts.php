<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\EngineReport;

/** What {@see Checks} need to know of the place where the shop runs. */
final readonly class Facts
{
    public function __construct(
        public EngineReport $engine,
        /** Why nothing runs the core, in the reader's words; null when the engine works. */
        public ?string $engineProblem,
        /** @var array<string, string> Versions of the programs around the shop, by name */
        public array $versions = [],
        /** Whether the Auth Code, the webhook's secret, is set; null when that cannot be found out. */
        public ?bool $hasAuthCode = null,
        /** Joomla's scheduler; null when there is none, or it cannot be read. */
        public ?Schedule $schedule = null,
        /** Whether Joomla sends mails; null without a Joomla. */
        public ?bool $sendsMails = null,
    ) {
    }
}
