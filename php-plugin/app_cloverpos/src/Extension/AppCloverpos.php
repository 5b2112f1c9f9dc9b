<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Extension;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ShopFactory;
use J2Commerce\Component\J2commerce\Administrator\Event\PluginEvent;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\Actions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\AfterResponse;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Notices;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Order\OrderCard;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Order\OrderHooks;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductBadge;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\ProductList;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Product\PublishGuard;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\OpenedForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\TypedSecrets;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook\WebhookRequest;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Event\Model\AfterSaveEvent;
use Joomla\CMS\Event\Model\BeforeChangeStateEvent;
use Joomla\CMS\Event\Model\BeforeSaveEvent;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Plugin\CMSPlugin;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Event\Event;
use Joomla\Event\EventInterface;
use Joomla\Event\Priority;
use Joomla\Event\SubscriberInterface;
use Joomla\Input\Input;

/** Translates events of Joomla and J2Commerce to calls of the app's own classes, and lets none of them fail. */
final class AppCloverpos extends CMSPlugin implements SubscriberInterface
{
    public const ELEMENT = 'app_cloverpos';

    protected $autoloadLanguage = true;

    private ?PublishGuard $guard = null;

    /** @param array<array-key, mixed> $config */
    public function __construct(
        array $config,
        private readonly ShopFactory $factory,
    ) {
        parent::__construct($config);
    }

    public static function getSubscribedEvents(): array
    {
        return [
            'onJ2CommerceAppPluginView'     => 'onPage',
            'onJ2CommerceAppPluginAjax'     => 'onAction',
            'onAjaxApp_cloverpos'           => 'onWebhook',
            'onJ2CommerceOrderStatusChange' => 'onOrderStatus',
            // The handler reads the gateway's result, so it must run after the gateway.
            'onJ2CommerceRefundPayment'           => ['onRefund', Priority::MIN],
            'onJ2CommerceAfterAdminOrderEdit'     => 'onOrderEdit',
            'onJ2CommerceAfterAdminOrderSidebar'  => 'onOrderSidebar',
            'onJ2CommerceAfterProductGeneralEdit' => 'onProductForm',
            'onJ2CommerceAfterAddJS'              => 'onComponent',
            'onJ2CommerceGetQuickIcons'           => 'onQuickIcons',
            'onJ2CommerceGetDashboardMessages'    => 'onDashboardMessages',
            'onAfterRoute'                        => 'onRoute',
            'onContentBeforeChangeState'          => 'onArticleState',
            'onContentBeforeSave'                 => 'onArticleSave',
            // J2Commerce stores the form's prices first.
            'onContentAfterSave'    => ['onArticleSaved', Priority::MIN],
            'onExtensionBeforeSave' => 'onSettingsSave',
            'onExtensionAfterSave'  => 'onSettingsSaved',
        ];
    }

    public function onPage(Event $event): void
    {
        if ($event->getArgument('plugin') !== self::ELEMENT) {
            return;
        }

        $app  = $this->webApplication();
        $page = (new Pages($this->factory, $app))->open(self::text($event->getArgument('pluginview')));
        Template::style($app);
        $toolbar = $event->getArgument('toolbar');
        $results = $event->getArgument('result', []);

        if (!$toolbar instanceof Toolbar) {
            throw new \LogicException('J2Commerce gave the page no toolbar.');
        }

        $html = $page->render($toolbar, self::input($event));
        $event->setArgument('title', Text::_($page->title()));
        $event->setArgument('result', [...(\is_array($results) ? $results : []), $html]);
    }

    public function onAction(Event $event): void
    {
        if ($event->getArgument('plugin') !== self::ELEMENT) {
            return;
        }

        // J2Commerce has checked the token; the permission to edit its set-up is checked here.
        if (!J2CommerceHelper::canAccess('j2commerce.editsetup')) {
            $event->setArgument('jsonError', Text::_('JLIB_APPLICATION_ERROR_ACCESS_FORBIDDEN'));

            return;
        }

        $event->setArgument('jsonResult', (new Actions($this->factory, $this->webApplication()))->answer(
            self::text($event->getArgument('action')),
            self::input($event),
        ));
    }

    public function onWebhook(EventInterface $event): void
    {
        $app = $this->getApplication();

        // Some versions of Joomla run these handlers in the administrator for guests too.
        if (
            $app instanceof CMSWebApplicationInterface
            && $app->isClient('site')
            && $app->getInput()->getCmd('task') === 'webhook'
        ) {
            (new WebhookRequest($this->factory, $app))->handle();
        }
    }

    public function onOrderStatus(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            (new OrderHooks($this->factory))->statusChanged($event->getArguments());
            $this->workLater();
        });
    }

    public function onRefund(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            (new OrderHooks($this->factory))->refunded($event->getArguments());
            $this->workLater();
        });
    }

    public function onOrderEdit(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            (new OrderHooks($this->factory))->edited($event->getArguments());
            $this->workLater();
        });
    }

    public function onOrderSidebar(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            $card = new OrderCard($this->factory, $this->webApplication());
            self::add($event, $card->render(self::argument($event, 0)));
        });
    }

    public function onProductForm(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            $badge = new ProductBadge($this->factory, $this->webApplication());
            self::add($event, $badge->render(self::argument($event, 1)));
        });
    }

    /** Before any task or view of J2Commerce. */
    public function onComponent(): void
    {
        $app = $this->getApplication();

        if ($app instanceof CMSWebApplicationInterface && $app->isClient('administrator')) {
            $this->quietly(fn () => (new ProductList($this->guard(), $app))->prepare());
        }
    }

    /** Before any task or view of any component. */
    public function onRoute(): void
    {
        $app = $this->getApplication();

        if ($app instanceof CMSWebApplicationInterface && $app->isClient('administrator')) {
            $this->quietly(fn () => (new ProductList($this->guard(), $app))->prepareArticles());
        }
    }

    public function onArticleState(BeforeChangeStateEvent $event): void
    {
        $this->quietly(fn () => $this->guard()->changesState($event));
    }

    public function onArticleSave(BeforeSaveEvent $event): void
    {
        $this->quietly(fn () => $this->guard()->beforeSave($event));
    }

    public function onArticleSaved(AfterSaveEvent $event): void
    {
        $this->quietly(fn () => $this->guard()->afterSave($event));
    }

    public function onQuickIcons(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            if (self::maySee()) {
                self::add($event, (new Notices($this->factory))->quickIcon());
            }
        });
    }

    public function onDashboardMessages(EventInterface $event): void
    {
        $this->quietly(function () use ($event): void {
            foreach (self::maySee() ? (new Notices($this->factory))->messages() : [] as $message) {
                self::add($event, $message);
            }
        });
    }

    /** @throws \RuntimeException with a sentence for the owner: Joomla shows it, keeps the form and stores nothing */
    public function onSettingsSave(BeforeSaveEvent $event): void
    {
        $table = SettingsForm::table($event);

        if ($table !== null) {
            $app = $this->getApplication();
            (new SettingsForm($this->factory, TypedSecrets::of($app), OpenedForm::of($app)))->beforeSave($table);
        }
    }

    public function onSettingsSaved(AfterSaveEvent $event): void
    {
        $table = SettingsForm::table($event);

        if ($table !== null) {
            $this->quietly(fn () => (new SettingsForm($this->factory))->afterSave($table, $this->application()));
        }
    }

    private function guard(): PublishGuard
    {
        return $this->guard ??= new PublishGuard($this->factory, $this->application());
    }

    private function workLater(): void
    {
        AfterResponse::sendSales($this->factory, $this->application());
    }

    private function application(): CMSApplicationInterface
    {
        return $this->getApplication() ?? throw new \LogicException('The plugin was given no application.');
    }

    /** Pages, and parts of J2Commerce's pages, exist in a browser only. */
    private function webApplication(): CMSWebApplicationInterface
    {
        $app = $this->getApplication();

        return $app instanceof CMSWebApplicationInterface
            ? $app
            : throw new \LogicException('A page is shown by a web application only.');
    }

    /** @param string|array<string, mixed> $result */
    private static function add(EventInterface $event, string|array $result): void
    {
        if ($event instanceof PluginEvent) {
            $event->addResult($result);
        }
    }

    /** A checkout or a page must continue whatever happens here. */
    private function quietly(callable $work): void
    {
        try {
            $work();
        } catch (\Throwable $e) {
            DebugLog::failed($e);
        }
    }

    /** Users without access to the app's pages are not sent to them. */
    private static function maySee(): bool
    {
        return J2CommerceHelper::canAccess('j2commerce.viewsetup');
    }

    private static function input(Event $event): Input
    {
        $input = $event->getArgument('input');

        return $input instanceof Input ? $input : throw new \LogicException('J2Commerce gave no input.');
    }

    /** A request may contain a list where a name is expected. */
    private static function text(mixed $given): string
    {
        return \is_string($given) ? $given : '';
    }

    private static function argument(EventInterface $event, int $index): mixed
    {
        return array_values(array_filter($event->getArguments(), \is_int(...), ARRAY_FILTER_USE_KEY))[$index] ?? null;
    }
}
