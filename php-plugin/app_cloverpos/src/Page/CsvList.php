<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

/** A list that can be saved as a file for spreadsheets. */
interface CsvList
{
    /** Language key. */
    public function title(): string;

    /** Of the file, without its ending: ASCII. */
    public function name(): string;

    /** J2Commerce's permission that the reader needs. */
    public function permission(): string;

    /** @return list<string> */
    public function header(): array;

    /**
     * Reads the list in portions, with the filters that the reader has set.
     *
     * @param \Closure(list<string>): void $row Called with the cells of each row
     */
    public function write(\Closure $row): void;
}
