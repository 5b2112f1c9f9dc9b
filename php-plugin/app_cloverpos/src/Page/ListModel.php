<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Factory;
use Joomla\CMS\Form\Form;
use Joomla\CMS\Form\FormFactoryInterface;
use Joomla\CMS\HTML\HTMLHelper;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Layout\LayoutHelper;
use Joomla\CMS\Pagination\Pagination;

/**
 * Search, filters, sorting and pages around the table of a list page, as everywhere in Joomla. The values are stored
 * for the user.
 *
 * Joomla's layout joomla.searchtools.default reads the public members.
 */
final class ListModel
{
    private const SEARCH_LENGTH = 100;

    private const MAX_LIMIT = 500;

    public readonly Form $filterForm;

    /** @var array<string, string> */
    public array $activeFilters = [];

    /** Rows of all pages. */
    public int $total = 0;

    public readonly string $sort;

    public readonly bool $descending;

    public readonly int $limit;

    private int $start;

    private Pagination $pagination;

    /**
     * @param string                      $page    Name in the page's address; its form is forms/filter_<page>.xml
     * @param list<string>                $sorts   The first is the default
     * @param array<string, list<string>> $filters Values that each filter may have
     */
    public function __construct(
        CMSWebApplicationInterface $app,
        private readonly string $page,
        array $sorts,
        bool $descending,
        array $filters,
    ) {
        $context = 'com_j2commerce.app_cloverpos.' . $page;
        $given   = self::texts($app->getUserStateFromRequest("$context.filter", 'filter', [], 'array'));
        $list    = self::texts($app->getUserStateFromRequest("$context.list", 'list', [], 'array'));

        foreach (array_intersect_key($given, ['search' => 0] + $filters) as $name => $value) {
            $value = $name === 'search' ? mb_substr(trim($value), 0, self::SEARCH_LENGTH) : $value;

            if ($value !== '' && ($name === 'search' || \in_array($value, $filters[$name], true))) {
                $this->activeFilters[$name] = $value;
            }
        }

        [$sort, $direction] = [...explode(' ', $list['fullordering'] ?? ''), '', ''];
        $known            = \in_array($sort, $sorts, true) && \in_array($direction, ['ASC', 'DESC'], true);
        $this->sort       = $known ? $sort : $sorts[0];
        $this->descending = $known ? $direction === 'DESC' : $descending;
        $this->limit      = min(self::MAX_LIMIT, max(0, (int) ($list['limit'] ?? 0))) ?: max(1, min(
            self::MAX_LIMIT,
            (int) $app->get('list_limit', 20) ?: self::MAX_LIMIT,
        ));
        $this->start = max(0, (int) $app->getUserStateFromRequest("$context.limitstart", 'limitstart', 0, 'int'));
        /** @var FormFactoryInterface $forms */
        $forms            = Factory::getContainer()->get(FormFactoryInterface::class);
        $this->filterForm = $forms->createForm("$context.filter", ['control' => '']);
        $this->filterForm->loadFile(JPATH_PLUGINS . "/j2commerce/app_cloverpos/forms/filter_$page.xml");
        $this->filterForm->bind([
            'filter' => $this->activeFilters,
            'list'   => [
                'fullordering' => $this->sort . ($this->descending ? ' DESC' : ' ASC'),
                'limit'        => $this->limit,
            ],
        ]);
    }

    /** The value of a filter; null while it is not set. */
    public function filter(string $name): ?string
    {
        return $this->activeFilters[$name] ?? null;
    }

    /** @return int Offset of the page's first row, once the number of rows is known */
    public function paginate(int $total): int
    {
        $this->total      = $total;
        $this->start      = intdiv(min($this->start, max(0, $total - 1)), $this->limit) * $this->limit;
        $this->pagination = new Pagination($total, $this->start, $this->limit);

        return $this->start;
    }

    /** @return string HTML from the start of the form to the table */
    public function open(): string
    {
        return (
            '<form action="'
            . htmlspecialchars(Pages::url($this->page), ENT_QUOTES, 'UTF-8')
            . '" method="post" name="adminForm" id="adminForm">'
            . LayoutHelper::render('joomla.searchtools.default', [
                'view'    => $this,
                'options' => ['defaultLimit' => $this->limit],
            ])
        );
    }

    /** @return string HTML of the button that saves all rows of the list, by its filters, as a file for spreadsheets */
    public function csvButton(): string
    {
        return (
            '<div class="text-end mb-2"><button type="submit" class="btn btn-sm btn-outline-secondary" formaction="'
            . htmlspecialchars(Pages::url("{$this->page}_csv"), ENT_QUOTES, 'UTF-8')
            . '"><span class="fa-solid fa-file-csv" aria-hidden="true"></span> '
            . Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CSV')
            . '</button></div>'
        );
    }

    /** @return string HTML from the end of the table to the end of the form */
    public function close(): string
    {
        // Without its own task field, the form would override the task in the address.
        return (
            ($this->total > 0 ? $this->pagination->getListFooter() : '')
            . '<input type="hidden" name="task" value="appPlugin.display">'
            . '<input type="hidden" name="boxchecked" value="0">'
            . (string) HTMLHelper::_('form.token')
            . '</form>'
        );
    }

    /** @return string HTML in place of the table when no row is there */
    public function nothing(string $text): string
    {
        return (
            '<div class="alert alert-info"><span class="fa-solid fa-circle-info" aria-hidden="true"></span> '
            . $text
            . '</div>'
        );
    }

    /** @return string HTML of the table's caption, which Joomla's script completes with the sorted column */
    public function caption(string $title): string
    {
        return (
            '<caption class="visually-hidden">'
            . $title
            . ', <span id="orderedBy">'
            . Text::_('JGLOBAL_SORTED_BY')
            . '</span></caption>'
        );
    }

    /** @return string HTML of a column's header cell, which sorts the list */
    public function heading(string $key, string $column, string $class = ''): string
    {
        $sorted = $column !== $this->sort
            ? ''
            : ' aria-sort="' . ($this->descending ? 'descending' : 'ascending') . '"';

        return (
            '<th scope="col"'
            . ($class === '' ? '' : " class=\"$class\"")
            . $sorted
            . '>'
            . (string) HTMLHelper::_('searchtools.sort', $key, $column, $this->descending ? 'desc' : 'asc', $this->sort)
            . '</th>'
        );
    }

    /** @return array<string, string> */
    private static function texts(mixed $values): array
    {
        $texts = [];

        foreach (\is_array($values) ? $values : [] as $name => $value) {
            if (\is_scalar($value)) {
                $texts[(string) $name] = (string) $value;
            }
        }

        return $texts;
    }
}
