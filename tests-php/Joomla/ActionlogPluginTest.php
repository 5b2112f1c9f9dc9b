<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\CloverSiteTestCase;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\Json;
use J2Commerce\Plugin\Actionlog\Cloversync\Extension\Cloversync;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\MappingActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerAction;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\OwnerActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Action\ProductActions;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use Joomla\CMS\Table\Extension;
use Joomla\CMS\User\User;
use Joomla\Component\Actionlogs\Administrator\Helper\ActionlogsHelper;
use Joomla\Event\EventInterface;
use Joomla\Input\Input;
use PHPUnit\Framework\Attributes\TestDox;

/** What owners do with the app, in Joomla's User Actions Log. */
final class ActionlogPluginTest extends CloverSiteTestCase
{
    private const KEY = 'PLG_ACTIONLOG_CLOVERSYNC_USER_';

    /** @var list<array<string, string>> Arguments of the events */
    private array $heard = [];

    protected function setUp(): void
    {
        parent::setUp();
        $this->sql->execute('CREATE TABLE #__action_logs (
            id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, message_language_key VARCHAR(255) NOT NULL,
            message TEXT NOT NULL, log_date DATETIME NOT NULL, extension VARCHAR(50) NOT NULL,
            user_id INT NOT NULL, item_id INT NOT NULL, ip_address VARCHAR(40) NOT NULL)');
        $this->sql->execute('CREATE TABLE #__action_logs_users (user_id INT, notify TINYINT, extensions TEXT)');
        $user           = new User();
        $user->id       = 42;
        $user->username = 'owner';
        JoomlaSite::app()->loadIdentity($user);
        $this->dispatcher->addListener(OwnerActions::EVENT, function (EventInterface $event): void {
            $heard = [];

            foreach ($event->getArguments() as $name => $argument) {
                $heard[(string) $name] = \is_string($argument) ? $argument : self::fail("$name: not a text");
            }

            $this->heard[] = $heard;
        });
    }

    protected function tearDown(): void
    {
        $_POST = [];
        JoomlaSite::app()->loadIdentity(new User());
        parent::tearDown();
    }

    #[TestDox('An entry names the user, what he did and what with, and links to it; each action has its text')]
    public function test_entries(): void
    {
        $plugin = new Cloversync(['type' => 'actionlog', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(JoomlaSite::app());
        $this->dispatcher->addSubscriber($plugin);
        JoomlaSite::app()->getLanguage()->load(
            'plg_actionlog_cloversync',
            \dirname(__DIR__, 2) . '/php-plugin/plg_actionlog_cloversync',
            'en-GB',
        );
        $link = 'index.php?option=com_content&task=article.edit&id=7';

        // In one test: Joomla's component keeps the database that it was started with.
        foreach (OwnerAction::cases() as $action) {
            $this->owner()->did($action, 'Mug <b>', $link);
        }

        $entries = $this->sql->fetchAll('SELECT * FROM #__action_logs ORDER BY id');
        self::assertCount(\count(OwnerAction::cases()), $entries);
        self::assertSame(['plg_j2commerce_app_cloverpos'], array_unique(array_column($entries, 'extension')));
        $texts = [];

        foreach ($entries as $entry) {
            $key  = (string) $entry['message_language_key'];
            $text = ActionlogsHelper::getHumanReadableLogMessage((object) $entry, false);
            self::assertStringStartsWith('User owner ', $text, $key);
            self::assertStringNotContainsString('{', $text);
            self::assertStringNotContainsString('<b>', $text, 'No markup of a title is one.');
            $data = Json::decode((string) $entry['message']);
            self::assertSame(['Mug <b>', $link, 42, 'owner'], [
                $data['title'],
                $data['itemlink'],
                $data['userid'],
                $data['username'],
            ]);
            $texts[$key] = $text;
        }

        self::assertSame(
            'User owner unlinked the product Mug &lt;b&gt; from its item in Clover',
            $texts[self::KEY . 'UNLINKED'],
        );
    }

    #[TestDox('A log that fails does not fail the action, and is noted in the app’s own log')]
    public function test_failure(): void
    {
        $this->dispatcher->addListener(OwnerActions::EVENT, static function (EventInterface $event): void {
            throw new \RuntimeException('The log is full.');
        });
        $this->owner()->did(OwnerAction::Resumed);
        self::assertStringContainsString('The log is full.', JoomlaSite::log());
        self::assertSame([], JoomlaSite::messages());
    }

    #[TestDox('Actions of the pages are recorded once they are done, and not when they are refused')]
    public function test_actions(): void
    {
        $factory = $this->connect();
        $factory->shop()->runner()->run(new TimeBudget());
        $mug  = (string) $this->clover->itemBySku('MUG-01')['id'];
        $acts = (new MappingActions($factory, JoomlaSite::app(), $this->owner()))->actions();
        $this->act((new ProductActions($factory, $this->owner()))->actions()['product.reserve'], [
            'clover_id' => $mug,
            'units'     => '2',
        ]);
        $this->act($acts['mapping.unlink'], ['clover_id' => $mug]);
        $this->act($acts['mapping.adoptAll'], []);

        try {
            $this->act($acts['mapping.unlink'], ['clover_id' => 'NOTHING']);
            self::fail('There is no such link.');
        } catch (\CloverSync\Shop\Exception\ShopException) {
        }

        self::assertSame(['reserve_set', 'unlinked', 'adopted_all'], array_column($this->heard, 'action'));
        self::assertSame($this->clover->item($mug)['name'], $this->heard[1]['title']);
        self::assertStringStartsWith('index.php?option=com_content&task=article.edit&id=', $this->heard[1]['link']);
    }

    #[TestDox('Saved settings are recorded with their environment, without a secret')]
    public function test_settings(): void
    {
        $this->connect();
        $table         = new Extension($this->joomla);
        $table->params = (string) json_encode(['environment' => 'sandbox', 'app_id' => 'APPID00000001']);
        $table->access = 1;
        (new SettingsForm(ShopFactory::stored(JoomlaSite::app(), $this->joomla)))->afterSave($table, JoomlaSite::app());
        self::assertCount(1, $this->heard);
        self::assertSame(['settings_saved', 'sandbox'], [$this->heard[0]['action'], $this->heard[0]['title']]);
        self::assertStringContainsString('task=plugin.edit', $this->heard[0]['link']);
        self::assertSame(['action', 'title', 'link'], array_keys($this->heard[0]), 'No setting, and no secret.');
    }

    private function owner(): OwnerActions
    {
        return new OwnerActions(JoomlaSite::app());
    }

    /**
     * @param callable(Input): array<string, mixed> $action
     * @param array<string, string>                 $posted
     */
    private function act(callable $action, array $posted): void
    {
        $_POST = $posted;
        $action(new Input());
    }
}
