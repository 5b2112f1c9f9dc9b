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
 * What tells this site from a copy of it: its address. The command line does not know the address; it knows the
 * database, so a connection remembers both.
 */
final readonly class SiteAddress
{
    private const DATABASE = 'site_database';

    private const SERVER = 'site_server';

    /**
     * @param ?string             $url       The site's root, null on the command line
     * @param string              $database  Names the database that the site lives in
     * @param ?\Closure(): string $server    Names the database server as it names itself, and the site's folder:
     *                                       both differ on another machine
     * @param ?\Closure(): bool   $isVouched Whether an administrator has opened this address. Where not, any client may
     *                                       have written any host into the request. Null: it is vouched for
     */
    public function __construct(
        private ?string $url,
        private string $database,
        private ?\Closure $server = null,
        private ?\Closure $isVouched = null,
    ) {
    }

    /** For {@see \CloverSync\Shop\Connection\SiteGuard}. */
    public function identity(KeyValueStore $state): string
    {
        if ($this->url !== null) {
            $here = self::normalise($this->url);
            $site = $state->get('site');

            // A visitor's request may start a scheduled task, and its Host header says what the visitor likes.
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
     * To be called on the web when the connection is known to belong here; a shop that moved to another database server
     * moves on with that.
     */
    public function confirm(KeyValueStore $state): void
    {
        if ($this->url !== null && $state->get(self::DATABASE) !== $this->database) {
            $state->set(self::DATABASE, $this->database);
        }

        $server = $this->url === null || $this->server === null ? null : ($this->server)();

        if ($server !== null && $state->get(self::SERVER) !== $server) {
            $state->set(self::SERVER, $server);
        }
    }

    /** Shops answer with and without www and TLS; neither makes another shop. */
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
