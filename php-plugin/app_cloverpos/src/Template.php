<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos;

\defined('_JEXEC') or die();

use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Layout\FileLayout;

/** The app's templates and their scripts. */
final class Template
{
    public const MEDIA = 'plg_j2commerce_app_cloverpos';

    /** J2Commerce's name of the library. */
    private const CHART = 'com_j2commerce.vendor.chartjs';

    /** @param array<string, mixed> $data Passed as `$displayData` to tmpl/<name>.php */
    public static function render(string $name, array $data): string
    {
        return (new FileLayout($name, JPATH_PLUGINS . '/j2commerce/app_cloverpos/tmpl'))->render($data);
    }

    /** Adds the app's styles to the page; their colors hold inside elements of class "clover". */
    public static function style(CMSWebApplicationInterface $app): void
    {
        $media = self::MEDIA;
        $app
            ->getDocument()
            ->getWebAssetManager()
            ->registerAndUseStyle("$media.cloverpos", "media/$media/css/cloverpos.css", ['version' => 'auto']);
    }

    /**
     * Adds the chart library that J2Commerce's own dashboard draws with.
     *
     * @return bool Whether this J2Commerce has it
     */
    public static function chart(CMSWebApplicationInterface $app): bool
    {
        $assets = $app->getDocument()->getWebAssetManager();
        $assets->getRegistry()->addExtensionRegistryFile('com_j2commerce');

        if (!$assets->assetExists('script', self::CHART)) {
            return false;
        }

        $assets->useScript(self::CHART);

        return true;
    }

    /**
     * Adds scripts from media/…/js and their texts to the page; all of them use "cloverpos".
     *
     * @param ?string      $name  Null for "cloverpos" alone, which copies
     * @param list<string> $words Language keys
     */
    public static function script(CMSWebApplicationInterface $app, ?string $name = null, array $words = []): void
    {
        $assets = $app->getDocument()->getWebAssetManager();
        $media  = self::MEDIA;
        $assets->registerScript(
            "$media.cloverpos",
            "media/$media/js/cloverpos.js",
            ['version' => 'auto'],
            ['defer' => true],
            ['core', 'messages'],
        );

        if ($name === null) {
            $assets->useScript("$media.cloverpos");
        } else {
            $assets->registerAndUseScript(
                "$media.$name",
                "media/$media/js/$name.js",
                ['version' => 'auto'],
                ['defer' => true],
                ["$media.cloverpos"],
            );
        }

        foreach ([
            'PLG_J2COMMERCE_APP_CLOVERPOS_COPIED',
            'PLG_J2COMMERCE_APP_CLOVERPOS_DETAILS',
            'PLG_J2COMMERCE_APP_CLOVERPOS_FORBIDDEN',
            'PLG_J2COMMERCE_APP_CLOVERPOS_NO_ANSWER',
            'PLG_J2COMMERCE_APP_CLOVERPOS_SESSION_OVER',
            ...$words,
        ] as $word) {
            \Joomla\CMS\Language\Text::script($word);
        }
    }
}
