<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;

/**
 * Distinguishes this site from a copy by its address. The command line does not know the address but knows the
 * database, so a connection stores both.
 */
final readonly class SiteAddress
{
    private const DATABASE = 'site_database';

    private const SERVER = 'site_server';

    private const ROOT = 'site_root';

    /**
     * @param ?string             $url       The site's root, null on the command line
     * @param string              $database  Names the site's database
     * @param ?\Closure(): string $server    Returns the database server's own name and the site's folder: both differ
     *   on another machine
     * @param ?\Closure(): bool   $isVouched Whether an administrator has opened this address. If not, the request's
     *   host may be forged. Null: the address is trusted
     */
    public function __construct(
        private ?string $url,
        private string $database,
        private ?\Closure $server = null,
        private ?\Closure $isVouched = null,
    ) {
    }

    /** The identity for {@see \CloverSync\Shop\Connection\SiteGuard}. */
    public function identity(KeyValueStore $state): string
    {
        if ($this->url !== null) {
            $here = self::normalise($this->url);
            $site = $state->get('site');

            // A visitor's request may start a scheduled task, and its Host header can be anything.
            if ($site !== null && $site !== $here && $this->isSameInstallation($state) && !$this->isVouched()) {
                return $site;
            }

            return $here;
        }

        $known = $state->get(self::DATABASE);

        return $known !== null && $known !== $this->database
            ? "a copy in the database $this->database"
            : (string) $state->get('site');
    }

    private function isVouched(): bool
    {
        return $this->isVouched === null || ($this->isVouched)();
    }

    private function isSameInstallation(KeyValueStore $state): bool
    {
        return (
            $this->server !== null
            && $state->get(self::DATABASE) === $this->database
            && $state->get(self::SERVER) === ($this->server)()
        );
    }

    /**
     * Call it on the web when the connection is known to belong to this site. After a move to another database server,
     * it stores the new one.
     */
    public function confirm(KeyValueStore $state): void
    {
        if ($this->url !== null && $state->get(self::DATABASE) !== $this->database) {
            $state->set(self::DATABASE, $this->database);
        }

        if ($this->url !== null && $state->get(self::ROOT) !== $this->url) {
            $state->set(self::ROOT, $this->url);
        }

        $server = $this->url === null || $this->server === null ? null : ($this->server)();

        if ($server !== null && $state->get(self::SERVER) !== $server) {
            $state->set(self::SERVER, $server);
        }
    }

    /**
     * The site's root for links that are read elsewhere, as an administrator last used it: the host of a visitor's
     * request may be forged, and the command line has none.
     *
     * @return ?string With a slash at its end; null before the first connection
     */
    public static function root(KeyValueStore $state): ?string
    {
        $known = $state->get(self::ROOT);
        $site  = $state->get('site');

        return match (true) {
            $known !== null => rtrim($known, '/') . '/',
            // Earlier versions stored it without its scheme.
            $site !== null => "https://$site/",
            default => null,
        };
    }

    /** The host, port and path: a site answers with and without www and TLS, and is the same shop. */
    private static function normalise(string $url): string
    {
        $parts = parse_url(strtolower($url)) ?: [];

        return (
            (string) preg_replace('/^www\./', '', $parts['host'] ?? '')
            . (isset($parts['port']) ? ":{$parts['port']}" : '')
            . rtrim((string) parse_url($url, PHP_URL_PATH), '/')
        );
    }
}
