<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Resolution;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Sales\OrderPushes;
use CloverSync\Shop\Status\ListedLink;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\Event\Event;

/** Raises one event for each action of an owner, once it is done. Joomla's action logs record it. */
final readonly class OwnerActions
{
    /**
     * Arguments: "action", a value of {@see OwnerAction}; "title" of what was acted on, which may be empty; "link" to
     * it, relative to the administrator. None of them is secret.
     */
    public const EVENT = 'onCloverposOwnerAction';

    public function __construct(
        private CMSApplicationInterface $app,
    ) {
    }

    public function did(OwnerAction $action, string $title = '', ?string $link = null): void
    {
        $this->raise($action, static fn (): array => [$title, $link ?? Pages::url()]);
    }

    /** @param \Closure(): ?ListedLink $product As it is listed; an action may have ended its link */
    public function didToProduct(OwnerAction $action, string $cloverId, \Closure $product): void
    {
        $this->raise($action, static function () use ($cloverId, $product): array {
            $listed  = $product();
            $title   = $listed->title ?? '';
            $article = $listed?->articleId;

            return [
                $title === '' ? $cloverId : $title,
                $article === null
                    ? Pages::url('mappings')
                    : "index.php?option=com_content&task=article.edit&id=$article",
            ];
        });
    }

    public function didToOrder(OwnerAction $action, string $orderId, OrderPushes $pushes): void
    {
        $this->raise($action, static function () use ($orderId, $pushes): array {
            // An order that was not to appear in Clover has none.
            $key = $pushes->of($orderId)->orderPk ?? 0;

            return [
                $orderId,
                $key === 0 ? Pages::url('outbox') : "index.php?option=com_j2commerce&view=order&layout=view&id=$key",
            ];
        });
    }

    /**
     * What is done stays done, whatever a listener does.
     *
     * @param \Closure(): array{string, string} $about Title and link
     */
    private function raise(OwnerAction $action, \Closure $about): void
    {
        try {
            [$title, $link] = $about();
            $this->app->getDispatcher()->dispatch(self::EVENT, new Event(self::EVENT, [
                'action' => $action->value,
                'title'  => $title,
                'link'   => $link,
            ]));
        } catch (\Throwable $e) {
            DebugLog::failed($e);
        }
    }

    public static function settled(Resolution $choice): OwnerAction
    {
        return match ($choice) {
            Resolution::Applied    => OwnerAction::SettledApplied,
            Resolution::NotApplied => OwnerAction::SettledNotApplied,
            Resolution::Leave      => OwnerAction::SettledLeave,
        };
    }
}
