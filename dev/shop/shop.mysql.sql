-- A stand-in shop for the command line and the tests: of Joomla's and J2Commerce's tables those that the sync reads or
-- writes, with the column types, NOT NULLs and unique keys that a fresh installation has. One column or key a line.

-- Joomla ------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS `#__extensions` (
  `extension_id` int NOT NULL AUTO_INCREMENT,
  `package_id` int NOT NULL DEFAULT 0,
  `name` varchar(100) NOT NULL,
  `type` varchar(20) NOT NULL,
  `element` varchar(100) NOT NULL,
  `changelogurl` text,
  `folder` varchar(100) NOT NULL,
  `client_id` tinyint NOT NULL,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `access` int unsigned NOT NULL DEFAULT 1,
  `protected` tinyint NOT NULL DEFAULT 0,
  `locked` tinyint NOT NULL DEFAULT 0,
  `manifest_cache` text NOT NULL,
  `params` text NOT NULL,
  `custom_data` text NOT NULL,
  `checked_out` int unsigned,
  `checked_out_time` datetime,
  `ordering` int DEFAULT 0,
  `state` int DEFAULT 0,
  `note` varchar(255),
  PRIMARY KEY (`extension_id`),
  KEY `element_clientid` (`element`,`client_id`),
  KEY `extension` (`type`,`element`,`folder`,`client_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__users` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(400) NOT NULL DEFAULT '',
  `username` varchar(150) NOT NULL DEFAULT '',
  `email` varchar(100) NOT NULL DEFAULT '',
  `password` varchar(100) NOT NULL DEFAULT '',
  `block` tinyint NOT NULL DEFAULT 0,
  `sendEmail` tinyint DEFAULT 0,
  `registerDate` datetime NOT NULL,
  `lastvisitDate` datetime,
  `activation` varchar(100) NOT NULL DEFAULT '',
  `params` text NOT NULL,
  `lastResetTime` datetime,
  `resetCount` int NOT NULL DEFAULT 0,
  `otpKey` varchar(1000) NOT NULL DEFAULT '',
  `otep` varchar(1000) NOT NULL DEFAULT '',
  `requireReset` tinyint NOT NULL DEFAULT 0,
  `authProvider` varchar(100) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE KEY `idx_username` (`username`),
  KEY `email` (`email`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__user_usergroup_map` (
  `user_id` int unsigned NOT NULL DEFAULT 0,
  `group_id` int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`user_id`,`group_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__categories` (
  `id` int NOT NULL AUTO_INCREMENT,
  `asset_id` int unsigned NOT NULL DEFAULT 0,
  `parent_id` int unsigned NOT NULL DEFAULT 0,
  `lft` int NOT NULL DEFAULT 0,
  `rgt` int NOT NULL DEFAULT 0,
  `level` int unsigned NOT NULL DEFAULT 0,
  `path` varchar(400) NOT NULL DEFAULT '',
  `extension` varchar(50) NOT NULL DEFAULT '',
  `title` varchar(255) NOT NULL DEFAULT '',
  `alias` varchar(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `note` varchar(255) NOT NULL DEFAULT '',
  `description` mediumtext,
  `published` tinyint NOT NULL DEFAULT 0,
  `checked_out` int unsigned,
  `checked_out_time` datetime,
  `access` int unsigned NOT NULL DEFAULT 0,
  `params` text,
  `metadesc` varchar(1024) NOT NULL DEFAULT '',
  `metakey` varchar(1024) NOT NULL DEFAULT '',
  `metadata` varchar(2048) NOT NULL DEFAULT '',
  `created_user_id` int unsigned NOT NULL DEFAULT 0,
  `created_time` datetime NOT NULL,
  `modified_user_id` int unsigned NOT NULL DEFAULT 0,
  `modified_time` datetime NOT NULL,
  `hits` int unsigned NOT NULL DEFAULT 0,
  `language` char(7) NOT NULL DEFAULT '',
  `version` int unsigned NOT NULL DEFAULT 1,
  PRIMARY KEY (`id`),
  KEY `cat_idx` (`extension`,`published`,`access`),
  KEY `idx_left_right` (`lft`,`rgt`),
  KEY `idx_path` (`path`(100)),
  KEY `idx_alias` (`alias`(100))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__content` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `asset_id` int unsigned NOT NULL DEFAULT 0,
  `title` varchar(255) NOT NULL DEFAULT '',
  `alias` varchar(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `introtext` mediumtext NOT NULL,
  `fulltext` mediumtext NOT NULL,
  `state` tinyint NOT NULL DEFAULT 0,
  `catid` int unsigned NOT NULL DEFAULT 0,
  `created` datetime NOT NULL,
  `created_by` int unsigned NOT NULL DEFAULT 0,
  `created_by_alias` varchar(255) NOT NULL DEFAULT '',
  `modified` datetime NOT NULL,
  `modified_by` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned,
  `checked_out_time` datetime DEFAULT NULL,
  `publish_up` datetime DEFAULT NULL,
  `publish_down` datetime DEFAULT NULL,
  `images` text NOT NULL,
  `urls` text NOT NULL,
  `attribs` varchar(5120) NOT NULL,
  `version` int unsigned NOT NULL DEFAULT 1,
  `ordering` int NOT NULL DEFAULT 0,
  `metakey` text,
  `metadesc` text NOT NULL,
  `access` int unsigned NOT NULL DEFAULT 0,
  `hits` int unsigned NOT NULL DEFAULT 0,
  `metadata` text NOT NULL,
  `featured` tinyint unsigned NOT NULL DEFAULT 0,
  `language` char(7) NOT NULL,
  `note` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  KEY `idx_state` (`state`),
  KEY `idx_catid` (`catid`),
  KEY `idx_alias` (`alias`(191))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__workflows` (
  `id` int NOT NULL AUTO_INCREMENT,
  `asset_id` int DEFAULT 0,
  `published` tinyint NOT NULL DEFAULT 0,
  `title` varchar(255) NOT NULL,
  `description` text NOT NULL,
  `extension` varchar(50) NOT NULL,
  `default` tinyint NOT NULL DEFAULT 0,
  `ordering` int NOT NULL DEFAULT 0,
  `created` datetime NOT NULL,
  `created_by` int NOT NULL DEFAULT 0,
  `modified` datetime NOT NULL,
  `modified_by` int NOT NULL DEFAULT 0,
  `checked_out_time` datetime,
  `checked_out` int unsigned,
  PRIMARY KEY (`id`),
  KEY `idx_extension` (`extension`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__workflow_stages` (
  `id` int NOT NULL AUTO_INCREMENT,
  `asset_id` int DEFAULT 0,
  `ordering` int NOT NULL DEFAULT 0,
  `workflow_id` int NOT NULL,
  `published` tinyint NOT NULL DEFAULT 0,
  `title` varchar(255) NOT NULL,
  `description` text NOT NULL,
  `default` tinyint NOT NULL DEFAULT 0,
  `checked_out_time` datetime,
  `checked_out` int unsigned,
  PRIMARY KEY (`id`),
  KEY `idx_workflow_id` (`workflow_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__workflow_associations` (
  `item_id` int NOT NULL DEFAULT 0,
  `stage_id` int NOT NULL,
  `extension` varchar(50) NOT NULL,
  PRIMARY KEY (`item_id`,`extension`),
  KEY `idx_stage_id` (`stage_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__content_types` (
  `type_id` int unsigned NOT NULL AUTO_INCREMENT,
  `type_title` varchar(255) NOT NULL DEFAULT '',
  `type_alias` varchar(400) NOT NULL DEFAULT '',
  `table` varchar(2048) NOT NULL DEFAULT '',
  `rules` text NOT NULL,
  `field_mappings` text NOT NULL,
  `router` varchar(255) NOT NULL DEFAULT '',
  `content_history_options` varchar(5120),
  PRIMARY KEY (`type_id`),
  KEY `idx_alias` (`type_alias`(100))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__tags` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `parent_id` int unsigned NOT NULL DEFAULT 0,
  `lft` int NOT NULL DEFAULT 0,
  `rgt` int NOT NULL DEFAULT 0,
  `level` int unsigned NOT NULL DEFAULT 0,
  `path` varchar(400) NOT NULL DEFAULT '',
  `title` varchar(255) NOT NULL,
  `alias` varchar(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `note` varchar(255) NOT NULL DEFAULT '',
  `description` mediumtext NOT NULL,
  `published` tinyint NOT NULL DEFAULT 0,
  `checked_out` int unsigned,
  `checked_out_time` datetime,
  `access` int unsigned NOT NULL DEFAULT 0,
  `params` text NOT NULL,
  `metadesc` varchar(1024) NOT NULL,
  `metakey` varchar(1024) NOT NULL DEFAULT '',
  `metadata` varchar(2048) NOT NULL,
  `created_user_id` int unsigned NOT NULL DEFAULT 0,
  `created_time` datetime NOT NULL,
  `created_by_alias` varchar(255) NOT NULL DEFAULT '',
  `modified_user_id` int unsigned NOT NULL DEFAULT 0,
  `modified_time` datetime NOT NULL,
  `images` text NOT NULL,
  `urls` text NOT NULL,
  `hits` int unsigned NOT NULL DEFAULT 0,
  `language` char(7) NOT NULL,
  `version` int unsigned NOT NULL DEFAULT 1,
  `publish_up` datetime,
  `publish_down` datetime,
  PRIMARY KEY (`id`),
  KEY `idx_left_right` (`lft`,`rgt`),
  KEY `idx_path` (`path`(100)),
  KEY `idx_alias` (`alias`(100))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__contentitem_tag_map` (
  `type_alias` varchar(255) NOT NULL DEFAULT '',
  `core_content_id` int unsigned NOT NULL,
  `content_item_id` int NOT NULL,
  `tag_id` int unsigned NOT NULL,
  `tag_date` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `type_id` mediumint NOT NULL,
  UNIQUE KEY `uc_ItemnameTagid` (`type_id`,`content_item_id`,`tag_id`),
  KEY `idx_tag_type` (`tag_id`,`type_id`),
  KEY `idx_core_content_id` (`core_content_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__ucm_base` (
  `ucm_id` int unsigned NOT NULL,
  `ucm_item_id` int NOT NULL,
  `ucm_type_id` int NOT NULL,
  `ucm_language_id` int NOT NULL,
  PRIMARY KEY (`ucm_id`),
  KEY `idx_ucm_item_id` (`ucm_item_id`),
  KEY `idx_ucm_type_id` (`ucm_type_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__ucm_content` (
  `core_content_id` int unsigned NOT NULL AUTO_INCREMENT,
  `core_type_alias` varchar(400) NOT NULL DEFAULT '',
  `core_title` varchar(400) NOT NULL DEFAULT '',
  `core_alias` varchar(400) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `core_body` mediumtext,
  `core_state` tinyint NOT NULL DEFAULT 0,
  `core_checked_out_time` datetime,
  `core_checked_out_user_id` int unsigned,
  `core_access` int unsigned NOT NULL DEFAULT 0,
  `core_params` text,
  `core_featured` tinyint unsigned NOT NULL DEFAULT 0,
  `core_metadata` varchar(2048) NOT NULL DEFAULT '',
  `core_created_user_id` int unsigned NOT NULL DEFAULT 0,
  `core_created_by_alias` varchar(255) NOT NULL DEFAULT '',
  `core_created_time` datetime NOT NULL,
  `core_modified_user_id` int unsigned NOT NULL DEFAULT 0,
  `core_modified_time` datetime NOT NULL,
  `core_language` char(7) NOT NULL DEFAULT '',
  `core_publish_up` datetime,
  `core_publish_down` datetime,
  `core_content_item_id` int unsigned NOT NULL DEFAULT 0,
  `asset_id` int unsigned NOT NULL DEFAULT 0,
  `core_images` text,
  `core_urls` text,
  `core_hits` int unsigned NOT NULL DEFAULT 0,
  `core_version` int unsigned NOT NULL DEFAULT 1,
  `core_ordering` int NOT NULL DEFAULT 0,
  `core_metakey` text,
  `core_metadesc` text,
  `core_catid` int unsigned NOT NULL DEFAULT 0,
  `core_type_id` int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`core_content_id`),
  KEY `idx_content_type` (`core_type_alias`(100)),
  KEY `idx_core_type_id` (`core_type_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- J2Commerce --------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS `#__j2commerce_products` (
  `j2commerce_product_id` int NOT NULL AUTO_INCREMENT,
  `visibility` int NOT NULL,
  `product_source` varchar(255) DEFAULT NULL,
  `product_source_id` int DEFAULT NULL,
  `product_type` varchar(255) DEFAULT NULL,
  `main_tag` varchar(255) DEFAULT NULL,
  `taxprofile_id` int DEFAULT NULL,
  `manufacturer_id` int DEFAULT NULL,
  `vendor_id` int DEFAULT NULL,
  `has_options` int DEFAULT NULL,
  `addtocart_text` varchar(255) NOT NULL,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `plugins` text,
  `params` text,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int DEFAULT NULL,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int DEFAULT NULL,
  `up_sells` varchar(255) NOT NULL,
  `cross_sells` varchar(255) NOT NULL,
  `productfilter_ids` varchar(255) DEFAULT NULL,
  `hits` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned DEFAULT NULL,
  `checked_out_time` datetime DEFAULT NULL,
  `ordering` int NOT NULL DEFAULT 0,
  PRIMARY KEY (`j2commerce_product_id`),
  UNIQUE KEY `catalogsource` (`product_source`,`product_source_id`),
  KEY `idx_hits` (`hits`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_variants` (
  `j2commerce_variant_id` int NOT NULL AUTO_INCREMENT,
  `product_id` int DEFAULT NULL,
  `is_master` int DEFAULT NULL,
  `sku` varchar(255) DEFAULT NULL,
  `upc` varchar(255) DEFAULT NULL,
  `price` decimal(15,5) DEFAULT NULL,
  `pricing_calculator` varchar(255) NOT NULL,
  `shipping` int NOT NULL,
  `params` text,
  `length` decimal(15,5) DEFAULT NULL,
  `width` decimal(15,5) DEFAULT NULL,
  `height` decimal(15,5) DEFAULT NULL,
  `length_class_id` int DEFAULT NULL,
  `weight` decimal(15,5) DEFAULT NULL,
  `weight_class_id` int DEFAULT NULL,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int DEFAULT NULL,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int DEFAULT NULL,
  `manage_stock` int DEFAULT NULL,
  `quantity_restriction` int NOT NULL,
  `min_out_qty` decimal(15,5) DEFAULT NULL,
  `use_store_config_min_out_qty` int DEFAULT NULL,
  `min_sale_qty` decimal(15,5) DEFAULT NULL,
  `use_store_config_min_sale_qty` int DEFAULT NULL,
  `max_sale_qty` decimal(15,5) DEFAULT NULL,
  `use_store_config_max_sale_qty` int DEFAULT NULL,
  `notify_qty` decimal(15,5) DEFAULT NULL,
  `use_store_config_notify_qty` int DEFAULT NULL,
  `availability` int DEFAULT NULL,
  `sold` decimal(12,4) DEFAULT NULL,
  `allow_backorder` int NOT NULL,
  `isdefault_variant` int NOT NULL,
  PRIMARY KEY (`j2commerce_variant_id`),
  KEY `variant_product_id` (`product_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_productquantities` (
  `j2commerce_productquantity_id` int NOT NULL AUTO_INCREMENT,
  `product_attributes` text NOT NULL,
  `variant_id` int NOT NULL,
  `quantity` int NOT NULL,
  `on_hold` int NOT NULL,
  `sold` int NOT NULL,
  PRIMARY KEY (`j2commerce_productquantity_id`),
  UNIQUE KEY `variantidx` (`variant_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_product_prices` (
  `j2commerce_productprice_id` int NOT NULL AUTO_INCREMENT,
  `variant_id` int DEFAULT NULL,
  `quantity_from` decimal(15,5) DEFAULT NULL,
  `quantity_to` decimal(15,5) DEFAULT NULL,
  `date_from` datetime DEFAULT NULL,
  `date_to` datetime DEFAULT NULL,
  `customer_group_id` int DEFAULT NULL,
  `price` decimal(15,5) DEFAULT NULL,
  `params` text,
  PRIMARY KEY (`j2commerce_productprice_id`),
  KEY `price_variant_id` (`variant_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_productprice_index` (
  `product_id` int NOT NULL,
  `min_price` decimal(15,5) NOT NULL DEFAULT 0.00000,
  `max_price` decimal(15,5) NOT NULL DEFAULT 0.00000,
  PRIMARY KEY (`product_id`),
  KEY `min_price` (`min_price`),
  KEY `max_price` (`max_price`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_productimages` (
  `j2commerce_productimage_id` int NOT NULL AUTO_INCREMENT,
  `product_id` int DEFAULT NULL,
  `main_image` text,
  `main_image_alt` varchar(255) NOT NULL,
  `thumb_image` text,
  `thumb_image_alt` varchar(255) NOT NULL,
  `tiny_image` text,
  `tiny_image_alt` varchar(255) NOT NULL DEFAULT '',
  `additional_images` longtext,
  `additional_images_alt` longtext,
  `additional_thumb_images` longtext,
  `additional_thumb_images_alt` longtext,
  `additional_tiny_images` longtext,
  `additional_tiny_images_alt` longtext,
  PRIMARY KEY (`j2commerce_productimage_id`),
  KEY `productimage_product_id` (`product_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_options` (
  `j2commerce_option_id` int NOT NULL AUTO_INCREMENT,
  `type` varchar(255) NOT NULL,
  `option_unique_name` varchar(255) NOT NULL,
  `option_name` varchar(255) NOT NULL,
  `ordering` int NOT NULL DEFAULT 0,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `option_params` text,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int unsigned NOT NULL DEFAULT 0,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned DEFAULT NULL,
  `checked_out_time` datetime DEFAULT NULL,
  PRIMARY KEY (`j2commerce_option_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_optionvalues` (
  `j2commerce_optionvalue_id` int NOT NULL AUTO_INCREMENT,
  `option_id` int NOT NULL,
  `optionvalue_name` varchar(255) NOT NULL,
  `optionvalue_image` longtext NOT NULL,
  `ordering` int NOT NULL DEFAULT 0,
  PRIMARY KEY (`j2commerce_optionvalue_id`),
  KEY `option_id` (`option_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_product_options` (
  `j2commerce_productoption_id` int NOT NULL AUTO_INCREMENT,
  `option_id` int NOT NULL,
  `parent_id` int NOT NULL DEFAULT 0,
  `product_id` int NOT NULL,
  `ordering` int NOT NULL DEFAULT 0,
  `required` int NOT NULL DEFAULT 0,
  `is_variant` int NOT NULL DEFAULT 0,
  PRIMARY KEY (`j2commerce_productoption_id`),
  KEY `productoption_product_id` (`product_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_product_optionvalues` (
  `j2commerce_product_optionvalue_id` int NOT NULL AUTO_INCREMENT,
  `productoption_id` int NOT NULL,
  `optionvalue_id` int DEFAULT NULL,
  `parent_optionvalue` text NOT NULL,
  `product_optionvalue_price` decimal(15,8) NOT NULL,
  `product_optionvalue_prefix` varchar(255) NOT NULL,
  `product_optionvalue_weight` decimal(15,8) NOT NULL,
  `product_optionvalue_weight_prefix` varchar(255) NOT NULL,
  `product_optionvalue_sku` varchar(255) NOT NULL,
  `product_optionvalue_default` int NOT NULL,
  `ordering` int NOT NULL DEFAULT 0,
  `product_optionvalue_attribs` text NOT NULL,
  PRIMARY KEY (`j2commerce_product_optionvalue_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_product_variant_optionvalues` (
  `variant_id` int NOT NULL,
  `product_optionvalue_ids` varchar(255) NOT NULL,
  PRIMARY KEY (`variant_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orders` (
  `j2commerce_order_id` int NOT NULL AUTO_INCREMENT,
  `order_id` varchar(255) NOT NULL,
  `from_order_id` varchar(255) NOT NULL DEFAULT '0',
  `order_type` varchar(255) NOT NULL DEFAULT 'normal',
  `parent_id` int DEFAULT NULL,
  `subscription_id` int DEFAULT NULL,
  `cart_id` int unsigned NOT NULL,
  `invoice_prefix` varchar(255) NOT NULL,
  `invoice_number` int NOT NULL,
  `token` varchar(255) NOT NULL,
  `user_id` int NOT NULL,
  `user_email` varchar(255) NOT NULL,
  `order_total` decimal(15,5) NOT NULL,
  `order_subtotal` decimal(15,5) NOT NULL,
  `order_subtotal_ex_tax` decimal(15,5) DEFAULT NULL,
  `order_tax` decimal(15,5) NOT NULL,
  `order_shipping` decimal(15,5) NOT NULL,
  `order_shipping_tax` decimal(15,5) NOT NULL,
  `order_discount` decimal(15,5) NOT NULL,
  `order_discount_tax` decimal(15,5) DEFAULT NULL,
  `order_credit` decimal(15,5) NOT NULL,
  `order_refund` decimal(15,5) DEFAULT NULL,
  `order_surcharge` decimal(15,5) NOT NULL,
  `order_fees` decimal(15,5) DEFAULT NULL,
  `orderpayment_type` varchar(255) NOT NULL,
  `transaction_id` varchar(255) NOT NULL,
  `transaction_status` varchar(255) NOT NULL,
  `transaction_details` text NOT NULL,
  `currency_id` int NOT NULL,
  `currency_code` varchar(255) NOT NULL,
  `currency_value` decimal(15,5) NOT NULL,
  `ip_address` varchar(255) NOT NULL,
  `is_shippable` int NOT NULL,
  `is_including_tax` int NOT NULL,
  `customer_note` text NOT NULL,
  `customer_language` varchar(255) NOT NULL,
  `customer_group` varchar(255) NOT NULL,
  `order_state_id` int NOT NULL,
  `stock_committed` tinyint NOT NULL DEFAULT 0,
  `order_state` varchar(255) NOT NULL DEFAULT '',
  `order_params` text,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int unsigned NOT NULL DEFAULT 0,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned DEFAULT NULL,
  `checked_out_time` datetime DEFAULT NULL,
  `campaign_double_opt_in` int DEFAULT NULL,
  `campaign_order_id` varchar(255) DEFAULT NULL,
  PRIMARY KEY (`j2commerce_order_id`),
  KEY `idx_order_id` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orderitems` (
  `j2commerce_orderitem_id` int NOT NULL AUTO_INCREMENT,
  `order_id` varchar(255) NOT NULL,
  `from_order_id` varchar(255) NOT NULL DEFAULT '0',
  `orderitem_type` varchar(255) NOT NULL DEFAULT 'normal',
  `cart_id` int NOT NULL,
  `cartitem_id` int unsigned NOT NULL,
  `product_id` int NOT NULL,
  `product_type` varchar(255) NOT NULL,
  `variant_id` int NOT NULL,
  `vendor_id` int NOT NULL,
  `orderitem_sku` varchar(255) NOT NULL,
  `orderitem_name` varchar(255) NOT NULL,
  `orderitem_attributes` text NOT NULL,
  `orderitem_quantity` varchar(255) NOT NULL,
  `orderitem_taxprofile_id` int NOT NULL,
  `orderitem_per_item_tax` decimal(15,5) NOT NULL,
  `orderitem_tax` decimal(15,5) NOT NULL,
  `orderitem_discount` decimal(15,5) NOT NULL,
  `orderitem_discount_tax` decimal(15,5) NOT NULL,
  `orderitem_price` decimal(15,5) NOT NULL,
  `orderitem_option_price` decimal(15,5) NOT NULL,
  `orderitem_finalprice` decimal(15,5) NOT NULL,
  `orderitem_finalprice_with_tax` decimal(15,5) NOT NULL,
  `orderitem_finalprice_without_tax` decimal(15,5) NOT NULL,
  `orderitem_params` text NOT NULL,
  `created_on` datetime NOT NULL,
  `created_by` int NOT NULL,
  `orderitem_weight` varchar(255) NOT NULL,
  `orderitem_weight_total` varchar(255) NOT NULL,
  PRIMARY KEY (`j2commerce_orderitem_id`),
  KEY `orderitem_order_id` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orderinfos` (
  `j2commerce_orderinfo_id` int NOT NULL AUTO_INCREMENT,
  `order_id` varchar(255) NOT NULL,
  `from_order_id` varchar(255) NOT NULL DEFAULT '0',
  `billing_company` varchar(255) DEFAULT NULL,
  `billing_last_name` varchar(255) DEFAULT NULL,
  `billing_first_name` varchar(255) DEFAULT NULL,
  `billing_middle_name` varchar(255) DEFAULT NULL,
  `billing_phone_1` varchar(255) DEFAULT NULL,
  `billing_phone_2` varchar(255) DEFAULT NULL,
  `billing_fax` varchar(255) DEFAULT NULL,
  `billing_address_1` varchar(255) NOT NULL DEFAULT '',
  `billing_address_2` varchar(255) DEFAULT NULL,
  `billing_city` varchar(255) NOT NULL DEFAULT '',
  `billing_zone_name` varchar(255) NOT NULL DEFAULT '',
  `billing_country_name` varchar(255) NOT NULL DEFAULT '',
  `billing_zone_id` int NOT NULL DEFAULT 0,
  `billing_country_id` int NOT NULL DEFAULT 0,
  `billing_zip` varchar(255) NOT NULL DEFAULT '',
  `billing_tax_number` varchar(255) DEFAULT NULL,
  `shipping_company` varchar(255) DEFAULT NULL,
  `shipping_last_name` varchar(255) DEFAULT NULL,
  `shipping_first_name` varchar(255) DEFAULT NULL,
  `shipping_middle_name` varchar(255) DEFAULT NULL,
  `shipping_phone_1` varchar(255) DEFAULT NULL,
  `shipping_phone_2` varchar(255) DEFAULT NULL,
  `shipping_fax` varchar(255) DEFAULT NULL,
  `shipping_address_1` varchar(255) NOT NULL DEFAULT '',
  `shipping_address_2` varchar(255) DEFAULT NULL,
  `shipping_city` varchar(255) NOT NULL DEFAULT '',
  `shipping_zip` varchar(255) NOT NULL,
  `shipping_zone_name` varchar(255) NOT NULL DEFAULT '',
  `shipping_country_name` varchar(255) NOT NULL DEFAULT '',
  `shipping_zone_id` int NOT NULL DEFAULT 0,
  `shipping_country_id` int NOT NULL DEFAULT 0,
  `shipping_id` varchar(255) NOT NULL DEFAULT '',
  `shipping_tax_number` varchar(255) DEFAULT NULL,
  `all_billing` longtext NOT NULL,
  `all_shipping` longtext NOT NULL,
  `all_payment` longtext NOT NULL,
  PRIMARY KEY (`j2commerce_orderinfo_id`),
  KEY `idx_orderinfo_order_id` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orderitemattributes` (
  `j2commerce_orderitemattribute_id` int NOT NULL AUTO_INCREMENT,
  `orderitem_id` int NOT NULL,
  `productattributeoption_id` int NOT NULL,
  `productattributeoptionvalue_id` int NOT NULL,
  `orderitemattribute_name` varchar(255) NOT NULL,
  `orderitemattribute_value` varchar(255) NOT NULL,
  `orderitemattribute_prefix` varchar(1) NOT NULL,
  `orderitemattribute_price` decimal(15,5) NOT NULL,
  `orderitemattribute_code` varchar(255) NOT NULL,
  `orderitemattribute_type` varchar(255) NOT NULL,
  PRIMARY KEY (`j2commerce_orderitemattribute_id`),
  KEY `attribute_orderitem_id` (`orderitem_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orderdiscounts` (
  `j2commerce_orderdiscount_id` int unsigned NOT NULL AUTO_INCREMENT,
  `order_id` varchar(255) NOT NULL,
  `from_order_id` varchar(255) NOT NULL DEFAULT '0',
  `discount_type` varchar(255) NOT NULL,
  `discount_entity_id` int unsigned NOT NULL,
  `discount_title` varchar(255) NOT NULL,
  `discount_code` varchar(255) NOT NULL,
  `discount_value` varchar(255) NOT NULL,
  `discount_value_type` varchar(255) NOT NULL,
  `discount_customer_email` varchar(255) NOT NULL,
  `user_id` int unsigned NOT NULL,
  `discount_amount` decimal(15,5) NOT NULL,
  `discount_tax` decimal(15,5) NOT NULL,
  `discount_params` text NOT NULL,
  PRIMARY KEY (`j2commerce_orderdiscount_id`),
  KEY `orderdiscount_order_id` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_ordershippings` (
  `j2commerce_ordershipping_id` int NOT NULL AUTO_INCREMENT,
  `order_id` varchar(255) NOT NULL DEFAULT '0',
  `ordershipping_type` varchar(255) NOT NULL DEFAULT '',
  `ordershipping_price` decimal(15,5) DEFAULT 0.00000,
  `ordershipping_name` varchar(255) NOT NULL DEFAULT '',
  `ordershipping_code` varchar(255) NOT NULL DEFAULT '',
  `ordershipping_tax` decimal(15,5) DEFAULT 0.00000,
  `ordershipping_extra` decimal(15,5) DEFAULT 0.00000,
  `ordershipping_tracking_id` mediumtext NOT NULL,
  PRIMARY KEY (`j2commerce_ordershipping_id`),
  KEY `idx_order_shipping_order_id` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_orderstatuses` (
  `j2commerce_orderstatus_id` int NOT NULL AUTO_INCREMENT,
  `orderstatus_name` varchar(32) NOT NULL,
  `orderstatus_cssclass` text NOT NULL,
  `orderstatus_core` int NOT NULL DEFAULT 0,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `ordering` int NOT NULL DEFAULT 0,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int unsigned NOT NULL DEFAULT 0,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned DEFAULT NULL,
  `checked_out_time` datetime DEFAULT NULL,
  PRIMARY KEY (`j2commerce_orderstatus_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_taxprofiles` (
  `j2commerce_taxprofile_id` int NOT NULL AUTO_INCREMENT,
  `taxprofile_name` varchar(255) NOT NULL,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `ordering` int NOT NULL DEFAULT 0,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `created_by` int unsigned NOT NULL DEFAULT 0,
  `modified_on` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
  `modified_by` int unsigned NOT NULL DEFAULT 0,
  `checked_out` int unsigned DEFAULT NULL,
  `checked_out_time` datetime DEFAULT NULL,
  PRIMARY KEY (`j2commerce_taxprofile_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_taxrates` (
  `j2commerce_taxrate_id` int NOT NULL AUTO_INCREMENT,
  `geozone_id` int NOT NULL,
  `taxrate_name` varchar(255) NOT NULL,
  `tax_percent` decimal(11,3) NOT NULL,
  `enabled` tinyint NOT NULL DEFAULT 0,
  PRIMARY KEY (`j2commerce_taxrate_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_taxrules` (
  `j2commerce_taxrule_id` int NOT NULL AUTO_INCREMENT,
  `taxprofile_id` int NOT NULL,
  `taxrate_id` int NOT NULL,
  `address` varchar(255) NOT NULL,
  PRIMARY KEY (`j2commerce_taxrule_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE IF NOT EXISTS `#__j2commerce_currencies` (
  `j2commerce_currency_id` int NOT NULL AUTO_INCREMENT,
  `currency_title` varchar(32) NOT NULL,
  `currency_code` varchar(3) NOT NULL,
  `currency_position` varchar(12) NOT NULL,
  `currency_symbol` varchar(255) NOT NULL,
  `currency_num_decimals` int NOT NULL,
  `currency_decimal` varchar(12) NOT NULL,
  `currency_thousands` varchar(12) NOT NULL DEFAULT ',',
  `currency_value` decimal(15,8) NOT NULL,
  `enabled` tinyint NOT NULL DEFAULT 0,
  `ordering` int NOT NULL DEFAULT 0,
  `access` int unsigned NOT NULL DEFAULT 0,
  `created_on` datetime DEFAULT CURRENT_TIMESTAMP,
  `created_by` bigint unsigned NOT NULL DEFAULT 0,
  `modified_on` datetime DEFAULT CURRENT_TIMESTAMP,
  `modified_by` bigint unsigned NOT NULL DEFAULT 0,
  `locked_on` datetime DEFAULT NULL,
  `locked_by` bigint unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`j2commerce_currency_id`),
  UNIQUE KEY `currency_code` (`currency_code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What a fresh installation holds -----------------------------------------------------------------------------------

INSERT INTO `#__extensions` (`name`, `type`, `element`, `folder`, `client_id`, `enabled`, `manifest_cache`, `params`, `custom_data`) VALUES
('com_content', 'component', 'com_content', '', 1, 1, '', '{}', ''),
('com_j2commerce', 'component', 'com_j2commerce', '', 1, 1, '', '{"config_currency":"USD","config_including_tax":"0"}', '');

INSERT INTO `#__users` (`id`, `name`, `username`, `email`, `registerDate`, `params`) VALUES
(42, 'Super User', 'admin', 'admin@example.org', '2024-01-01 00:00:00', '{}');

INSERT INTO `#__user_usergroup_map` (`user_id`, `group_id`) VALUES
(42, 8);

INSERT INTO `#__categories` (`id`, `parent_id`, `lft`, `rgt`, `level`, `path`, `extension`, `title`, `alias`, `description`, `published`, `access`, `params`, `metadata`, `created_user_id`, `created_time`, `modified_user_id`, `modified_time`, `language`) VALUES
(1, 0, 0, 5, 0, '', 'system', 'ROOT', 'root', '', 1, 1, '{}', '{}', 42, '2024-01-01 00:00:00', 42, '2024-01-01 00:00:00', '*'),
(2, 1, 1, 2, 1, 'uncategorised', 'com_content', 'Uncategorised', 'uncategorised', '', 1, 1, '{}', '{}', 42, '2024-01-01 00:00:00', 42, '2024-01-01 00:00:00', '*'),
(3, 1, 3, 4, 1, 'uncategorised', 'com_banners', 'Uncategorised', 'uncategorised', '', 1, 1, '{}', '{}', 42, '2024-01-01 00:00:00', 42, '2024-01-01 00:00:00', '*');

INSERT INTO `#__workflows` (`id`, `published`, `title`, `description`, `extension`, `default`, `ordering`, `created`, `created_by`, `modified`, `modified_by`) VALUES
(1, 1, 'COM_WORKFLOW_BASIC_WORKFLOW', '', 'com_content.article', 1, 1, '2024-01-01 00:00:00', 42, '2024-01-01 00:00:00', 42);

INSERT INTO `#__workflow_stages` (`id`, `ordering`, `workflow_id`, `published`, `title`, `description`, `default`) VALUES
(1, 1, 1, 1, 'COM_WORKFLOW_BASIC_STAGE', '', 1);

INSERT INTO `#__content_types` (`type_id`, `type_title`, `type_alias`, `rules`, `field_mappings`) VALUES
(1, 'Article', 'com_content.article', '', '{}');

INSERT INTO `#__tags` (`id`, `parent_id`, `lft`, `rgt`, `level`, `path`, `title`, `alias`, `description`, `published`, `access`, `params`, `metadesc`, `metadata`, `created_user_id`, `created_time`, `modified_time`, `images`, `urls`, `language`) VALUES
(1, 0, 0, 1, 0, '', 'ROOT', 'root', '', 1, 1, '', '', '', 42, '2024-01-01 00:00:00', '2024-01-01 00:00:00', '', '', '*');

INSERT INTO `#__j2commerce_orderstatuses` (`j2commerce_orderstatus_id`, `orderstatus_name`, `orderstatus_cssclass`, `orderstatus_core`, `enabled`, `ordering`) VALUES
(1, 'J2COMMERCE_CONFIRMED', 'badge text-bg-success', 1, 1, 1),
(2, 'J2COMMERCE_PROCESSED', 'badge text-bg-info', 1, 1, 2),
(3, 'J2COMMERCE_FAILED', 'badge text-bg-danger', 1, 1, 3),
(4, 'J2COMMERCE_PENDING', 'badge text-bg-warning', 1, 1, 4),
(5, 'J2COMMERCE_NEW', 'badge text-bg-warning', 1, 1, 5),
(6, 'J2COMMERCE_CANCELLED', 'badge text-bg-secondary', 1, 1, 6),
(7, 'J2COMMERCE_SHIPPED', 'badge text-bg-success', 1, 1, 7),
(8, 'J2COMMERCE_DELIVERED', 'badge text-bg-primary', 1, 1, 8);

INSERT INTO `#__j2commerce_currencies` (`currency_title`, `currency_code`, `currency_position`, `currency_symbol`, `currency_num_decimals`, `currency_decimal`, `currency_thousands`, `currency_value`, `enabled`, `ordering`) VALUES
('US Dollar', 'USD', 'pre', '$', 2, '.', ',', '1.00000000', 1, 1),
('Euro', 'EUR', 'pre', '€', 2, '.', ',', '1.00000000', 1, 2),
('British Pound', 'GBP', 'pre', '£', 2, '.', ',', '1.00000000', 1, 3),
('Canadian Dollar', 'CAD', 'pre', '$', 2, '.', ',', '1.00000000', 1, 4),
('Japanese Yen', 'JPY', 'pre', '¥', 0, '.', ',', '1.00000000', 1, 5),
('Argentine Peso', 'ARS', 'pre', '$', 2, ',', '.', '1.00000000', 1, 6),
('Kuwaiti Dinar', 'KWD', 'pre', 'KD', 3, '.', ',', '1.00000000', 1, 7);
