<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\HelperTrial;
use CloverSync\Shop\Engine\PhpFacts;
use CloverSync\Shop\Engine\SeenPhp;
use CloverSync\Shop\Engine\SupportReport;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Status\ShopVersion;
use CloverSync\Shop\Support\Platform;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Language;
use Joomla\CMS\Language\LanguageFactoryInterface;

/** What the page Server shows. */
final readonly class ServerView
{
    /** The example of the libraries' README. */
    private const LIBRARIES = '/usr/local/lib/cloversync';

    private const ENGLISH = 'en-GB';

    /**
     * @param list<HelperTrial> $trials
     * @param list<string>      $libraryFolders
     */
    public function __construct(
        public SeenPhp $web,
        /** One sentence; null when the web server's PHP has all that is needed. */
        public ?string $webProblem,
        /** The command line's PHP; null before its first check. */
        public ?SeenPhp $cli,
        public ?string $cliProblem,
        public PhpFacts $php,
        public array $trials,
        public string $folder,
        /** The line for php.ini that loads the PHP extension; null when no file for it was found. */
        public ?string $line,
        /** Name of the PHP extension's file for this PHP; null when none is made for it. */
        public ?string $libraryName,
        /** Where this page looks for the file, beside PHP's own folder. */
        public array $libraryFolders,
        /** Key of the sentence that says how PHP is made to read php.ini again. */
        public string $restart,
        /** A text for the host's support; null when there is nothing to ask for. */
        public ?string $request,
        /** The same for hosts that answer in English; null when the reader's language is English. */
        public ?string $requestInEnglish,
        public string $report,
    ) {
    }

    public static function read(ShopFactory $factory): self
    {
        $php     = PhpFacts::read();
        $web     = Requirements::here();
        $cli     = $factory->requirements()->commandLine();
        $trials  = HelperTrial::all();
        $folders = [self::LIBRARIES, \dirname(JPATH_ROOT) . '/cloversync'];
        $library = $php->library($folders);
        $line    = $library === null ? null : "extension=$library";
        $reader  = Factory::getApplication()->getLanguage();

        return new self(
            web: $web,
            webProblem: Requirements::problemOf($web, false),
            cli: $cli,
            cliProblem: $cli === null ? null : Requirements::problemOf($cli, true),
            php: $php,
            trials: $trials,
            folder: Engine::folder(),
            line: $line,
            libraryName: $php->libraryName(),
            libraryFolders: $folders,
            restart: self::restart($php->sapi),
            request: (new HostRequest($reader))->text($php, $web, $cli, $line),
            requestInEnglish: str_starts_with($reader->getTag(), 'en-')
                ? null
                : (new HostRequest(self::english()))->text($php, $web, $cli, $line),
            report: SupportReport::text(self::versions($factory), $php, $web, $cli, $trials, Platform::extensions()),
        );
    }

    private static function english(): Language
    {
        /** @var LanguageFactoryInterface $factory */
        $factory  = Factory::getContainer()->get(LanguageFactoryInterface::class);
        $language = $factory->createLanguage(self::ENGLISH);
        $language->load('plg_j2commerce_app_cloverpos', \dirname(__DIR__, 2), self::ENGLISH);

        return $language;
    }

    private static function restart(string $sapi): string
    {
        return match ($sapi) {
            'fpm-fcgi'       => 'FPM',
            'apache2handler' => 'APACHE',
            'litespeed'      => 'LITESPEED',
            default          => 'OTHER',
        };
    }

    /** @return array<string, string> */
    private static function versions(ShopFactory $factory): array
    {
        return [
            'CloverSync' => Engine::VERSION,
            'Joomla'     => JVERSION,
            'J2Commerce' => ShopVersion::find($factory->siteSql()) ?? 'unknown',
        ];
    }
}
