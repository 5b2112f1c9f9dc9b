<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Product;

\defined('_JEXEC') or die();

use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/**
 * Lists of products, J2Commerce's and Joomla's: they do not publish what would be sold at 0, and J2Commerce's shows
 * Clover's state.
 *
 * J2Commerce's list fires no event of its own, neither for its rows nor before it publishes. Its event for its scripts
 * comes before any task or view of the component.
 */
final readonly class ProductList
{
    /** Tasks of Joomla's lists of articles and of featured articles. */
    private const PUBLISHING = ['articles.publish', 'featured.publish'];

    public function __construct(
        private PublishGuard $guard,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function prepare(): void
    {
        $input = $this->app->getInput();

        if (!$this->app->isClient('administrator') || $input->getCmd('option') !== 'com_j2commerce') {
            return;
        }

        $task = $input->getCmd('task', '');

        if ($task === 'products.publish') {
            $this->narrow($this->guard->products(...));
        } elseif (
            ($task === '' || $task === 'display')
            && $input->getCmd('view', '') === 'products'
            && J2CommerceHelper::canAccess('j2commerce.editsetup')
        ) {
            Template::style($this->app);
            Template::script($this->app, 'products', ['PLG_J2COMMERCE_APP_CLOVERPOS_PRODUCT_IN_CLOVER']);
        }
    }

    /**
     * Before a task of Joomla's lists of articles, which has one answer for a whole selection: takes out of the
     * selection what the shop would sell at 0.
     */
    public function prepareArticles(): void
    {
        $input = $this->app->getInput();

        if (
            $this->app->isClient('administrator')
            && $input->getCmd('option') === 'com_content'
            && \in_array($input->getCmd('task'), self::PUBLISHING, true)
            && $this->app->getIdentity()?->authorise('core.edit.state', 'com_content')
        ) {
            $this->narrow($this->guard->articles(...));
        }
    }

    /** @param callable(list<int>): list<int> $allowed */
    private function narrow(callable $allowed): void
    {
        $input    = $this->app->getInput();
        $selected = self::ids($input->get('cid', [], 'array'));
        $input->set('cid', $allowed($selected));
    }

    /**
     * @param mixed $selected mixed: whatever was posted
     *
     * @return list<int>
     */
    private static function ids(mixed $selected): array
    {
        return array_map(
            intval(...),
            array_values(array_filter(\is_array($selected) ? $selected : [], is_numeric(...))),
        );
    }
}
