<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\Joomla\QueuedArticle;
use CloverSync\Shop\Catalog\Joomla\SearchQueue;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Component\ComponentHelper;
use Joomla\CMS\Event\Finder\AfterSaveEvent;
use Joomla\CMS\Plugin\PluginHelper;
use Joomla\Component\Finder\Administrator\Indexer\Indexer;
use Joomla\Registry\Registry;

/** Makes Joomla's Smart Search index the products that were written by SQL, which triggers none of its events. */
final readonly class SearchIndex
{
    /** Articles read from the queue at once. */
    private const BATCH = 25;

    /** Articles that fail in one call before it ends: the cause is then probably none of them. */
    private const FAILURES = 3;

    private const SAVED = 'onFinderAfterSave';

    private function __construct(
        private CMSApplicationInterface $app,
    ) {
    }

    /**
     * Indexes queued articles until the time is spent. Another process that does so already is left alone.
     *
     * J2Commerce's search plugin requires the menu of a web application, so the command line leaves the queue as it is.
     *
     * @return int Articles that still wait
     */
    public static function update(
        CMSApplicationInterface $app,
        Services $shop,
        TimeBudget $budget,
    ): int {
        $queue = $shop->searchQueue();

        if (!self::isUsed()) {
            $queue->clear();

            return 0;
        }

        $lock = new Lock($shop->sql, 'search', $shop->clock);

        if ($app instanceof CMSWebApplicationInterface && $queue->count() > 0 && $lock->acquire()) {
            try {
                (new self($app))->work($queue, $shop, $budget, $lock);
            } finally {
                $lock->release();
            }
        }

        return $queue->count();
    }

    /**
     * Reads the indexer's settings, which it keeps in the session. Call it while the session is open, when the index
     * is updated after the response. Never throws.
     */
    public static function prepare(): void
    {
        try {
            if (self::isUsed()) {
                Indexer::getState();
            }
        } catch (\Throwable $e) {
            DebugLog::failed($e);
        }
    }

    /** Without the content plugin, Joomla itself indexes nothing that is saved. */
    private static function isUsed(): bool
    {
        return ComponentHelper::isEnabled('com_finder') && PluginHelper::isEnabled('content', 'finder');
    }

    private function work(SearchQueue $queue, Services $shop, TimeBudget $budget, Lock $lock): void
    {
        PluginHelper::importPlugin('finder', dispatcher: $this->app->getDispatcher());
        $failures = 0;

        while (!$budget->isSpent() && ($articles = $queue->next(self::BATCH)) !== []) {
            foreach ($articles as $article) {
                if ($failures >= self::FAILURES || $budget->isSpent() || !$lock->renew()) {
                    return;
                }

                try {
                    $this->index($article, $queue);
                    $queue->done($article);
                } catch (\Throwable $e) {
                    DebugLog::failed($e);
                    $failures++;

                    if ($queue->refused($article)) {
                        $shop->log->add(
                            'update',
                            'article',
                            (string) $article->id,
                            'error',
                            new Message(MessageCode::SearchRefused, [], $e->getMessage()),
                        );
                    }
                }
            }
        }
    }

    private function index(QueuedArticle $article, SearchQueue $queue): void
    {
        if ($article->productId === null) {
            return;
        }

        $indexer = new Indexer();

        foreach ($queue->links($article->productId) as $link) {
            $indexer->remove($link, false);
        }

        $subject = (object) ['id' => $article->id, 'access' => $article->access];

        foreach ($article->enabled ? self::contexts() : [] as $context) {
            $this->app->getDispatcher()->dispatch(
                self::SAVED,
                // As new, because plugins compare others with what they noted before the save.
                new AfterSaveEvent(self::SAVED, ['context' => $context, 'subject' => $subject, 'isNew' => true]),
            );
        }
    }

    /** @return list<string> Contexts of the events; J2Commerce's plugin indexes products in place of their articles */
    private static function contexts(): array
    {
        $plugin = PluginHelper::getPlugin('finder', 'j2commerce');

        if (!\is_object($plugin)) {
            return ['com_content.article'];
        }

        $parameters = new Registry(isset($plugin->params) ? (string) $plugin->params : '');

        return (
            (int) $parameters->get('exclude_linked_articles', 1) !== 0
                ? ['com_j2commerce.article']
                : ['com_j2commerce.article', 'com_content.article']
        );
    }
}
