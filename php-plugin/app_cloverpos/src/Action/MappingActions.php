<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\OnlineUnknown;
use CloverSync\Shop\Joomla\LocalAmount;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Support\TimeBudget;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\AfterResponse;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\Input\Input;

/** The owner's actions on single links, and the reports that compare shop and Clover. */
final readonly class MappingActions implements ActionGroup
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_MAPPING_';

    /** Seconds that the owner waits for the answer. */
    private const PATIENCE = 20.0;

    /** Rows of a report that are listed at most; its counts are whole. */
    private const LISTED = 500;

    /** Failures that fit into a message. */
    private const NAMED = 10;

    public function __construct(
        private ShopFactory $factory,
        private CMSApplicationInterface $app,
        private OwnerActions $owner,
    ) {
    }

    public function actions(): array
    {
        return [
            'mapping.resync'           => $this->resync(...),
            'mapping.unlink'           => $this->unlink(...),
            'mapping.unpublishSandbox' => fn (): array => $this->unpublishSandbox(),
            'mapping.adopt'            => $this->adopt(...),
            'mapping.adoptAll'         => fn (): array => $this->adopted(
                OwnerAction::AdoptedAll,
                $this->factory->shop()->conflicts()->adoptAll(),
            ),
            'mapping.relinkAll'        => fn (): array => $this->adopted(
                OwnerAction::RelinkedAll,
                $this->factory->shop()->conflicts()->relinkAllBySku(),
            ),
            'mapping.preview'          => fn (): array => $this->preview(),
            'mapping.drift'            => fn (): array => $this->drift(),
        ];
    }

    /** @return array<string, mixed> */
    private function resync(Input $input): array
    {
        LongRequest::begin();
        $shop = $this->factory->shop();
        $id   = self::id($input);
        $shop->refetch([$id], new TimeBudget(self::PATIENCE));
        ShopCache::clean($this->app);
        AfterResponse::indexProducts($this->factory, $this->app);
        $row   = $shop->linkList()->one($id);
        $title = $row->title ?? $id;
        $this->owner->didToProduct(OwnerAction::Resynced, $id, static fn (): ?ListedLink => $row);

        return match ($row?->state) {
            null                                  => self::say('RESYNC_GONE', 'warning', $id),
            LinkState::Synced                     => self::say('RESYNC_DONE', 'success', $title),
            LinkState::Deleted                    => self::say('RESYNC_DELETED', 'warning', $title),
            LinkState::LeftOut => self::say('RESYNC_LEFT_OUT', 'warning', $title, self::problems($row)),
            LinkState::Pending                    => self::say('RESYNC_LATER', 'info', $title),
            LinkState::Error, LinkState::Conflict => self::say('RESYNC_FAILED', 'error', $title, self::problems($row)),
        };
    }

    private static function problems(?ListedLink $row): string
    {
        return SiteLocale::formatter()->text(Message::together(array_column($row->problems ?? [], 'message')));
    }

    /** @return array<string, mixed> */
    private function unlink(Input $input): array
    {
        $shop = $this->factory->shop();
        $id   = self::id($input);
        $row  = $shop->linkList()->one($id);
        $shop->unlink($id);
        $this->owner->didToProduct(OwnerAction::Unlinked, $id, static fn (): ?ListedLink => $row);

        return self::say('UNLINKED', 'success', $row->title ?? $id);
    }

    /** @return array{message: string, type: string} */
    private function unpublishSandbox(): array
    {
        $shop  = $this->factory->shop();
        $count = $shop->sandboxProducts()->unpublish($shop->clock);
        $this->owner->did(OwnerAction::SandboxUnpublished, (string) $count, Pages::url('mappings'));
        ShopCache::clean($this->app);
        AfterResponse::indexProducts($this->factory, $this->app);

        return ['message' => Text::plural(self::PREFIX . 'N_SANDBOX_UNPUBLISHED', $count), 'type' => 'success'];
    }

    /** @return array<string, mixed> */
    private function adopt(Input $input): array
    {
        $pairs = [];
        // Unfiltered: the name of an option may contain what a filter takes for markup.
        $json = $input->post->get('options', '', 'RAW');
        /** @var scalar|array<array-key, scalar|array|null>|null $posted */
        $posted = \is_string($json) ? json_decode($json, true) : null;

        foreach (\is_array($posted) ? $posted : [] as $clover => $shop) {
            if (\is_string($shop)) {
                $pairs[(string) $clover] = $shop;
            }
        }

        $shop = $this->factory->shop();
        $id   = self::id($input);
        $shop->conflicts()->adopt($id, $pairs);
        $this->owner->didToProduct(OwnerAction::AdoptedOne, $id, static fn (): ?ListedLink => $shop->linkList()->one(
            $id,
        ));

        return self::say('ADOPTED_ONE', 'success');
    }

    /**
     * @param array{adopted: int, failed: array<string, Message>} $result
     *
     * @return array<string, mixed>
     */
    private function adopted(OwnerAction $action, array $result): array
    {
        $this->owner->did($action, (string) $result['adopted'], Pages::url('mappings'));
        $message = Text::plural(self::PREFIX . 'N_ADOPTED', $result['adopted']);
        $words   = SiteLocale::formatter();
        $failed  = array_map($words->text(...), array_values($result['failed']));

        if ($failed !== []) {
            $message .=
                ' '
                . Text::plural(self::PREFIX . 'N_NOT_ADOPTED', \count($failed))
                . ' '
                . implode(' ', \array_slice($failed, 0, self::NAMED))
                . (\count($failed) > self::NAMED ? ' …' : '');
        }

        return ['message' => $message, 'type' => $failed === [] ? 'success' : 'warning'];
    }

    /** @return array{summary: string, rows: list<array<array-key, mixed>>, capped: bool} */
    private function preview(): array
    {
        LongRequest::begin(LongRequest::REPORT);

        return $this->report(
            fn (\Closure $report): array => $this->factory
                ->shop()
                ->preview()
                ->run(static fn (array $row) => $report(self::worded(
                    ['prices' => self::prices($row['prices']), 'tax' => self::tax($row['tax'])] + $row,
                    'problem',
                    'title',
                ))),
            static fn (array $counts): string => trim(
                Text::sprintf(
                    self::PREFIX . 'PREVIEW_SUMMARY',
                    $counts['creates'],
                    $counts['updates'],
                    $counts['deletes'],
                    $counts['conflicts'],
                    $counts['failed'],
                    $counts['unchanged'],
                )
                    . ' '
                    . (
                        $counts['left_out'] === 0
                            ? ''
                            : Text::plural(self::PREFIX . 'PREVIEW_N_LEFT_OUT', $counts['left_out'])
                    )
                    . ' '
                    . self::onlineUnknown($counts['online_unknown']),
            ),
        );
    }

    private static function onlineUnknown(int $count): string
    {
        $message = OnlineUnknown::message($count);

        return $message === null ? '' : SiteLocale::formatter()->text($message);
    }

    /**
     * Such as "9.50 → 9.99".
     *
     * @param list<array{variant: ?string, old: ?string, new: string}> $prices
     */
    private static function prices(array $prices): string
    {
        return implode('; ', array_map(
            static fn (array $price): string => (
                ($price['variant'] === null ? '' : "{$price['variant']}: ")
                . ($price['old'] === null ? '' : LocalAmount::of($price['old']) . ' → ')
                . LocalAmount::of($price['new'])
            ),
            $prices,
        ));
    }

    /**
     * Such as "tax profile Standard → Reduced"; empty when it stays.
     *
     * @param ?array{old: ?Message, new: Message} $names
     */
    private static function tax(?array $names): string
    {
        $words = SiteLocale::formatter();

        return (
            $names === null
                ? ''
                : Text::sprintf(self::PREFIX . 'PREVIEW_TAX', implode(' → ', array_map(
                    $words->text(...),
                    array_filter([$names['old'], $names['new']]),
                )))
        );
    }

    /** @return array{summary: string, rows: list<array<array-key, mixed>>, capped: bool} */
    private function drift(): array
    {
        LongRequest::begin(LongRequest::REPORT);

        return $this->report(
            fn (\Closure $report): array => $this->factory
                ->shop()
                ->sales()
                ->drift()
                ->run(static fn (array $row) => $report(self::worded($row, 'reason', 'reason'))),
            static fn (array $found): string => Text::sprintf(
                self::PREFIX . 'DRIFT_SUMMARY',
                $found['differing'],
                $found['items'],
            ),
        );
    }

    /**
     * @template C of array<string, int>
     *
     * @param \Closure(\Closure): C    $run
     * @param \Closure(C): string      $summary
     *
     * @return array{summary: string, rows: list<array<array-key, mixed>>, capped: bool}
     */
    private function report(\Closure $run, \Closure $summary): array
    {
        $rows   = [];
        $capped = false;
        $counts = $run(static function (array $row) use (&$rows, &$capped): void {
            if (\count($rows) < self::LISTED) {
                $rows[] = $row;
            } else {
                $capped = true;
            }
        });

        return ['summary' => $summary($counts), 'rows' => $rows, 'capped' => $capped];
    }

    /**
     * @template R of array<string, mixed>
     *
     * @param R $row
     *
     * @return array<string, mixed> With the words of the message in the field $from, if there is one
     */
    private static function worded(array $row, string $from, string $to): array
    {
        $message = $row[$from] ?? null;
        unset($row[$from]);

        return $message instanceof Message ? [$to => SiteLocale::formatter()->text($message)] + $row : $row;
    }

    private static function id(Input $input): string
    {
        return $input->post->getString('clover_id', '');
    }

    /** @return array{message: string, type: string} */
    private static function say(string $key, string $type, string ...$values): array
    {
        return ['message' => Text::sprintf(self::PREFIX . $key, ...$values), 'type' => $type];
    }
}
