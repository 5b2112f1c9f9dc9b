<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\Options;
use CloverSync\Shop\Catalog\J2Commerce\ProductModifiers;
use CloverSync\Shop\Catalog\J2Commerce\ProductPictures;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\J2Commerce\Variants;
use CloverSync\Shop\Catalog\Joomla\Articles;
use CloverSync\Shop\Catalog\Joomla\Categories;
use CloverSync\Shop\Catalog\Joomla\Tags;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;

/** The shop's product tables, used by one transaction at a time. */
final readonly class ProductTables
{
    public Articles $articles;

    public Variants $variants;

    public Options $options;

    public ProductModifiers $modifiers;

    public Categories $categories;

    public Tags $tags;

    public ProductPictures $pictures;

    public Bulk $bulk;

    /** @param Settings $settings With a default category that exists */
    public function __construct(
        Sql $sql,
        public ShopConfig $config,
        public Settings $settings,
        Links $links,
        Clock $clock,
    ) {
        $this->articles   = new Articles($sql, $config, $clock);
        $this->variants   = new Variants($sql, $config, $clock);
        $this->options    = new Options($sql, $config, $clock);
        $this->modifiers  = new ProductModifiers($sql, $config, $clock);
        $this->categories = new Categories($sql, $config, $links, $settings->defaultCategory, $clock);
        $this->tags       = new Tags($sql, $config, $clock);
        $this->pictures   = new ProductPictures($sql);
        $this->bulk       = new Bulk($sql);
    }
}
