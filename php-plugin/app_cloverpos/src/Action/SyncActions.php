<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\AfterResponse;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardData;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The sync that the owner starts and watches, one slice a request. */
final readonly class SyncActions implements ActionGroup
{
    /** Seconds of a slice: short, so that the bar moves and Stop takes effect soon. */
    private const SLICE = 4.0;

    /** Failed items that are named at the end; the log has all of them. */
    private const NAMED = 10;

    public function __construct(
        private ShopFactory $factory,
        private CMSApplicationInterface $app,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'sync.slice'          => $this->start(...),
            'sync.confirmDeletes' => $this->confirmDeletes(...),
            'sync.keepDeletes'    => $this->keepDeletes(...),
            'sync.category'       => $this->category(...),
            'sync.status'         => $this->status(...),
        ];
    }

    /** @return array<string, mixed> */
    private function start(Input $input): array
    {
        $answer = $this->slice(false);

        // The later slices of the page that started it are part of the same action.
        if ($input->post->getInt('started', 0) === 1) {
            $this->owner->did(OwnerAction::SyncStarted);
        }

        return $answer;
    }

    /** @return array<string, mixed> */
    private function confirmDeletes(Input $input): array
    {
        // The owner's decision refers to the list that the page showed.
        $this->factory->shop()->runner()->requireQuestion($input->post->getInt('run'));
        $answer = $this->slice(true);
        $this->owner->did(OwnerAction::DeletesConfirmed);

        return $answer;
    }

    /** @return array<string, mixed> */
    private function keepDeletes(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();
        $run  = $shop->runner()->keepVanished($input->post->getInt('run'));
        $this->owner->did(OwnerAction::DeletesKept);

        return [
            'run'     => DashboardData::run($run, $shop->dashboard()->expectedItems()),
            'figures' => DashboardData::of($shop->dashboard()->read()),
            'message' => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_DELETES_KEPT'),
        ];
    }

    /** @return array<string, mixed> */
    private function slice(bool $confirmDeletes): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();

        // Checked first, so that no run has to fail because of it.
        if ($shop->connection->status()->connected && !$shop->dashboard()->hasDefaultCategory()) {
            throw $this->isChosenInSettings()
                ? new ShopException(Message::said(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CATEGORY_GONE_IN_SETTINGS')))
                : new DefaultCategoryException(new Message(MessageCode::DefaultCategoryNone));
        }

        $expected = $shop->dashboard()->expectedItems();
        $result   = $shop->runner()->run(new TimeBudget(self::SLICE), $confirmDeletes);
        $answer   = ['run' => DashboardData::run($result, $expected)];

        if ($result->productRows > 0) {
            ShopCache::clean($this->app);
        }

        $shop->verificationCodes()->expect();

        if ($result->status === RunStatus::NeedsConfirmation) {
            return ['run' => DashboardData::of($shop->dashboard()->read())['run']];
        }

        if ($result->status !== RunStatus::Done) {
            return $answer;
        }

        $this->factory->address()->confirm($shop->state);
        AfterResponse::indexProducts($this->factory, $this->app);
        $words = SiteLocale::formatter();

        return $answer
        + [
            'figures'  => DashboardData::of($shop->dashboard()->read()),
            'failures' => array_map(
                static fn (array $entry): string => trim(
                    $entry['entity_id'] . ': ' . $words->text($entry['message']),
                    ': ',
                ),
                $shop->log->ofRun($result->id, 'error', self::NAMED),
            ),
        ];
    }

    /** @return array{message: string} */
    private function category(Input $input): array
    {
        $shop  = $this->factory->shop();
        $id    = $input->post->getInt('category');
        $title = array_column(
            ShopConfig::categories($shop->sql),
            'title',
            'id',
        )[$id] ?? throw new ShopException(Message::said(Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CATEGORY_GONE')));
        $this->factory->choose(['default_category' => (string) $id]);
        $this->owner->did(OwnerAction::CategoryChosen, $title);

        return ['message' => Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_CATEGORY_DONE', $title)];
    }

    /** A category chosen in the settings takes precedence over one chosen on the dashboard. */
    private function isChosenInSettings(): bool
    {
        return (int) $this->factory->parameter('default_category') !== 0;
    }

    /** @return array<string, mixed> */
    private function status(Input $input): array
    {
        $shop = $this->factory->shop();
        $shop->verificationCodes()->expect();
        $latest = $shop->merchantId() === null ? throw new NotConnectedException() : $shop->dashboard()->latestRun();

        return [
            'figures' => DashboardData::of($shop->dashboard()->read()),
            'latest'  => $latest === null ? null : DashboardData::run($latest, $shop->dashboard()->expectedItems()),
        ];
    }
}
