<?php

/**
 * @package     J2Commerce
 * @subpackage  pkg_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Joomla\JoomlaSql;
use CloverSync\Shop\Joomla\MailTemplates;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Platform;
use Joomla\CMS\Factory;
use Joomla\CMS\Installer\InstallerAdapter;
use Joomla\CMS\Installer\InstallerScriptInterface;
use Joomla\CMS\Language\Text;
use Joomla\Database\DatabaseInterface;
use Joomla\DI\Container;
use Joomla\DI\ServiceProviderInterface;

return new class() implements ServiceProviderInterface {
    public function register(Container $container): void
    {
        /** @var DatabaseInterface $database */
        $database = $container->get(DatabaseInterface::class);
        $container->set(InstallerScriptInterface::class, new class($database) implements InstallerScriptInterface {
            private const PHP    = '8.3.0';
            private const JOOMLA = '6.0.0';
            // Its orders have stock_committed since then.
            private const J2COMMERCE = '6.5.0';

            /** Groups of the plugins cloversync. */
            private const PLUGINS = ['task', 'console', 'actionlog', 'privacy', 'webservices'];

            /** @var list<string> Those that were there before this installation */
            private array $before = [];

            public function __construct(
                private readonly DatabaseInterface $db,
            ) {
            }

            public function preflight(string $type, InstallerAdapter $adapter): bool
            {
                if ($type === 'uninstall') {
                    return true;
                }

                $problem = $this->problem();

                if ($problem !== null) {
                    Factory::getApplication()->enqueueMessage($problem, 'error');

                    return false;
                }

                $this->before = array_values(array_filter(self::PLUGINS, $this->isInstalled(...)));

                // A file cannot be written while it runs, and can be removed: what runs goes on.
                foreach (self::helpers() as $helper) {
                    @unlink($helper);
                }

                return true;
            }

            public function install(InstallerAdapter $adapter): bool
            {
                return true;
            }

            public function update(InstallerAdapter $adapter): bool
            {
                return true;
            }

            /** Removes what the plugins' own SQL does not remove; products stay. */
            public function uninstall(InstallerAdapter $adapter): bool
            {
                $this->db->setQuery("DELETE FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'")->execute();
                // The owner's own versions too.
                $this->db->setQuery("DELETE FROM #__mail_templates WHERE extension = 'plg_task_cloversync'")->execute();

                return true;
            }

            public function postflight(string $type, InstallerAdapter $adapter): bool
            {
                if ($type === 'uninstall') {
                    return true;
                }

                // Only once: an owner who disables one wants it disabled.
                foreach ($type === 'update' ? array_diff(self::PLUGINS, $this->before) : self::PLUGINS as $group) {
                    $this->db
                        ->setQuery(
                            "UPDATE #__extensions SET enabled = 1 WHERE type = 'plugin' AND folder = '$group' "
                            . "AND element = 'cloversync'",
                        )
                        ->execute();
                }

                $this->forgetClassMap();
                $app = Factory::getApplication();

                try {
                    $this->prepare();
                } catch (\Throwable $e) {
                    // The app tries again whenever it starts.
                    $reason = SiteLocale::formatter()->text(Message::of($e));
                    $app->enqueueMessage(Text::sprintf('PKG_CLOVERPOS_TABLES', $reason), 'error');
                }

                $missing = $this->engineProblem();

                if ($missing !== null) {
                    $app->enqueueMessage($missing, 'warning');
                    $app->enqueueMessage(Text::_('PKG_CLOVERPOS_OTHER_PHP'), 'warning');
                }

                if ($type === 'install') {
                    $app->enqueueMessage(Text::_('PKG_CLOVERPOS_NEXT'), 'message');
                }

                return true;
            }

            private function isInstalled(string $group): bool
            {
                return (
                    (int) $this->db
                        ->setQuery(
                            "SELECT COUNT(*) FROM #__extensions WHERE type = 'plugin' AND folder = '$group' AND "
                            . "element = 'cloversync'",
                        )
                        ->loadResult() > 0
                );
            }

            /** @return list<string> The helper programs that are installed */
            private static function helpers(): array
            {
                $found  = [];
                $folder = JPATH_LIBRARIES . '/cloversync/helpers';

                // glob() is disabled on some hosts.
                foreach (is_dir($folder) ? new \DirectoryIterator($folder) : [] as $file) {
                    if (str_starts_with($file->getFilename(), 'clover-helper-')) {
                        $found[] = $file->getPathname();
                    }
                }

                return $found;
            }

            /**
             * Loads the classes with the app's own code: Joomla's map of namespaces is older than this installation.
             */
            private function prepare(): void
            {
                \JLoader::registerNamespace('CloverSync\\Shop', JPATH_LIBRARIES . '/cloversync/src');
                \JLoader::registerNamespace(
                    'J2Commerce\\Plugin\\J2Commerce\\AppCloverpos',
                    JPATH_PLUGINS . '/j2commerce/app_cloverpos/src',
                );

                // Joomla unpacks files without the permission to run. The app gives it too, before it starts one.
                foreach (self::helpers() as $helper) {
                    Platform::makeExecutable($helper);
                }

                (new AppSchema(new JoomlaSql($this->db)))->ensure();
                MailTemplates::install();
            }

            private function problem(): ?string
            {
                $j2commerce = $this->j2commerce();

                return match (true) {
                    version_compare(PHP_VERSION, self::PHP, '<') => Text::sprintf(
                        'PKG_CLOVERPOS_NEEDS_PHP',
                        self::PHP,
                        PHP_VERSION,
                    ),
                    version_compare(JVERSION, self::JOOMLA, '<') => Text::sprintf(
                        'PKG_CLOVERPOS_NEEDS_JOOMLA',
                        self::JOOMLA,
                        JVERSION,
                    ),
                    $j2commerce === null => Text::_('PKG_CLOVERPOS_NEEDS_J2COMMERCE'),
                    version_compare($j2commerce, self::J2COMMERCE, '<') => Text::sprintf(
                        'PKG_CLOVERPOS_NEEDS_J2COMMERCE_VERSION',
                        self::J2COMMERCE,
                        $j2commerce,
                    ),
                    default => null,
                };
            }

            /** Version of the installed component; null when it is not installed. */
            private function j2commerce(): ?string
            {
                $manifest = $this->db
                    ->setQuery("SELECT manifest_cache FROM #__extensions WHERE type = 'component' AND element = "
                    . "'com_j2commerce'")
                    ->loadResult();

                return $manifest === null ? null : (string) (json_decode((string) $manifest)->version ?? '0');
            }

            /** The app is safe to install without it, so this does not stop the installation. */
            private function engineProblem(): ?string
            {
                Engine::register();
                Factory::getApplication()
                    ->getLanguage()
                    ->load('plg_j2commerce_app_cloverpos', JPATH_PLUGINS . '/j2commerce/app_cloverpos');

                return Requirements::problem();
            }

            /**
             * Joomla stores its map of namespaces; the stored one does not contain the library's and the plugins'.
             */
            private function forgetClassMap(): void
            {
                $map = JPATH_ADMINISTRATOR . '/cache/autoload_psr4.php';

                if (is_file($map)) {
                    @unlink($map);
                }
            }
        });
    }
};
