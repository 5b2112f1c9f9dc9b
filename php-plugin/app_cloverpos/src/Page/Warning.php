<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

/** A warning at the top of the dashboard. */
final readonly class Warning
{
    /**
     * @param array<string, string>                                    $links   Addresses by label
     * @param list<array{action: string, label: string, class: string}> $buttons
     */
    public function __construct(
        /** Bootstrap class of the alert, such as "danger". */
        public string $type,
        public string $text,
        public array $links = [],
        public array $buttons = [],
        public string $details = '',
        /** What ends it without a reload: "sync"; else empty. */
        public string $until = '',
    ) {
    }
}
