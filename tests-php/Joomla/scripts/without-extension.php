<?php

/**
 * Runs the app without the PHP extension. Arguments: a shop's table prefix and the event; prints the result as JSON.
 */

declare(strict_types=1);

use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\MailSink;
use Joomla\CMS\Plugin\PluginHelper;

require __DIR__ . '/../../bootstrap.php';

[, $prefix, $what] = ($argv ?? []) + ['', '', ''];
JoomlaSite::boot();
$db      = JoomlaSite::connect($prefix, 'mysqli');
$factory = ShopFactory::stored(JoomlaSite::app(), $db);
JoomlaSite::plugin($factory, JoomlaSite::useDatabase($db));

$outcome = match ($what) {
    'sentence' => Requirements::problem(),
    'order'    => JoomlaSite::app()->triggerEvent('onJ2CommerceOrderStatusChange', ['179540797553', 5, 1]),
    'shop' => (static function () use ($factory): array {
        try {
            $factory->shop();
        } catch (\Throwable $e) {
            return [$e::class, $e->getMessage()];
        }

        return [];
    })(),
    'task' => (static function () use ($db, $factory): int {
        foreach (MailSink::configuration((int) getenv('CLOVERSYNC_TEST_MAIL_PORT')) as $name => $value) {
            JoomlaSite::app()->set($name, $value);
        }

        (new \ReflectionProperty(PluginHelper::class, 'plugins'))->setValue(null, [
            (object) [
                'type'   => 'j2commerce',
                'name'   => 'app_cloverpos',
                'params' => json_encode($factory->storedParameters(), JSON_THROW_ON_ERROR),
            ],
        ]);

        return JoomlaSite::refreshToken($db);
    })(),
    default    => JoomlaSite::save(
        $db,
        (int) $factory->sql()->fetchValue("SELECT extension_id FROM #__extensions WHERE element = 'app_cloverpos'"),
        Json::decode($what),
    ),
};

echo json_encode(['loaded' => \extension_loaded('cloversync'), 'outcome' => $outcome], JSON_THROW_ON_ERROR);
