<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_webservices_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Webservices\Cloversync\Controller;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Console\RunData;
use CloverSync\Shop\Console\StatusData;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\ExtensionException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\QueryMonitor;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use Joomla\CMS\Access\Exception\NotAllowed;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Document\JsonapiDocument;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Text;
use Joomla\CMS\MVC\Controller\BaseController;
use Joomla\CMS\MVC\Controller\Exception\ResourceNotFound;
use Joomla\CMS\Serializer\JoomlaSerializer;
use Joomla\Database\DatabaseInterface;
use Tobscure\JsonApi\Resource as Element;

/** The state of the Clover POS Integration, and its sync, as JSON:API. Joomla calls the tasks by their routes. */
final class CloversyncController extends BaseController
{
    /** Seconds of a slice: the web server's worker is busy meanwhile, and the server ends slow scripts. */
    private const SECONDS = 20.0;

    /** The request is right, and the shop is in a state that does not allow it. */
    private const CONFLICT = 409;

    private const UNAVAILABLE = 503;

    private const COMPONENT = 'com_j2commerce';

    /** What `status --json` prints. */
    public function status(): void
    {
        $this->answer('j2commerce.viewsetup', static function (Services $shop): Element {
            $now = $shop->dashboard()->read();

            return self::resource('status', $now->environment, StatusData::of($now, SiteLocale::formatter()));
        });
    }

    /** Where the newest sync run stands. */
    public function run(): void
    {
        $this->answer('j2commerce.viewsetup', static fn (Services $shop): Element => self::ofRun(
            $shop->dashboard()->latestRun() ?? throw new ResourceNotFound('', 404),
        ));
    }

    /** Starts a sync run, or continues the open one, for one slice. */
    public function sync(): void
    {
        $this->answer('j2commerce.editsetup', function (Services $shop): Element {
            Platform::allowSeconds(120);

            // Checked first, so that no run has to fail because of it.
            if ($shop->connection->status()->connected && !$shop->dashboard()->hasDefaultCategory()) {
                throw new DefaultCategoryException(new Message(MessageCode::DefaultCategoryNone));
            }

            $run = $shop->runner()->run(new TimeBudget(self::SECONDS));

            if ($run->productRows > 0) {
                ShopCache::clean($this->app);
            }

            return self::ofRun($run);
        });
    }

    /**
     * @param \Closure(Services): Element $work
     *
     * @throws NotAllowed       when the token's user lacks the permission, which the app's pages need too
     * @throws ResourceNotFound before the first run
     */
    private function answer(string $permission, \Closure $work): void
    {
        $this->permit($permission);
        $app      = $this->app;
        $document = $app instanceof CMSWebApplicationInterface ? $app->getDocument() : null;

        if (!$app instanceof CMSWebApplicationInterface || !$document instanceof JsonapiDocument) {
            throw new \LogicException('Joomla gave no document for JSON:API.');
        }

        /** @var DatabaseInterface $db */
        $db     = Factory::getContainer()->get(DatabaseInterface::class);
        $resume = QueryMonitor::pause($db);

        try {
            $factory = ShopFactory::enabled(
                $this->app,
                $db,
            ) ?? throw new ShopException(new Message(MessageCode::AppDisabled));
            $document->setData($work($factory->shop()));
        } catch (CloverException|ShopException|ExtensionException $e) {
            $error  = ErrorPresenter::of($e);
            $status = $e instanceof UnavailableException || $e instanceof ExtensionException
                ? self::UNAVAILABLE
                : self::CONFLICT;
            $document->setErrors([[
                'status' => (string) $status,
                'code'   => $error['kind'],
                'title'  => $error['message'],
                'detail' => $error['details'],
            ]]);
            $app->setHeader('status', (string) $status, true);
        } finally {
            $resume();
        }
    }

    /** Joomla has checked the token, and nothing else. */
    private function permit(string $permission): void
    {
        $user = $this->app->getIdentity();

        if (
            $user === null
            || !$user->authorise('core.manage', self::COMPONENT)
            || !J2CommerceHelper::canAccess($permission)
        ) {
            throw new NotAllowed(Text::_('JLIB_APPLICATION_ERROR_ACCESS_FORBIDDEN'), 403);
        }
    }

    private static function ofRun(SyncRunRow $run): Element
    {
        return self::resource('sync', (string) $run->id, RunData::state($run, SiteLocale::formatter()));
    }

    /** @param array<string, scalar|array|null> $attributes */
    private static function resource(string $type, string $id, array $attributes): Element
    {
        return new Element((object) (['id' => $id] + $attributes), new JoomlaSerializer("cloversync-$type"));
    }
}
