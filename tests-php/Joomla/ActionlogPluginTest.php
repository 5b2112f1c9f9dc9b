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

    protected function setUp(): void
    {
        parent::setUp();
        $this->sql->execute('CREATE TABLE #__action_logs (
            id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, message_language_key VARCHAR(255) NOT NULL,
            message TEXT NOT NULL, log_date DATETIME NOT NULL, extension VARCHAR(50) NOT NULL,
            user_id INT NOT NULL, item_id INT NOT NULL, ip_address VARCHAR(40) NOT NULL)');
        $this->sql->execute('CREATE TABLE #__action_logs_users (user_id INT, notify TINYINT, extensions TEXT)');
        // A component keeps the database that it was started with.
        JoomlaSite::app()->bootComponent('com_actionlogs')->getMVCFactory()->setDatabase($this->joomla);
        $user           = new User();
        $user->id       = 42;
        $user->username = 'owner';
        JoomlaSite::app()->loadIdentity($user);
        $plugin = new Cloversync(['type' => 'actionlog', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(JoomlaSite::app());
        $this->dispatcher->addSubscriber($plugin);
        JoomlaSite::app()->getLanguage()->load(
            'plg_actionlog_cloversync',
            \dirname(__DIR__, 2) . '/php-plugin/plg_actionlog_cloversync',
            'en-GB',
        );
    }

    protected function tearDown(): void
    {
        $_POST = [];
        JoomlaSite::app()->loadIdentity(new User());
        parent::tearDown();
    }

    #[TestDox('An entry names the user, what he did and what with, and links to it; no markup of a title is one')]
    public function test_entry(): void
    {
        $link = 'index.php?option=com_content&task=article.edit&id=7';
        $this->owner()->did(OwnerAction::Unlinked, 'Mug <b>', $link);
        [$entry] = $this->entries();
        self::assertSame([self::KEY . 'UNLINKED', 'plg_j2commerce_app_cloverpos'], [
            $entry['message_language_key'],
            $entry['extension'],
        ]);
        $data = Json::decode((string) $entry['message']);
        self::assertSame(['unlinked', 'Mug <b>', $link, 42, 'owner'], [
            $data['action'],
            $data['title'],
            $data['itemlink'],
            $data['userid'],
            $data['username'],
        ]);
        $text = ActionlogsHelper::getHumanReadableLogMessage((object) $entry, false);
        self::assertSame('User owner unlinked the product Mug &lt;b&gt; from its item in Clover', $text);
    }

    #[TestDox('Each action has its text')]
    public function test_texts(): void
    {
        foreach (OwnerAction::cases() as $action) {
            $this->owner()->did($action, 'a title');
        }

        $entries = $this->entries();
        self::assertCount(\count(OwnerAction::cases()), $entries);

        foreach ($entries as $entry) {
            $text = ActionlogsHelper::getHumanReadableLogMessage((object) $entry, false);
            self::assertStringStartsWith('User owner ', $text, (string) $entry['message_language_key']);
            self::assertStringNotContainsString('{', $text);
        }
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

        $entries = $this->entries();
        self::assertSame(
            [self::KEY . 'RESERVE_SET', self::KEY . 'UNLINKED', self::KEY . 'ADOPTED_ALL'],
            array_column($entries, 'message_language_key'),
        );
        $data = Json::decode((string) $entries[1]['message']);
        self::assertSame($this->clover->item($mug)['name'], $data['title']);
        self::assertStringStartsWith('index.php?option=com_content&task=article.edit&id=', (string) $data['itemlink']);
    }

    #[TestDox('Saved settings are recorded with their environment, without a secret')]
    public function test_settings(): void
    {
        $this->connect();
        $table         = new Extension($this->joomla);
        $table->params = (string) json_encode(['environment' => 'sandbox', 'app_id' => 'APPID00000001']);
        $table->access = 1;
        (new SettingsForm(ShopFactory::stored(JoomlaSite::app(), $this->joomla)))->afterSave($table, JoomlaSite::app());
        [$entry] = $this->entries();
        self::assertSame(self::KEY . 'SETTINGS_SAVED', $entry['message_language_key']);
        $data = Json::decode((string) $entry['message']);
        self::assertSame('sandbox', $data['title']);
        self::assertStringNotContainsString('APPID', (string) $entry['message']);
        self::assertStringNotContainsString('1111', (string) $entry['message']);
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

    /** @return list<array<string, int|float|string|null>> */
    private function entries(): array
    {
        return $this->sql->fetchAll('SELECT * FROM #__action_logs ORDER BY id');
    }
}
