<?php

declare(strict_types=1);

namespace CloverSync;

/** What is wrong, as a code with data. The shop puts it into words. */
final readonly class Problem
{
    public ProblemCode $code;

    /**
     * What the text names, as the case of {@see $code} says. Contains neither tokens nor customer data.
     *
     * @var array<string, int|string|list<string>>
     */
    public array $data;

    /** For technicians, such as the request and its status; empty when there is nothing to add. */
    public string $details;

    private function __construct()
    {
    }
}
