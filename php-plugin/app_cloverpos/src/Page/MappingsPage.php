<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** The links between products and items of Clover, their problems, and what the owner can do about them. */
final readonly class MappingsPage implements Page
{
    /** Conflicts that are listed at most; "Adopt all" and "Relink all" include all of them. */
    public const LISTED = 100;

    private const WORDS = [
        'UNLINK_CONFIRM',
        'ADOPT_ALL_CONFIRM',
        'RELINK_ALL_CONFIRM',
        'ASKING',
        'REPORT_CAPPED',
        'PREVIEW_TITLE',
        'PREVIEW_NONE',
        'PREVIEW_ACTION',
        'PREVIEW_PRODUCT',
        'PREVIEW_FIELDS',
        'PREVIEW_PRICES',
        'PREVIEW_ACTION_CREATE',
        'PREVIEW_ACTION_UPDATE',
        'PREVIEW_ACTION_RESTORE',
        'PREVIEW_ACTION_DELETE',
        'PREVIEW_ACTION_CONFLICT',
        'PREVIEW_ACTION_ERROR',
        'PREVIEW_ACTION_LEFT_OUT',
        'DRIFT_TITLE',
        'DRIFT_NONE',
        'DRIFT_SHOP',
        'DRIFT_CLOVER',
        'DRIFT_REASON',
        'DRIFT_UNTRACKED',
        'PRODUCT',
        'CLOVER_ID',
        'SKU',
    ];

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function title(): string
    {
        return 'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_TITLE';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);
        ToolbarButtons::help($toolbar, '10. Day to day: dashboard, log, mappings, outbox');

        try {
            $shop  = $this->factory->shop();
            $list  = new MappedProducts($shop, $this->app);
            $start = $list->tools->paginate($list->count());
            $data  = [
                'tools'     => $list->tools,
                'rows'      => $list->page($start, $list->tools->limit),
                'conflicts' => $shop->conflicts()->list(),
                'mayAct'    => J2CommerceHelper::canAccess('j2commerce.editsetup'),
            ];
        } catch (\Throwable $e) {
            return Template::render('problem', ErrorPresenter::of($e));
        }

        Template::script(
            $this->app,
            'mappings',
            array_map(static fn (string $word): string => "PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_$word", self::WORDS),
        );

        return Template::render('mappings', $data);
    }
}
