<?php

/** What a site defines at run time; the values are made up. */

declare(strict_types=1);

const JPATH_ADMINISTRATOR = '/administrator';

const JPATH_BASE          = '/';

const JPATH_CACHE         = '/cache';

const JPATH_CONFIGURATION = '/';

const JPATH_LIBRARIES     = '/libraries';

const JPATH_PLUGINS       = '/plugins';

const JPATH_ROOT          = '/';

const JPATH_SITE          = '/';

const JVERSION            = '6.0.0';

abstract class JLoader
{
    /**
     * @param string $namespace
     * @param string $path
     * @param bool   $reset
     * @param bool   $prepend
     *
     * @return void
     */
    public static function registerNamespace($namespace, $path, $reset = false, $prepend = false)
    {
    }
}

/** The site's configuration. */
class JConfig
{
    /** @var string */
    public $db = '';

    /** @var string */
    public $dbprefix = '';

    /** @var string */
    public $host = '';

    /** @var string */
    public $password = '';

    /** @var string */
    public $user = '';
}
