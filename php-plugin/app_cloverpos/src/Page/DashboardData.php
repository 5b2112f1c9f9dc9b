<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\RunPhase;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\VanishedItem;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Status\DashboardStatus;
use Joomla\CMS\Language\Text;

/** The dashboard's data as text for the owner, for the page and for its script. */
final class DashboardData
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** Progress of a run at the start of each phase, in percent. */
    private const BEGINS = ['prepare' => 0, 'items' => 5, 'groups' => 85, 'deletes' => 92, 'finish' => 98];

    private const ITEMS_SPAN = 80;

    /**
     * @return array{connected: bool, due: bool, products: int, errors: int, lastSync: string, details: string,
     *   run: ?array<string, scalar|list<array{name: string, sku: string, url: string}>|list<string>|null>,
     *   code: string, codeAt: string, webhookSeen: string, reached: bool,
     *   hasCurrency: bool}
     */
    public static function of(DashboardStatus $now): array
    {
        return [
            'connected'   => $now->connected,
            'due'         => $now->hasDue,
            'products'    => $now->products,
            'errors'      => $now->errors,
            'lastSync'    => $now->lastSync === null ? Text::_(self::PREFIX . 'NEVER') : LocalTime::sql($now->lastSync),
            'details'     => Text::sprintf(
                self::PREFIX . 'FIGURES_DETAILS',
                $now->pending,
                $now->conflicts,
                $now->deleted,
                $now->leftOut,
            ),
            'run'         => $now->run === null
                ? null
                : self::run($now->run['now'], $now->run['expected'])
                + [
                    'active'   => $now->run['active'],
                    'vanished' => array_map(self::vanished(...), $now->run['vanished']),
                    'question' => self::question($now->run['now']),
                    'more'     => $now->run['gone'] > \count($now->run['vanished'])
                        ? Text::plural(
                            self::PREFIX . 'DELETES_N_MORE',
                            $now->run['gone'] - \count($now->run['vanished']),
                        )
                        : '',
                ],
            'code'        => array_column($now->webhookCodes, 'code')[\count($now->webhookCodes) - 1] ?? '',
            'codeAt'      => self::codes($now->webhookCodes),
            'webhookSeen' => $now->webhookSeen === null
                ? Text::_(self::PREFIX . 'NEVER')
                : LocalTime::unix($now->webhookSeen),
            // Of a copied site, the original was reached.
            'reached'     => !$now->siteMoved && ($now->webhookSeen !== null || $now->webhookCodes !== []),
            'hasCurrency' => $now->currency !== null,
        ];
    }

    /** @return list<string> Title, explanation and confirmation of the question that a run asks */
    private static function question(SyncRunRow $run): array
    {
        $leavesOut = $run->message?->code === MessageCode::ManyLeftOut;

        return [
            Text::_(self::PREFIX . ($leavesOut ? 'LEAVE_OUT_QUESTION' : 'DELETES_QUESTION')),
            Text::_(self::PREFIX . ($leavesOut ? 'LEAVE_OUT_ANSWERS' : 'DELETES_ANSWERS')),
            Text::_(self::PREFIX . ($leavesOut ? 'LEAVE_OUT_CONFIRM' : 'DELETES_CONFIRM')),
        ];
    }

    /** @return array{name: string, sku: string, url: string} */
    private static function vanished(VanishedItem $item): array
    {
        return [
            'name' => $item->name === '' ? $item->cloverId : $item->name,
            'sku'  => $item->sku,
            'url'  => $item->articleId === null
                ? ''
                : "index.php?option=com_content&task=article.edit&id=$item->articleId",
        ];
    }

    /** @param list<array{code: string, at: int}> $codes */
    private static function codes(array $codes): string
    {
        return match (\count($codes)) {
            0       => '',
            1       => Text::sprintf(self::PREFIX . 'WEBHOOK_CODE_AT', LocalTime::unix($codes[0]['at'])),
            default => Text::sprintf(self::PREFIX . 'WEBHOOK_CODES', implode('; ', array_map(
                static fn (array $c): string => "{$c['code']} (" . LocalTime::unix($c['at']) . ')',
                $codes,
            ))),
        };
    }

    /** @return array<string, scalar|null> */
    public static function run(SyncRunRow $run, ?int $expected): array
    {
        return [
            'id'        => $run->id,
            'status'    => $run->status->value,
            'percent'   => self::percent($run, $expected),
            'text'      => self::progress($run, $expected),
            'summary'   => self::summary($run),
            'message'   => $run->message === null ? '' : SiteLocale::formatter()->text($run->message),
            'imported'  => $run->imported,
            'failed'    => $run->failed,
            'conflicts' => $run->conflicts,
        ];
    }

    /** @return ?int Null while the number of items is unknown */
    private static function percent(SyncRunRow $run, ?int $expected): ?int
    {
        if ($run->status === RunStatus::Done) {
            return 100;
        }

        if ($run->phase !== RunPhase::Items) {
            return self::BEGINS[$run->phase->value] ?? 0;
        }

        return $expected === null || $expected === 0
            ? null
            : self::BEGINS['items'] + intdiv(self::ITEMS_SPAN * min($run->itemsRead, $expected), $expected);
    }

    private static function progress(SyncRunRow $run, ?int $expected): string
    {
        return $run->phase === RunPhase::Items && $expected !== null && $expected >= $run->itemsRead
            ? Text::sprintf(self::PREFIX . 'PHASE_ITEMS_OF', $run->itemsRead, $expected)
            : Text::sprintf(self::PREFIX . 'PHASE_' . strtoupper($run->phase->value), $run->itemsRead);
    }

    private static function summary(SyncRunRow $run): string
    {
        $parts = [Text::sprintf(
            self::PREFIX . 'SUMMARY',
            $run->imported,
            $run->updated,
            $run->unchanged,
            $run->failed,
        )];

        if ($run->deleted > 0) {
            $parts[] = Text::sprintf(self::PREFIX . 'SUMMARY_DELETED', $run->deleted);
        }

        if ($run->conflicts > 0) {
            $parts[] = Text::sprintf(self::PREFIX . 'SUMMARY_CONFLICTS', $run->conflicts);
        }

        if ($run->status === RunStatus::Done && $run->itemsRead === 0) {
            $parts[] = Text::_(self::PREFIX . 'SUMMARY_NOTHING');
        }

        return implode(' ', $parts);
    }
}
