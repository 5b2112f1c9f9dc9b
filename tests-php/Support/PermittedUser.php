<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use Joomla\CMS\User\User;

/** A user with some of J2Commerce's permissions. */
final class PermittedUser extends User
{
    /** @param list<string> $permissions */
    public function __construct(
        private readonly array $permissions,
    ) {
        parent::__construct();
    }

    public function authorise($action, $assetname = null)
    {
        return $assetname === 'com_j2commerce' && \in_array($action, $this->permissions, true);
    }
}
