<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\ImportStatus;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\DashboardStatus;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook\WebhookRequest;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Session\Session;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\CMS\Uri\Uri;
use Joomla\Input\Input;

/** The Clover Dashboard. */
final readonly class DashboardPage implements Page
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Milliseconds between two requests for the verification code, and for the state of another process's sync. */
    private const POLL   = 7_000;
    private const FOLLOW = 3_000;

    /** Language keys that the script uses. */
    private const WORDS = [
        'API_TOKEN_EMPTY',
        'DELETES_ASKING',
        'DISCONNECT_CONFIRM',
        'HAND_EMPTY',
        'SANDBOX_UNPUBLISH_CONFIRM',
        'SYNC_DONE',
        'SYNC_ELSEWHERE',
        'SYNC_ELSEWHERE_ENDED',
        'SYNC_INTERRUPTED',
        'SYNC_RUNNING',
        'SYNC_STOPPED',
        'SYNC_STOPPING',
        'WEBHOOK_CODE_CAME',
        'WEBHOOK_CODE_LAST',
        'WEBHOOK_CODE_NONE',
    ];

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    /** The heading, with a badge in the sandbox; the document's title has no badge. */
    public function title(): string
    {
        $title = Text::_(self::PREFIX . 'DASHBOARD');

        return $this->factory->knownEnvironment() !== 'sandbox'
            ? $title
            : $title
            . ' <span class="badge text-bg-warning">'
            . Text::_(self::PREFIX . 'ENVIRONMENT_SANDBOX')
            . '</span>';
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        try {
            $shop = $this->factory->shop();
            $now  = $shop->dashboard()->read();
            $page = $this->page($shop, $now);
        } catch (\Throwable $e) {
            ToolbarButtons::settings($toolbar, $this->factory->siteSql());

            return Template::render('problem', ErrorPresenter::of($e));
        }

        $this->buttons($toolbar, $page->canWork);
        Template::script(
            $this->app,
            'dashboard',
            array_map(static fn (string $word): string => self::PREFIX . $word, self::WORDS),
        );
        $this->app->getDocument()->addScriptOptions(Template::MEDIA, [
            'figures' => $page->figures,
            'mayAct'  => $page->mayAct,
            'canWork' => $page->canWork,
            'poll'    => self::POLL,
            'follow'  => self::FOLLOW,

            'unpublished' => $shop->settings->importStatus === ImportStatus::Unpublished,
        ]);

        return Template::render('dashboard', ['page' => $page]);
    }

    private function page(Services $shop, DashboardStatus $now): DashboardView
    {
        $config = ShopConfig::read($shop->sql);
        $mayAct = J2CommerceHelper::canAccess('j2commerce.editsetup');

        $shop->verificationCodes()->expect();

        return new DashboardView(
            status: $now,
            figures: DashboardData::of($now),
            warnings: (new Warnings($this->factory, $shop, $now))->list(),
            mayAct: $mayAct,
            canWork: $mayAct && $now->connected && !$now->siteMoved,
            environment: Text::_(self::PREFIX . 'ENVIRONMENT_' . strtoupper($now->environment)),
            until: match (true) {
                $now->credential === Credential::Merchant => Text::_(self::PREFIX . 'API_TOKEN_NO_END'),
                $now->refreshExpiresAt === null => '',
                default => LocalTime::unix($now->refreshExpiresAt),
            },
            hasCredentials: $shop->hasCredentials(),
            canConnect: $mayAct && $shop->hasCredentials(),
            connectUrl: Pages::url('oauth_start') . '&tmpl=component&' . Session::getFormToken() . '=1',
            redirectUri: RedirectUri::of(),
            siteUrl: rtrim(Uri::root(), '/'),
            syncLogUrl: Pages::url('synclog'),
            mappingsUrl: Pages::url('mappings'),
            settingsUrl: SettingsForm::url($shop->sql),
            webhookUrl: rtrim(Uri::root(), '/') . '/' . WebhookRequest::PATH,
            webhooks: $shop->settings->webhooks,
            hasAuthCode: $this->factory->secrets()->has('webhook_secret'),
            isLocal: self::isLocal((string) Uri::getInstance()->getHost()),
            categories: ShopConfig::categories($shop->sql),
            uncategorised: ShopConfig::uncategorised($shop->sql),
            currency: $config->currency,
        );
    }

    private function buttons(Toolbar $toolbar, bool $canWork): void
    {
        self::button($toolbar, 'sync', 'SYNC_NOW', 'fa-rotate', 'btn btn-success', $canWork);
        self::button($toolbar, 'test', 'FIELD_TEST_LABEL', 'fa-vial', 'btn btn-primary', $canWork);
        self::button($toolbar, 'disconnect', 'DISCONNECT', 'fa-link-slash', 'btn btn-danger', $canWork);
        ToolbarButtons::pages($toolbar);
        ToolbarButtons::settings($toolbar, $this->factory->siteSql());
    }

    private static function button(
        Toolbar $toolbar,
        string $action,
        string $word,
        string $icon,
        string $class,
        bool $enabled,
    ): void {
        $toolbar
            ->standardButton("clover-$action")
            ->text(self::PREFIX . $word)
            ->icon("fa-solid $icon")
            ->buttonClass($class)
            // The script handles the click; without this, Joomla would add its own handler.
            ->onclick('')
            ->attributes(['data-clover-action' => $action] + ($enabled ? [] : ['disabled' => 'disabled']));
    }

    private static function isLocal(string $host): bool
    {
        return (
            \in_array($host, ['localhost', '127.0.0.1', '[::1]'], true)
            || preg_match('/\.(test|local|localhost)$/', $host) === 1
        );
    }
}
