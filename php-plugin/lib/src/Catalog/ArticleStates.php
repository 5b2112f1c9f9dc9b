<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\Joomla\Articles;
use CloverSync\Shop\Catalog\Joomla\Tags;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;

/** Takes articles off the site: in Joomla's tables and, a little later, in Smart Search. */
final readonly class ArticleStates
{
    public function __construct(
        private Sql $sql,
        private Clock $clock,
    ) {
    }

    /**
     * Within a transaction. The products stay enabled in J2Commerce, as those of an import that is unpublished.
     *
     * @param list<int> $articles
     */
    public function unpublish(array $articles): void
    {
        $config = ShopConfig::read($this->sql);
        $states = array_fill_keys($articles, ['state' => 0]);
        (new Articles($this->sql, $config, $this->clock))->update($states);
        (new Tags($this->sql, $config, $this->clock))->mirror($states);
    }
}
