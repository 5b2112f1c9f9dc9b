<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use Joomla\CMS\Application\CMSApplication;
use Joomla\CMS\Document\JsonapiDocument;
use Joomla\CMS\User\User;

/** What Joomla's application for web services is to a controller, in a process that has another application. */
final class ApiCall extends CMSApplication
{
    public readonly JsonapiDocument $answer;

    /** @var array<string, string> By name */
    public array $sent = [];

    public function __construct(
        private readonly User $user,
    ) {
        $this->name   = 'api';
        $this->answer = new JsonapiDocument();
    }

    protected function doExecute(): void
    {
    }

    public function getDocument()
    {
        return $this->answer;
    }

    public function getIdentity()
    {
        return $this->user;
    }

    public function getLanguage()
    {
        return JoomlaSite::app()->getLanguage();
    }

    public function get($key, mixed $default = null)
    {
        return JoomlaSite::app()->get($key, $default);
    }

    public function setHeader($name, $value, $replace = false)
    {
        $this->sent[(string) $name] = (string) $value;

        return $this;
    }
}
