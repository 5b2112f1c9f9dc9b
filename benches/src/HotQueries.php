<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * The statements that are asked for each page, each sale, each webhook or each page that the owner opens: what each is
 * for, and words by which it is known among all others.
 */
final class HotQueries
{
    private const HOUSE = 'J2Commerce has no key for it, and its tables are not ours to change';

    private const MANY =
        'there is one, but for so large a part of the table the server rather reads on; '
            . 'of a larger shop it takes the key';

    /** @var list<array{purpose: string, has: list<string>, why?: string}> */
    public const ALL = [
        [
            'purpose' => 'sync: hold the counts of a page\'s items',
            'has'     => ['SELECT q.variant_id', 'm.clover_id IN', 'FOR UPDATE'],
        ],
        [
            'purpose' => 'sync: what the shop has of a page\'s items',
            'has'     => ['SELECT m.clover_id, m.parent_id, m.fingerprint', 'm.clover_id IN'],
        ],
        [
            'purpose' => 'sync: what the shop has of a batch of groups',
            'has'     => ['SELECT m.clover_id, m.parent_id, m.fingerprint', 'm.parent_id IN'],
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
            'why'     => 'orders since the floor are few; where they are many the server begins with them',
        ],
        ['purpose' => 'sync: orders paid back by a gateway', 'has' => ["event = 'refund'"]],
        ['purpose' => 'sync: note a page\'s items as met', 'has' => ['SET seen_run = ?, last_synced = ?']],
        ['purpose' => 'sync: the run\'s own row', 'has' => ['SELECT holder FROM #__j2commerce_clover_runs WHERE id']],
        ['purpose' => 'sync: the next groups put aside', 'has' => ['SELECT group_id, COUNT(*)']],
        ['purpose' => 'sync: their members', 'has' => ['SELECT group_id, item_id, payload', 'group_id IN']],
        [
            'purpose' => 'sync: groups with a member not met',
            'has'     => ['SELECT DISTINCT parent_id', 'seen_run <> ?', 'parent_id IN'],
        ],
        [
            'purpose' => 'sync: count of linked items not met, once a run',
            'has'     => ['SELECT COUNT(*)', 'seen_run <> ?'],
            'why'     => 'every link has to be looked at, once',
        ],
        [
            'purpose' => 'sync: linked items not met',
            'has'     => ['SELECT clover_id FROM #__j2commerce_clover_mappings', 'ORDER BY parent_id, clover_id'],
        ],
        ['purpose' => 'writing: links of what is written', 'has' => ['SELECT m.*, c.id AS c_id']],
        [
            'purpose' => 'writing: SKUs that the shop has already',
            'has'     => ['SELECT j2commerce_variant_id AS id FROM #__j2commerce_variants WHERE sku IN'],
            'why'     => self::HOUSE,
        ],
        [
            'purpose' => 'writing: aliases that are taken',
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
            'purpose' => 'writing: last place in a category, once a slice',
            'has'     => ['SELECT catid, MAX(ordering)'],
            'why'     => 'no key holds the place; asked once for each category and slice',
        ],
        [
            'purpose' => 'writing: tags by title, once a batch',
            'has'     => ['SELECT id, title FROM #__tags', 'ORDER BY published DESC, lft'],
            'why'     => 'titles are compared without letter case and outer space, which no key of Joomla\'s can do',
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
            'purpose' => 'sales: orders to be looked at',
            'has'     => ['SELECT order_id FROM #__j2commerce_clover_outbox', "state = 'pending' AND next_try <= ?"],
        ],
        ['purpose' => 'sales: what was told of an order', 'has' => ['SELECT id, event, old_status, new_status']],
        [
            'purpose' => 'sales: an order\'s lines with their links',
            'has'     => ['SELECT i.j2commerce_orderitem_id AS id, i.variant_id'],
        ],
        [
            'purpose' => 'sales: an order\'s rows in the ledger',
            'has'     => ['SELECT * FROM #__j2commerce_clover_ledger', 'order_id = ? ORDER BY line_id, seq'],
        ],
        [
            'purpose' => 'sales: counts to be changed in Clover',
            'has'     => ['SELECT l.* FROM #__j2commerce_clover_ledger', "l.state = 'intended'", 'l.next_try <= ?'],
        ],
        [
            'purpose' => 'sales: changes without an answer',
            'has'     => ['SELECT * FROM #__j2commerce_clover_ledger', "state = 'sent' AND sent <= ?"],
        ],
        [
            'purpose' => 'sales: orders to be sent',
            'has'     => ['SELECT * FROM #__j2commerce_clover_orders', "payment = 'due'", 'ORDER BY id LIMIT'],
        ],
        [
            'purpose' => 'scan: paid orders whose units were not asked for',
            'has'     => ['SELECT DISTINCT o.order_id', 'COALESCE(l.asked, 0)'],
        ],
        ['purpose' => 'scan: paid orders that are not in Clover', 'has' => ['SELECT o.order_id FROM', 'p.id IS NULL']],
        [
            'purpose' => 'scan: released orders with units not given back',
            'has'     => ['SELECT l.order_id FROM', 'HAVING SUM(l.delta) <> 0'],
        ],
        [
            'purpose' => 'webhooks: objects to be looked at',
            'has'     => ['SELECT id, object_type, object_id, event', 'ORDER BY next_try, id'],
        ],
        [
            'purpose' => 'webhooks: when the next one is due',
            'has'     => ['SELECT MIN(next_try) FROM #__j2commerce_clover_inbox'],
        ],
        [
            'purpose' => 'webhooks: groups of the items told of',
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
            'why'     => 'text within a message is in no key; it ends with the page that is shown',
        ],
        [
            'purpose' => 'owner: entries of the log, counted',
            'has'     => ['SELECT COUNT(*) FROM #__j2commerce_clover_log'],
            'why'     => 'all entries but those of another environment',
        ],
        [
            'purpose' => 'owner: what failed in a run',
            'has'     => ['SELECT action, entity_type', 'run_id = ? AND status = ?'],
        ],
        [
            'purpose' => 'owner: a page of the mappings',
            'has'     => ['AS head', 'GROUP BY COALESCE', 'ORDER BY title', 'LIMIT'],
            'why'     => 'products are gathered from their items and sorted by titles that stand in another table',
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
