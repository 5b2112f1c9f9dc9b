-- Tables of the Clover POS Integration. All times are UTC. The command line creates its SQLite tables from the same
-- file, so it uses only: CREATE TABLE, one column or key a line, no expression keys.

-- One row an item or item group of Clover, and the shop rows it is linked to.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_mappings` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `merchant_id` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `clover_type` varchar(8) NOT NULL COMMENT 'item or group',
  `clover_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `parent_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'Clover id of the item group of an item',
  `name` varchar(255) NOT NULL DEFAULT '',
  `sku` varchar(255) NOT NULL DEFAULT '',
  `article_id` int unsigned DEFAULT NULL,
  `product_id` int DEFAULT NULL,
  `variant_id` int DEFAULT NULL,
  `fingerprint` varchar(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `title_written` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'A different title in the article is the owner''s',
  `category_written` int unsigned NOT NULL DEFAULT 0 COMMENT 'A different category of the article is the owner''s',
  `tags_written` text COMMENT 'JSON list of tag ids',
  `clover_tax` varchar(2000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'How Clover taxes an item or group, as JSON: names of the rates, their sum, and the tax profile by the settings',
  `tax_written` int DEFAULT NULL COMMENT 'The tax profile that the sync last gave the product of an item or group, or found right; a different one in the product is the owner''s',
  `clover_price` decimal(15,5) DEFAULT NULL COMMENT 'Price in the shop by Clover''s last known one',
  `clover_count` decimal(15,3) DEFAULT NULL COMMENT 'Clover''s last known count; null when Clover does not track the item',
  `clover_asked` bigint DEFAULT NULL COMMENT 'Time of the request for these two, in milliseconds of the database server''s clock',
  `stock_reserve` int DEFAULT NULL COMMENT 'Units kept for the till, of an item or group; null: the setting counts. For an item in a group the group''s counts',
  `cautions` varchar(255) NOT NULL DEFAULT '' COMMENT 'Why the product should not be published, of an item or group: with commas between',
  `state` varchar(16) NOT NULL DEFAULT 'pending' COMMENT 'synced, pending, error, deleted, left_out or conflict',
  `error` text,
  `options` text COMMENT 'JSON list: names of the options of a group in conflict',
  `option_names` text COMMENT 'JSON object: the shop''s option by the name of Clover''s, where the owner has paired those of a group',
  `modifiers` text COMMENT 'JSON object: the product''s rows of options and choices by Clover''s modifier groups and modifiers',
  `state_before_delete` tinyint DEFAULT NULL COMMENT 'State of the article before the delete action',
  `seen_run` int unsigned NOT NULL DEFAULT 0,
  `last_synced` datetime DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_clover` (`environment`,`merchant_id`,`clover_id`),
  KEY `idx_parent` (`environment`,`merchant_id`,`parent_id`),
  KEY `idx_state` (`environment`,`merchant_id`,`state`),
  KEY `idx_product` (`product_id`),
  KEY `idx_variant` (`variant_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Articles that were written since Smart Search last indexed them.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_search` (
  `article_id` int unsigned NOT NULL,
  `changes` int unsigned NOT NULL DEFAULT 1 COMMENT 'Grows with each change, so that one during the indexing is not lost',
  `attempts` tinyint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`article_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- One row a sync run. An interrupted run resumes from its phase and cursor.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_runs` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `merchant_id` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `status` varchar(24) NOT NULL COMMENT 'running, done, failed, needs_confirmation or superseded',
  `phase` varchar(16) NOT NULL COMMENT 'prepare, items, groups, deletes or finish',
  `cursor` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `holder` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `currency` varchar(3) NOT NULL DEFAULT '',
  `track_stock` tinyint NOT NULL DEFAULT 1,
  `imported` int unsigned NOT NULL DEFAULT 0,
  `updated` int unsigned NOT NULL DEFAULT 0,
  `unchanged` int unsigned NOT NULL DEFAULT 0,
  `deleted` int unsigned NOT NULL DEFAULT 0,
  `failed` int unsigned NOT NULL DEFAULT 0,
  `conflicts` int unsigned NOT NULL DEFAULT 0,
  `skipped` int unsigned NOT NULL DEFAULT 0,
  `product_rows` int unsigned NOT NULL DEFAULT 0,
  `items_read` int unsigned NOT NULL DEFAULT 0,
  `requests` int unsigned NOT NULL DEFAULT 0,
  `seconds` decimal(12,3) NOT NULL DEFAULT 0.000,
  `error` text,
  `started` datetime NOT NULL,
  `heartbeat` datetime NOT NULL,
  `ended` datetime DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_connection` (`environment`,`merchant_id`,`status`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Members of item groups, until all pages of a run have been read.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_staging` (
  `run_id` int unsigned NOT NULL,
  `group_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `item_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `payload` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `asked` bigint NOT NULL DEFAULT 0 COMMENT 'Time of the request for it, in milliseconds of the database server''s clock',
  PRIMARY KEY (`run_id`,`group_id`,`item_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The Sync Log that the owner reads.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_log` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `created` datetime NOT NULL,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `action` varchar(24) NOT NULL,
  `entity_type` varchar(16) NOT NULL,
  `entity_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `status` varchar(8) NOT NULL COMMENT 'success, error or skipped',
  `message` text NOT NULL,
  `run_id` int unsigned DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_created` (`created`),
  KEY `idx_status` (`status`,`id`),
  KEY `idx_entity` (`entity_type`,`entity_id`),
  KEY `idx_run` (`run_id`,`status`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Facts of a connection by name: merchant, site identity, confirmed currency, last sync, sealed tokens.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_state` (
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `name` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `value` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `modified` datetime NOT NULL,
  PRIMARY KEY (`environment`,`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Locks of all processes and web nodes.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_locks` (
  `name` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `holder` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'Random, new with each acquisition; empty when free',
  `node` varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `pid` int unsigned NOT NULL DEFAULT 0,
  `pid_started` bigint unsigned NOT NULL DEFAULT 0,
  `expires` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The rate limiter of all processes of all web nodes: one row an environment.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_pace` (
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `version` bigint unsigned NOT NULL DEFAULT 0 COMMENT 'Guards every update',
  `leases` mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'JSON: permits by process, recent requests, and until when no request may start, in milliseconds of the database server''s clock',
  PRIMARY KEY (`environment`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Order events recorded by the shop hooks. A hook inserts one row and waits for nothing; the worker does the rest.
-- Processed rows stay, as the history of an order.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_outbox` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `order_id` varchar(64) NOT NULL,
  `event` varchar(8) NOT NULL COMMENT 'status, refund, part, edit or scan',
  `old_status` int DEFAULT NULL,
  `new_status` int DEFAULT NULL,
  `state` varchar(8) NOT NULL DEFAULT 'pending' COMMENT 'pending, done or dead: the order could not be read',
  `attempts` int unsigned NOT NULL DEFAULT 0,
  `next_try` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  `error` text,
  `created` bigint NOT NULL COMMENT 'Unix seconds',
  PRIMARY KEY (`id`),
  KEY `idx_order` (`environment`,`order_id`,`id`),
  KEY `idx_due` (`environment`,`state`,`next_try`),
  KEY `idx_event` (`environment`,`event`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The stock ledger: one row each time that a line of an order takes units out of Clover or gives them back.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_ledger` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `merchant_id` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `order_id` varchar(64) NOT NULL,
  `order_pk` int unsigned NOT NULL DEFAULT 0,
  `line_id` int unsigned NOT NULL,
  `seq` int unsigned NOT NULL,
  `cause` varchar(8) NOT NULL COMMENT 'order, release or hand',
  `reverses` int unsigned DEFAULT NULL COMMENT 'seq of the sale that a return gives back',
  `clover_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'Empty for a product that is not linked to an item',
  `variant_id` int NOT NULL DEFAULT 0,
  `name` varchar(255) NOT NULL DEFAULT '',
  `delta` int NOT NULL COMMENT 'Units to take out of Clover; a negative number gives units back',
  `state` varchar(12) NOT NULL COMMENT 'intended, sent, confirmed, uncertain, skipped or dead',
  `reason` varchar(24) DEFAULT NULL,
  `message` text,
  `claim` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'Who sent it: the holder of the worker lock',
  `count_before` decimal(15,3) DEFAULT NULL,
  `modified_before` bigint DEFAULT NULL COMMENT 'modifiedTime of that count, milliseconds',
  `target` decimal(15,3) DEFAULT NULL,
  `modified_after` bigint DEFAULT NULL,
  `window_ms` int DEFAULT NULL COMMENT 'From the request for the old count to the response with the new one',
  `resent_from` bigint DEFAULT NULL COMMENT 'modified_before of a write without answer that was sent again',
  `attempts` int unsigned NOT NULL DEFAULT 0,
  `misses` int unsigned NOT NULL DEFAULT 0 COMMENT 'Times it could not be sent or settled, without a refusal',
  `next_try` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  `sent` bigint DEFAULT NULL COMMENT 'Unix seconds',
  `settled` bigint DEFAULT NULL COMMENT 'Unix seconds',
  `settled_ms` bigint DEFAULT NULL COMMENT 'Milliseconds of the database server''s clock, which all web nodes share',
  `created` bigint NOT NULL COMMENT 'Unix seconds',
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_row` (`environment`,`merchant_id`,`order_id`,`order_pk`,`line_id`,`seq`),
  KEY `idx_state` (`environment`,`merchant_id`,`state`,`next_try`),
  KEY `idx_item` (`environment`,`merchant_id`,`clover_id`,`state`),
  KEY `idx_variant` (`variant_id`),
  KEY `idx_order_pk` (`environment`,`merchant_id`,`order_pk`),
  KEY `idx_settled` (`environment`,`merchant_id`,`settled`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Orders that are to appear in Clover, each once.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_orders` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `merchant_id` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `order_id` varchar(64) NOT NULL,
  `order_pk` int unsigned NOT NULL DEFAULT 0,
  `reference` varchar(12) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'externalReferenceId: the site tag and a number of our own',
  `clover_order_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  `state` varchar(12) NOT NULL COMMENT 'intended, sent, confirmed, uncertain, skipped or dead',
  `step` varchar(8) NOT NULL DEFAULT '' COMMENT 'create or fill, while sent',
  `payment` varchar(16) NOT NULL DEFAULT '' COMMENT 'Empty, due, recorded, not_granted, no_tender, nothing or refused',
  `reason` varchar(24) DEFAULT NULL,
  `message` text,
  `plan` mediumtext COMMENT 'The plan sent to Clover, frozen before the first call; null once the payment is recorded',
  `fingerprint` varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'Of the order as it was sent',
  `wanted` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'paid' COMMENT 'What title and note in Clover are to say: the standing, and the fingerprint of an edited order',
  `shown` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'paid' COMMENT 'What they say',
  `mark` varchar(8) NOT NULL DEFAULT '' COMMENT 'due, locked, refused, gone or left: wanted differs from shown',
  `seen` datetime DEFAULT NULL COMMENT 'modified_on of the shop''s order when it was last compared',
  `print_state` varchar(8) NOT NULL DEFAULT '' COMMENT 'wanted, sent, done, refused or unknown: at the order printer of the till',
  `print_event` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'Id of the print in Clover',
  `print_tries` int unsigned NOT NULL DEFAULT 0 COMMENT 'Calls that were made, from 0 again once the id is known',
  `print_next` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  `print_message` text,
  `claim` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `attempts` int unsigned NOT NULL DEFAULT 0,
  `misses` int unsigned NOT NULL DEFAULT 0 COMMENT 'Times it could not be sent or settled, without a refusal',
  `next_try` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  `sent` bigint DEFAULT NULL COMMENT 'Unix seconds',
  `settled` bigint DEFAULT NULL COMMENT 'Unix seconds',
  `created` bigint NOT NULL COMMENT 'Unix seconds',
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_order` (`environment`,`merchant_id`,`order_id`,`order_pk`),
  UNIQUE KEY `idx_reference` (`environment`,`merchant_id`,`reference`),
  KEY `idx_state` (`environment`,`merchant_id`,`state`,`next_try`),
  KEY `idx_payment` (`environment`,`merchant_id`,`payment`),
  KEY `idx_mark` (`environment`,`merchant_id`,`mark`),
  KEY `idx_print` (`environment`,`merchant_id`,`print_state`,`print_next`),
  KEY `idx_scan` (`environment`,`merchant_id`,`order_pk`),
  KEY `idx_settled` (`environment`,`merchant_id`,`settled`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Clover's webhook events, one row an object. Events that were received but not processed are still to be fetched.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_inbox` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT,
  `environment` varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `merchant_id` varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `object_type` varchar(12) NOT NULL,
  `object_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `event` varchar(8) NOT NULL COMMENT 'CREATE, UPDATE, DELETE or ASK: the newest event',
  `ts` bigint DEFAULT NULL COMMENT 'Time of the event in Clover, milliseconds',
  `told` bigint unsigned NOT NULL DEFAULT 1 COMMENT 'Number of events received',
  `worked` bigint unsigned NOT NULL DEFAULT 0 COMMENT 'Number of events processed',
  `attempts` int unsigned NOT NULL DEFAULT 0,
  `next_try` bigint NOT NULL DEFAULT 0 COMMENT 'Milliseconds of the database server''s clock',
  `error` text,
  `created` bigint NOT NULL COMMENT 'When the oldest unprocessed event was received, in milliseconds of the database server''s clock',
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_object` (`environment`,`merchant_id`,`object_type`,`object_id`),
  KEY `idx_due` (`environment`,`merchant_id`,`next_try`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Pictures that new products get from Clover. Rows stay, so that no address is read twice.
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_pictures` (
  `product_id` int unsigned NOT NULL,
  `clover_id` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'Item or group',
  `address` varchar(1000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `address_hash` varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'SHA-256',
  `file` varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '' COMMENT 'Path below the site, once it is stored',
  `state` varchar(8) NOT NULL COMMENT 'wanted, stored or refused',
  `attempts` int unsigned NOT NULL DEFAULT 0,
  `next_try` bigint NOT NULL DEFAULT 0 COMMENT 'Unix seconds',
  PRIMARY KEY (`product_id`),
  KEY `idx_state` (`state`,`next_try`),
  KEY `idx_address` (`address_hash`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
