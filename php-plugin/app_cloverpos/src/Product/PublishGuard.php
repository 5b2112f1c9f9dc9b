<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Product;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\ArticleStates;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Status\CautiousProduct;
use CloverSync\Shop\Status\CautiousProducts;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Event\Model\AfterSaveEvent;
use Joomla\CMS\Event\Model\BeforeChangeStateEvent;
use Joomla\CMS\Event\Model\BeforeSaveEvent;
use Joomla\CMS\Event\Model\SaveEvent;
use Joomla\CMS\Language\Text;
use Joomla\Session\SessionInterface;

/**
 * Wherever products are published: those that would be sold at 0 stay unpublished, and of the others that should not be
 * published as they are the owner is warned.
 */
final class PublishGuard
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_';

    /** Titles that fit into a message. */
    private const NAMED = 10;

    private const ARTICLE = 'com_content.article';

    /** Contexts of an article's form, in the administrator and on the site. */
    private const FORMS = [self::ARTICLE, 'com_content.form'];

    /** In the session, with the article's id: its form has refused once to publish it. */
    private const REFUSED = 'plg_j2commerce_app_cloverpos.refused_';

    private const PUBLISHED = 1;

    /** @var array<int, true> Articles that are saved now, and were not published before */
    private array $unpublished = [];

    public function __construct(
        private readonly ShopFactory $factory,
        private readonly CMSApplicationInterface $app,
    ) {
    }

    /**
     * The products of a selection that may be published. The owner reads of the others, and of those to look at.
     *
     * @param list<int> $products
     *
     * @return list<int>
     */
    public function products(array $products): array
    {
        $cautious = $products === [] ? [] : self::waiting($this->cautious()?->of($products) ?? []);
        $free     = self::free($cautious);
        $this->refuse($free);
        $this->warn(array_diff_key($cautious, $free));

        return array_values(array_diff($products, array_keys($free)));
    }

    /**
     * The articles of a selection that may be published. {@see changesState()} follows, and warns.
     *
     * @param list<int> $articles
     *
     * @return list<int>
     */
    public function articles(array $articles): array
    {
        $free = self::free(self::waiting($this->ofArticles($articles)));
        $this->refuse($free);

        return array_values(array_diff($articles, array_keys($free)));
    }

    /** Joomla has one answer for all articles of the event, such as those of a workflow's transition. */
    public function changesState(BeforeChangeStateEvent $event): void
    {
        if ($event->getContext() !== self::ARTICLE || $event->getValue() !== self::PUBLISHED) {
            return;
        }

        $cautious = $this->ofArticles(array_map(intval(...), array_values($event->getPks())));
        $free     = self::free($cautious);

        if ($free === []) {
            $this->warn($cautious);

            return;
        }

        $this->refuse($free);
        $event->addResult(false);
    }

    public function beforeSave(BeforeSaveEvent $event): void
    {
        $article = $this->publishedIn($event);

        if ($article !== null && $this->state($article) !== self::PUBLISHED) {
            $this->unpublished[$article] = true;
        }
    }

    /** After J2Commerce, because the form can set the price that was missing. */
    public function afterSave(AfterSaveEvent $event): void
    {
        $article = $this->publishedIn($event);

        if ($article === null || !isset($this->unpublished[$article])) {
            return;
        }

        unset($this->unpublished[$article]);
        $cautious = $this->ofArticles([$article]);

        if (self::free($cautious) === [] || $this->wasRefused($article)) {
            $this->remember($article, false);
            $this->warn($cautious);

            return;
        }

        $this->unpublish($article);
        $this->remember($article, true);
        $this->app->enqueueMessage(Text::sprintf(self::PREFIX . 'NOT_PUBLISHED', self::titles($cautious)), 'warning');
    }

    /** The article that a form is about to publish, or has published. */
    private function publishedIn(SaveEvent $event): ?int
    {
        $item  = get_object_vars($event->getItem());
        $id    = (int) ($item['id'] ?? 0);
        $state = (int) ($item['state'] ?? 0);

        return \in_array($event->getContext(), self::FORMS, true)
        && ($this->app->isClient('administrator') || $this->app->isClient('site'))
        && $id > 0
        && $state === self::PUBLISHED
            ? $id
            : null;
    }

    private function state(int $article): int
    {
        return (int) $this->factory->sql()->fetchValue('SELECT state FROM #__content WHERE id = ?', [$article]);
    }

    private function unpublish(int $article): void
    {
        $shop = $this->factory->shop();
        $shop->sql->transaction(static fn () => (new ArticleStates($shop->sql, $shop->clock))->unpublish([$article]));
    }

    private function wasRefused(int $article): bool
    {
        return $this->session()?->get(self::REFUSED . $article) === true;
    }

    private function remember(int $article, bool $isRefused): void
    {
        if ($isRefused) {
            $this->session()?->set(self::REFUSED . $article, true);
        } else {
            $this->session()?->remove(self::REFUSED . $article);
        }
    }

    private function session(): ?SessionInterface
    {
        return $this->app instanceof CMSWebApplicationInterface ? $this->app->getSession() : null;
    }

    /**
     * @param list<int> $articles
     *
     * @return array<int, CautiousProduct>
     */
    private function ofArticles(array $articles): array
    {
        return $articles === [] ? [] : $this->cautious()?->ofArticles($articles) ?? [];
    }

    /** Null without a connection, and without the program that the shop needs. */
    private function cautious(): ?CautiousProducts
    {
        if (!Requirements::isMet()) {
            return null;
        }

        $shop = $this->factory->shop();

        return $shop->merchantId() === null ? null : $shop->cautiousProducts();
    }

    /** @param array<int, CautiousProduct> $free */
    private function refuse(array $free): void
    {
        $this->say('N_NOT_PUBLISHED', $free);
    }

    /** @param array<int, CautiousProduct> $cautious */
    private function warn(array $cautious): void
    {
        $this->say('N_PUBLISHED_ODD', $cautious);
    }

    /** @param array<int, CautiousProduct> $products */
    private function say(string $key, array $products): void
    {
        if ($products !== []) {
            $this->app->enqueueMessage(
                Text::plural(self::PREFIX . $key, \count($products), self::titles($products)),
                'warning',
            );
        }
    }

    /**
     * @param array<int, CautiousProduct> $products
     *
     * @return array<int, CautiousProduct>
     */
    private static function free(array $products): array
    {
        return array_filter($products, static fn (CautiousProduct $product): bool => $product->isFree);
    }

    /**
     * @param array<int, CautiousProduct> $products
     *
     * @return array<int, CautiousProduct> Those that are not published yet
     */
    private static function waiting(array $products): array
    {
        return array_filter($products, static fn (CautiousProduct $product): bool => !$product->isPublished);
    }

    /** @param array<int, CautiousProduct> $products */
    private static function titles(array $products): string
    {
        $titles = array_map(
            static fn (CautiousProduct $p): string => htmlspecialchars(
                ProductText::cautious($p),
                ENT_QUOTES,
                'UTF-8',
                false,
            ),
            \array_slice($products, 0, self::NAMED),
        );

        return implode(', ', $titles) . (\count($products) > self::NAMED ? ', …' : '');
    }
}
