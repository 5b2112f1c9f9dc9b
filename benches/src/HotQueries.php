<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * The statements that run for each page, each sale, each webhook or each page that the owner opens: the purpose of
 * each, and parts of its text that identify it.
 */
final class HotQueries
{
    private const HOUSE = 'J2Commerce has no index for it, and the app does not change its tables';

    private const MANY =
        'there is an index, but the server does not use it for such a large part of the table; '
            . 'in a larger shop it does';

    /** @var list<array{purpose: string, has: list<string>, why?: string}> */
    public const ALL = [
        [
            'purpose' => 'sync: lock the counts of a page\'s items',
            'has'     => ['SELECT q.variant_id', 'm.clover_id IN', 'FOR UPDATE'],
        ],
        [
            'purpose' => 'sync: the shop\'s rows of a page\'s items',
            'has'     => ['SELECT m.clover_id, m.parent_id, m.product_id', 'm.clover_id IN'],
        ],
        [
            'purpose' => 'sync: the shop\'s rows of a batch of groups',
            'has'     => ['SELECT m.clover_id, m.parent_id, m.product_id', 'm.parent_id IN'],
        ],
        [
            'purpose' => 'sync: the ledger\'s rows of a page\'s items',
            'has'     => ['SELECT l.id, l.order_id', 'l.clover_id IN'],
        ],
        [
            'purpose' => 'sync: the ledger\'s rows of a page\'s variants',
            'has'     => ['SELECT l.id, l.order_id', 'l.variant_id IN'],
        ],
        [
            'purpose' => 'sync: units that orders hold of a page\'s variants',
            'has'     => ['o.stock_committed = 1', 'i.variant_id IN'],
            'why'     => 'few orders are recent enough to count; if there are many, the server begins with them',
        ],
        ['purpose' => 'sync: orders refunded by a payment gateway', 'has' => ["event = 'refund'"]],
        ['purpose' => 'sync: mark a page\'s items as seen', 'has' => ['SET seen_run = ?, last_synced = ?']],
        ['purpose' => 'sync: the run\'s own row', 'has' => ['SELECT holder FROM #__j2commerce_clover_runs WHERE id']],
        ['purpose' => 'sync: the next staged groups', 'has' => ['SELECT group_id, COUNT(*)']],
        ['purpose' => 'sync: their members', 'has' => ['SELECT group_id, item_id, payload', 'group_id IN']],
        [
            'purpose' => 'sync: groups with a member not seen',
            'has'     => ['SELECT DISTINCT parent_id', 'seen_run <> ?', 'parent_id IN'],
        ],
        [
            'purpose' => 'sync: number of linked items not seen, once in a run',
            'has'     => ['SELECT COUNT(*)', 'seen_run <> ?'],
            'why'     => 'every link must be checked once',
        ],
        [
            'purpose' => 'sync: linked items not seen',
            'has'     => ['SELECT clover_id FROM #__j2commerce_clover_mappings', 'ORDER BY parent_id, clover_id'],
        ],
        ['purpose' => 'writing: links of the products to write', 'has' => ['SELECT m.*, c.id AS c_id']],
        [
            'purpose' => 'writing: existing SKUs of the shop',
            'has'     => ['SELECT j2commerce_variant_id AS id FROM #__j2commerce_variants WHERE sku IN'],
            'why'     => self::HOUSE,
        ],
        [
            'purpose' => 'writing: existing aliases',
            'has'     => ['SELECT catid, alias FROM #__content WHERE alias IN'],
            'why'     => self::MANY,
        ],
        [
            'purpose' => 'writing: ids of new articles',
            'has'     => ['SELECT id, catid, alias FROM #__content WHERE alias IN'],
            'why'     => self::MANY,
        ],
        [
            'purpose' => 'writing: ids of new products',
            'has'     => ['SELECT j2commerce_product_id AS id', 'product_source_id IN'],
        ],
        [
            'purpose' => 'writing: ids of new variants',
            'has'     => ['SELECT j2commerce_variant_id AS id, product_id', 'j2commerce_variant_id > ?'],
        ],
        [
            'purpose' => 'writing: last position in a category, once in a slice',
            'has'     => ['SELECT catid, MAX(ordering)'],
            'why'     => 'no index contains the position; it is read once for each category and slice',
        ],
        [
            'purpose' => 'writing: tags by title, once in a batch',
            'has'     => ['SELECT id, title FROM #__tags', 'ORDER BY published DESC, lft'],
            'why'     => 'titles are compared without case and outer spaces, which no index of Joomla supports',
        ],
        ['purpose' => 'writing: tags of articles', 'has' => ['SELECT content_item_id, tag_id', 'content_item_id IN']],
        [
            'purpose' => 'writing: articles in Joomla\'s unified content',
            'has'     => ['SELECT ucm_id, ucm_item_id'],
            'why'     => self::MANY,
        ],
        [
            'purpose' => 'writing: prices, SKUs and counts of variants',
            'has'     => ['SELECT v.j2commerce_variant_id AS id, v.sku'],
        ],
        ['purpose' => 'writing: change variants', 'has' => ['UPDATE #__j2commerce_variants SET']],
        [
            'purpose' => 'sales: orders with unprocessed events',
            'has'     => ['SELECT order_id FROM #__j2commerce_clover_outbox', "state = 'pending' AND next_try <= ?"],
        ],
        ['purpose' => 'sales: events of an order', 'has' => ['SELECT id, event, old_status, new_status']],
        [
            'purpose' => 'sales: an order\'s lines with their links',
            'has'     => ['SELECT i.j2commerce_orderitem_id AS id, i.variant_id'],
        ],
        [
            'purpose' => 'sales: an order\'s rows in the ledger',
            'has'     => ['SELECT * FROM #__j2commerce_clover_ledger', 'order_id = ? ORDER BY line_id, seq'],
        ],
        [
            'purpose' => 'sales: counts to change in Clover',
            'has'     => ['SELECT l.* FROM #__j2commerce_clover_ledger', "l.state = 'intended'", 'l.next_try <= ?'],
        ],
        [
            'purpose' => 'sales: changes without a response',
            'has'     => ['SELECT * FROM #__j2commerce_clover_ledger', "state = 'sent' AND sent <= ?"],
        ],
        [
            'purpose' => 'sales: orders to send',
            'has'     => ['SELECT * FROM #__j2commerce_clover_orders', "payment = 'due'", 'ORDER BY id LIMIT'],
        ],
        [
            'purpose' => 'reconciler: paid orders whose units were not subtracted',
            'has'     => ['SELECT DISTINCT o.order_id', 'COALESCE(l.asked, 0)'],
        ],
        [
            'purpose' => 'reconciler: paid orders that are not in Clover',
            'has'     => ['SELECT o.order_id FROM', 'p.id IS NULL'],
        ],
        [
            'purpose' => 'reconciler: released orders with units not returned',
            'has'     => ['SELECT l.order_id FROM', 'HAVING SUM(l.delta) <> 0'],
        ],
        [
            'purpose' => 'webhooks: objects to fetch',
            'has'     => ['SELECT id, object_type, object_id, event', 'ORDER BY next_try, id'],
        ],
        [
            'purpose' => 'webhooks: when the next one is due',
            'has'     => ['SELECT MIN(next_try) FROM #__j2commerce_clover_inbox'],
        ],
        [
            'purpose' => 'webhooks: groups of the events\' items',
            'has'     => ['SELECT DISTINCT parent_id', 'parent_id IS NOT NULL', 'clover_id IN'],
        ],
        [
            'purpose' => 'owner: a page of the Sync Log',
            'has'     => ['SELECT created, action', 'WHERE environment = ? ORDER BY id DESC'],
        ],
        [
            'purpose' => 'owner: the log by status',
            'has'     => ['SELECT created, action', 'AND status = ? ORDER BY id DESC'],
        ],
        [
            'purpose' => 'owner: search in the log',
            'has'     => ['SELECT created, action', 'message LIKE ?'],
            'why'     => 'no index covers text inside a message; the scan ends with the displayed page',
        ],
        [
            'purpose' => 'owner: number of log entries',
            'has'     => ['SELECT COUNT(*) FROM #__j2commerce_clover_log'],
            'why'     => 'all entries of this environment',
        ],
        [
            'purpose' => 'owner: failures of a run',
            'has'     => ['SELECT action, entity_type', 'run_id = ? AND status = ?'],
        ],
        [
            'purpose' => 'owner: a page of the mappings',
            'has'     => ['AS head', 'GROUP BY COALESCE', 'ORDER BY title', 'LIMIT'],
            'why'     => 'products are grouped from their items and sorted by titles of another table',
        ],
        [
            'purpose' => 'owner: problems of the products shown',
            'has'     => ['AS head, m.clover_id, m.name', 'm.clover_id IN'],
        ],
        [
            'purpose' => 'owner: the dashboard\'s counts',
            'has'     => ['SELECT state, COUNT(*) AS n, COUNT(DISTINCT product_id)'],
        ],
    ];
}
