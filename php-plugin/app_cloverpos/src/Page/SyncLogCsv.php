<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Log\SyncLog;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\LongRequest;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;

/** The Sync Log as a file. */
final readonly class SyncLogCsv implements CsvList
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_LOG_';

    private const PORTION = 500;

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return self::PREFIX . 'TITLE';
    }

    public function name(): string
    {
        return 'clover-sync-log';
    }

    public function permission(): string
    {
        return 'j2commerce.viewsetup';
    }

    public function header(): array
    {
        return [
            Text::_(self::PREFIX . 'DATE'),
            Text::_(self::PREFIX . 'STATUS'),
            Text::_(self::PREFIX . 'ACTION'),
            Text::_(self::PREFIX . 'ENTITY_TYPE'),
            Text::_(self::PREFIX . 'ENTITY_ID'),
            Text::_(self::PREFIX . 'MESSAGE'),
        ];
    }

    public function write(\Closure $row): void
    {
        $log = new SyncLogEntries($this->factory, $this->app);
        LongRequest::begin(LongRequest::REPORT);
        $newest = $log->newest();
        $start  = 0;

        do {
            $page  = $log->page($start, self::PORTION, $newest);
            $start += self::PORTION;

            foreach ($page as $entry) {
                $row([
                    LocalTime::sql($entry['at']),
                    \in_array($entry['status'], SyncLog::STATUSES, true)
                        ? Text::_(self::PREFIX . 'STATUS_' . strtoupper($entry['status']))
                        : $entry['status'],
                    $log->actions[$entry['action']] ?? $entry['action'],
                    $entry['entity_type'],
                    $entry['entity_id'],
                    $log->words->withDetails($entry['message'], Text::_(CsvPage::DETAILS)),
                ]);
            }
        } while (\count($page) === self::PORTION);
    }
}
