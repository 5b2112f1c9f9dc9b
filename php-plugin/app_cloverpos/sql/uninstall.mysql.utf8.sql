DROP TABLE IF EXISTS `#__j2commerce_clover_pictures`;
DROP TABLE IF EXISTS `#__j2commerce_clover_inbox`;
DROP TABLE IF EXISTS `#__j2commerce_clover_orders`;
DROP TABLE IF EXISTS `#__j2commerce_clover_ledger`;
DROP TABLE IF EXISTS `#__j2commerce_clover_outbox`;
DROP TABLE IF EXISTS `#__j2commerce_clover_pace`;
DROP TABLE IF EXISTS `#__j2commerce_clover_locks`;
DROP TABLE IF EXISTS `#__j2commerce_clover_state`;
DROP TABLE IF EXISTS `#__j2commerce_clover_log`;
DROP TABLE IF EXISTS `#__j2commerce_clover_staging`;
DROP TABLE IF EXISTS `#__j2commerce_clover_search`;
DROP TABLE IF EXISTS `#__j2commerce_clover_runs`;
-- Which product belongs to which item of Clover: another installation would make the products a second time.
DROP TABLE IF EXISTS `#__j2commerce_clover_kept`;
CREATE TABLE IF NOT EXISTS `#__j2commerce_clover_mappings` (`id` int, `seen_run` int);
ALTER TABLE `#__j2commerce_clover_mappings` RENAME TO `#__j2commerce_clover_kept`;
