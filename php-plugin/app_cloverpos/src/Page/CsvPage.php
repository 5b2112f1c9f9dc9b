<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Support\Csv;
use J2Commerce\Component\J2commerce\Administrator\Helper\J2CommerceHelper;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Session\Session;
use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** Sends a list as a CSV file, row by row, and ends the application. A problem before the first row is a page. */
final class CsvPage implements Page
{
    /** Language key of the word before the technical details of a message. */
    public const DETAILS = 'PLG_J2COMMERCE_APP_CLOVERPOS_DETAILS';

    /** Rows after which the server sends what it has. */
    private const FLUSHED = 200;

    private int $sent = 0;

    public function __construct(
        private readonly CMSWebApplicationInterface $app,
        private readonly CsvList $list,
    ) {
    }

    public function title(): string
    {
        return $this->list->title();
    }

    public function render(Toolbar $toolbar, Input $input): string
    {
        ToolbarButtons::dashboard($toolbar);

        if (!J2CommerceHelper::canAccess($this->list->permission())) {
            return self::problem(Text::_('JLIB_APPLICATION_ERROR_ACCESS_FORBIDDEN'));
        }

        // The report calls Clover, and another site must not cause that.
        if (!Session::checkToken()) {
            return self::problem(Text::_('JINVALID_TOKEN'));
        }

        $csv = new Csv(Text::_('DECIMALS_SEPARATOR') === ',' ? ';' : ',');

        try {
            $this->list->write(fn (array $cells) => $this->send($csv, $cells));
            $this->begin($csv);
        } catch (\Throwable $e) {
            $error = ErrorPresenter::of($e);

            if ($this->sent === 0) {
                return Template::render('problem', $error);
            }

            // The status was sent before: only the file itself can say it.
            echo $csv->line([Text::sprintf('PLG_J2COMMERCE_APP_CLOVERPOS_CSV_INCOMPLETE', $error['message'])]);
        }

        $this->app->close();

        return '';
    }

    /** @param list<string> $cells */
    private function send(Csv $csv, array $cells): void
    {
        $this->begin($csv);
        echo $csv->line($cells);

        if ((++$this->sent % self::FLUSHED) === 0) {
            flush();
        }
    }

    private function begin(Csv $csv): void
    {
        if ($this->sent > 0) {
            return;
        }

        // A buffer would collect the whole file.
        while (ob_get_level() > 0) {
            if (!ob_end_clean()) {
                break;
            }
        }

        foreach ([
            'Content-Type: text/csv; charset=utf-8',
            'Content-Disposition: attachment; filename="' . $this->list->name() . '-' . gmdate('Y-m-d') . '.csv"',
            'Cache-Control: no-store',
            'X-Content-Type-Options: nosniff',
        ] as $header) {
            header($header);
        }

        echo Csv::BOM . $csv->line($this->list->header());
        $this->sent = 1;
    }

    private static function problem(string $message): string
    {
        return Template::render('problem', ['kind' => 'forbidden', 'message' => $message, 'details' => '']);
    }
}
