<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\DeleteAction;
use CloverSync\Environment;

/**
 * {@see \CloverSync\Settings} as far as a sync needs it.
 *
 * @phpstan-type Values array{environment: string, defaultCategory: int, defaultTaxProfile: int, deleteAction: string,
 *   logRetention: int, pushStock: bool, paidStatuses: list<int>, refundedStatuses: list<int>, ...}
 */
final readonly class Settings
{
    public Environment $environment;

    public int $defaultCategory;

    public int $defaultTaxProfile;

    public DeleteAction $deleteAction;

    public int $logRetention;

    public bool $pushStock;

    /** @var list<int> */
    public array $paidStatuses;

    /** @var list<int> */
    public array $refundedStatuses;

    /** @param Values $settings The properties, as they come through JSON */
    public function __construct(array $settings)
    {
        $this->environment       = Environment::from($settings['environment']);
        $this->defaultCategory   = $settings['defaultCategory'];
        $this->defaultTaxProfile = $settings['defaultTaxProfile'];
        $this->deleteAction      = DeleteAction::from($settings['deleteAction']);
        $this->logRetention      = $settings['logRetention'];
        $this->pushStock         = $settings['pushStock'];
        $this->paidStatuses      = $settings['paidStatuses'];
        $this->refundedStatuses  = $settings['refundedStatuses'];
    }
}
