<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Shop;

\defined('_JEXEC') or die;

use CloverSync\Shop\State;

/**
 * What tells this site from a copy of it: its address. The command line does not know the address; it knows the database, so a connection remembers both.
 */
final readonly class SiteAddress
{
    private const DATABASE = 'site_database';

    /**
     * @param ?string $url      The site's root, null on the command line
     * @param string  $database Names the database that the site lives in
     */
    public function __construct(private ?string $url, private string $database)
    {
    }

    /** For {@see \CloverSync\Shop\SiteGuard}. */
    public function identity(State $state): string
    {
        if ($this->url !== null) {
            return self::normalise($this->url);
        }

        $known = $state->get(self::DATABASE);

        return $known !== null && $known !== $this->database ? "a copy in the database $this->database" : (string) $state->get('site');
    }

    /** To be called on the web when the connection is known to belong here; a shop that moved to another database server moves on with that. */
    public function confirm(State $state): void
    {
        if ($this->url !== null && $state->get(self::DATABASE) !== $this->database) {
            $state->set(self::DATABASE, $this->database);
        }
    }

    /** Shops answer with and without www and TLS; neither makes another shop. */
    private static function normalise(string $url): string
    {
        $parts = parse_url(strtolower($url)) ?: [];

        return preg_replace('/^www\./', '', $parts['host'] ?? '') . (isset($parts['port']) ? ":{$parts['port']}" : '') . rtrim(parse_url($url, PHP_URL_PATH) ?? '', '/');
    }
}
