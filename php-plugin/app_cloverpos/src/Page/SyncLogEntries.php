<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Formatter;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\SystemClock;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/**
 * The entries of the Sync Log by the filters and the order that the reader has chosen. It needs neither a connection
 * nor valid settings, because the owner reads here what is wrong with them.
 *
 * @phpstan-type Filter array{status: ?string, action: ?string, search: ?string, codes: list<string>, actions:
 *   list<string>}
 */
final readonly class SyncLogEntries
{
    public ListModel $tools;

    public Formatter $words;

    /** @var array<string, string> The reader's names of the actions, sorted */
    public array $actions;

    private SyncLog $log;

    /** @var Filter */
    private array $filter;

    public function __construct(ShopFactory $factory, CMSWebApplicationInterface $app)
    {
        $this->log   = new SyncLog($factory->sql(), $factory->environment(), new SystemClock());
        $this->tools = new ListModel($app, 'synclog', SyncLog::SORTS, true, [
            'status' => SyncLog::STATUSES,
            'action' => SyncLog::ACTIONS,
        ]);
        $this->words   = SiteLocale::formatter();
        $this->actions = self::actions();
        $search        = $this->tools->filter('search');
        $this->filter  = [
            'status'  => $this->tools->filter('status'),
            'action'  => $this->tools->filter('action'),
            'search'  => $search,
            'codes'   => $search === null ? [] : $this->words->codesWith($search),
            'actions' => $search === null ? [] : self::named($this->actions, $search),
        ];
    }

    public function count(): int
    {
        return $this->log->count($this->filter);
    }

    /** @return int Number of the newest entry; entries that come later are left out by {@see page()} */
    public function newest(): int
    {
        return $this->log->newest();
    }

    /**
     * @return list<array{at: string, action: string, entity_type: string, entity_id: string, status: string, message:
     *   Message}>
     */
    public function page(int $start, int $limit, ?int $newest = null): array
    {
        return $this->log->page(
            ['newest' => $newest] + $this->filter,
            $this->tools->sort,
            $this->tools->descending,
            $start,
            $limit,
            array_keys($this->actions),
        );
    }

    /**
     * @param array<string, string> $actions
     *
     * @return list<string> Actions whose names contain what is searched for
     */
    private static function named(array $actions, string $search): array
    {
        return array_keys(array_filter($actions, static fn (string $name): bool => str_contains(
            mb_strtolower($name),
            mb_strtolower($search),
        )));
    }

    /** @return array<string, string> */
    private static function actions(): array
    {
        $names = [];

        foreach (SyncLog::ACTIONS as $action) {
            $names[$action] = Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_LOG_ACTION_' . strtoupper($action));
        }

        uasort($names, static fn (string $a, string $b): int => mb_strtolower($a) <=> mb_strtolower($b));

        return $names;
    }
}
