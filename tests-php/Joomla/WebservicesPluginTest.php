<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Support\ApiCall;
use CloverSync\Tests\Support\CloverSiteTestCase;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\PermittedUser;
use J2Commerce\Plugin\Webservices\Cloversync\Controller\CloversyncController;
use J2Commerce\Plugin\Webservices\Cloversync\Extension\Cloversync;
use Joomla\CMS\Access\Exception\NotAllowed;
use Joomla\CMS\Event\Application\BeforeApiRouteEvent;
use Joomla\CMS\MVC\Controller\Exception\ResourceNotFound;
use Joomla\CMS\Router\ApiRouter;
use Joomla\CMS\User\User;
use Joomla\Input\Input;
use Joomla\Router\Route;
use PHPUnit\Framework\Attributes\TestDox;

/** The app's addresses in Joomla's web services. The browser tests call them over HTTP. */
final class WebservicesPluginTest extends CloverSiteTestCase
{
    /** @var list<string> Permissions of the token's user */
    private array $permissions = ['core.manage', 'j2commerce.viewsetup', 'j2commerce.editsetup'];

    private ApiCall $app;

    protected function tearDown(): void
    {
        JoomlaSite::app()->loadIdentity(new User());
        parent::tearDown();
    }

    #[TestDox('Each address needs a token, and belongs to J2Commerce')]
    public function test_routes(): void
    {
        $router = new ApiRouter(JoomlaSite::app());
        $plugin = new Cloversync(['type' => 'webservices', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->addRoutes(new BeforeApiRouteEvent('onBeforeApiRoute', [
            'router'  => $router,
            'subject' => JoomlaSite::app(),
        ]));
        self::assertSame(
            [
                'GET v1/cloversync/status cloversync.status',
                'GET v1/cloversync/sync cloversync.run',
                'POST v1/cloversync/sync cloversync.sync',
            ],
            array_map(static fn (Route $route): string => implode(' ', [
                implode(',', $route->getMethods()),
                $route->getPattern(),
                (string) $route->getController(),
            ]), $router->getRoutes()),
        );

        foreach ($router->getRoutes() as $route) {
            self::assertSame(['component' => 'com_j2commerce', 'public' => false], $route->getDefaults());
        }
    }

    #[TestDox('J2Commerce’s factory finds the controller, for this address only')]
    public function test_controller(): void
    {
        $sought = 'J2Commerce\\Component\\J2commerce\\Api\\Controller\\CloversyncController';
        $plugin = new Cloversync(['type' => 'webservices', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(JoomlaSite::app());
        $input = JoomlaSite::app()->getInput();
        $input->set('option', 'com_j2commerce');
        $input->set('controller', 'orders');
        $plugin->addController();
        self::assertFalse(class_exists($sought));
        $input->set('controller', 'cloversync');
        $plugin->addController();
        $plugin->addController();
        self::assertTrue(is_a($sought, CloversyncController::class, true));
        $input->set('option', null);
        $input->set('controller', null);
    }

    #[TestDox('A sync is started and ends, and the newest run and the status have the keys of the command line')]
    public function test_sync(): void
    {
        $this->connect($this->application());
        $run = $this->attributes('sync');
        self::assertSame(['done', 55], [$run['status'], $run['imported']]);
        self::assertSame($run, $this->attributes('run'));
        $status = $this->attributes('status');
        self::assertSame([true, 'sandbox', 55], [
            $status['connected'],
            $status['environment'],
            $status['products'],
        ]);
        self::assertArrayHasKey('rate_limit', $status);
        self::assertSame([], $this->app->sent);
    }

    #[TestDox('What the shop’s state does not allow is an error with a code, as JSON:API')]
    public function test_refusals(): void
    {
        $answer = $this->call('sync');
        self::assertSame(['status' => '409'], $this->app->sent);
        self::assertSame(['409', 'not_connected'], self::error($answer));
        self::assertStringNotContainsString('PLG_', (string) json_encode($answer));
        $this->plugins([]);
        self::assertSame('409', self::error($this->call('status'))[0]);
    }

    #[TestDox('Before the first run there is no resource')]
    public function test_no_run(): void
    {
        $this->connect($this->application());
        $this->expectException(ResourceNotFound::class);
        $this->call('run');
    }

    #[TestDox('The token of a user who may not manage J2Commerce reads nothing and starts nothing')]
    public function test_permissions(): void
    {
        $this->connect($this->application());
        $since             = $this->clover->mark();
        $refused           = 0;
        $this->permissions = ['j2commerce.viewsetup', 'j2commerce.editsetup'];

        foreach (['status', 'run', 'sync'] as $task) {
            try {
                $this->call($task);
            } catch (NotAllowed $e) {
                self::assertSame(403, $e->getCode());
                $refused++;
            }
        }

        self::assertSame(3, $refused);
        self::assertSame([], $this->clover->calls($since));
    }

    /** @return array<string, mixed> */
    private function attributes(string $task): array
    {
        $answer = $this->call($task);
        self::assertArrayHasKey('data', $answer, (string) json_encode($answer));

        return Json::object(Json::object($answer['data'])['attributes']);
    }

    /**
     * @param array<string, mixed> $answer
     *
     * @return list<mixed> Status and code of its error
     */
    private static function error(array $answer): array
    {
        $error = Json::object(Json::list($answer['errors'])[0]);

        return [$error['status'], $error['code']];
    }

    /** @return array<string, mixed> The response */
    private function call(string $task): array
    {
        $app        = $this->application();
        $controller = new CloversyncController(['base_path' => '', 'name' => 'cloversync'], null, $app, new Input([]));
        $controller->execute($task);

        return Json::decode((string) json_encode($app->answer->toArray()));
    }

    private function application(): ApiCall
    {
        $user = new PermittedUser($this->permissions);
        JoomlaSite::app()->loadIdentity($user);

        return $this->app = new ApiCall($user);
    }
}
