<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\LinkList;
use CloverSync\Shop\Status\ListedLink;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/** The links by the filters and the order that the reader has chosen. */
final readonly class MappedProducts
{
    /** @var list<string> Conflicts have a list of their own. */
    private const array STATES = [
        LinkState::Synced->value,
        LinkState::Pending->value,
        LinkState::Error->value,
        LinkState::Deleted->value,
        LinkState::LeftOut->value,
        LinkList::DIFFERS,
        LinkList::CAUTIOUS,
        LinkList::TAXED,
    ];

    public ListModel $tools;

    private LinkList $list;

    /** @var array{state: ?string, search: ?string} */
    private array $filter;

    public function __construct(Services $shop, CMSWebApplicationInterface $app)
    {
        $this->list   = $shop->linkList();
        $this->tools  = new ListModel($app, 'mappings', LinkList::SORTS, false, ['state' => self::STATES]);
        $this->filter = ['state' => $this->tools->filter('state'), 'search' => $this->tools->filter('search')];
    }

    public function count(): int
    {
        return $this->list->count($this->filter);
    }

    /** @return list<ListedLink> */
    public function page(int $start, int $limit): array
    {
        return $this->list->page($this->filter, $this->tools->sort, $this->tools->descending, $start, $limit);
    }
}
