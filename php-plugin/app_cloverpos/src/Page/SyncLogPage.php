<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\SystemClock;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/**
 * The Sync Log. It needs neither a connection nor valid settings, because the owner reads here what is wrong with them.
 */
final readonly class SyncLogPage implements Page
{
    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_LOG_TITLE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);
        ToolbarButtons::help($toolbar, '10. Day to day: dashboard, log, mappings, outbox');

        try {
            $log   = new SyncLog($this->factory->sql(), $this->factory->environment(), new SystemClock());
            $tools = new ListModel($this->app, 'synclog', SyncLog::SORTS, true, [
                'status' => SyncLog::STATUSES,
                'action' => SyncLog::ACTIONS,
            ]);
            $words   = SiteLocale::formatter();
            $actions = self::actions();
            $search  = $tools->filter('search');
            $filter  = [
                'status'  => $tools->filter('status'),
                'action'  => $tools->filter('action'),
                'search'  => $search,
                'codes'   => $search === null ? [] : $words->codesWith($search),
                'actions' => $search === null ? [] : self::named($actions, $search),
            ];
            $start   = $tools->paginate($log->count($filter));
            $entries = $log->page(
                $filter,
                $tools->sort,
                $tools->descending,
                $start,
                $tools->limit,
                array_keys($actions),
            );
        } catch (\Throwable $e) {
            return Template::render('problem', ErrorPresenter::of($e));
        }

        return Template::render('synclog', [
            'tools'   => $tools,
            'entries' => $entries,
            'words'   => $words,
            'actions' => $actions,
        ]);
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

    /** @return array<string, string> The reader's names of the actions, sorted */
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
