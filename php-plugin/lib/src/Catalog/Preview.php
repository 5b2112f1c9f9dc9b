<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\ChangeAction;
use CloverSync\Connection;
use CloverSync\DeleteAction;
use CloverSync\Exception\CloverException;
use CloverSync\Problem;
use CloverSync\ProductChange;
use CloverSync\ProductKind;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\J2Commerce\TaxProfiles;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Links\SkuConflicts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\Text;

/**
 * Computes what a sync would do, and writes no product.
 *
 * @phpstan-type Price array{variant: ?string, old: ?string, new: string}
 * @phpstan-type Tax array{old: ?Message, new: Message}
 */
final readonly class Preview
{
    private const GROUP_ITEMS = 500;

    /** @param \Closure(Links): CommittedUnits $committed */
    public function __construct(
        private Sql $sql,
        private Connection $connection,
        private Settings $settings,
        private SiteGuard $guard,
        private MerchantProfile $merchantFacts,
        private \Closure $committed,
    ) {
    }

    /**
     * @param callable(array{clover_id: string, type: string, action: string, fields: list<string>, prices:
     *   list<Price>, tax: ?Tax, title: string, problem?: Message}): void $report Called for each change: create,
     *   update, restore, delete, conflict or error; and for each item that the settings leave out: left_out, with the
     *   field "state" where the delete action changes its product, and the reason as the problem. Prices are those
     *   that change, as decimal text; tax has the names of the old and the new tax profile, and is null where Clover's
     *   rates do not change it
     *
     * @return array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int, left_out:
     *   int, online_unknown: int} deletes includes products of items that are left out; online_unknown is the number of
     *   items that are kept because Clover does not say whether they are sold online
     *
     * @throws ShopException
     * @throws CloverException
     */
    public function run(callable $report): array
    {
        $merchant = $this->guard->requireConnection($this->connection->status());
        $facts    = $this->merchantFacts->askAgain();
        $currency = MerchantProfile::requireCurrency($facts->currency, ShopConfig::read($this->sql)->currency);
        $links    = new Links($this->sql, $this->settings->environment->value, $merchant);
        $withTax  = $this->settings->taxMapping !== [];
        $known    = new KnownProducts($this->sql, $links, ($this->committed)($links), $withTax);
        $catalog  = new Catalog($this->connection, $currency, $facts->tracksStock(), $links->offline($this->settings));
        $counts   = [
            'creates'   => 0,
            'updates'   => 0,
            'deletes'   => 0,
            'conflicts' => 0,
            'unchanged' => 0,
            'failed'    => 0,
            'left_out'  => 0,
        ];
        $unknown  = 0;
        $seen     = [];
        $leftOut  = [];
        $groups   = [];
        $database = new DatabaseClock($this->sql);

        $began = $database->now();

        foreach ($catalog->pages() as $page) {
            $members = $page->members();
            $left    = LeftOutItem::ofPage($page);
            $singles = array_values(array_diff(
                $page->itemIds(),
                array_column($members, 'item_id'),
                array_column($left, 'cloverId'),
            ));
            $rows    = $known->ofItems($singles, $database->now() - $page->age());
            $changes = $page->changes($rows);
            $faulty  = $this->errors($page->errors(), $counts, $report);
            $this->changes($changes, $rows, $links, $counts, $report);
            $counts['unchanged'] += \count(array_diff(
                $singles,
                $faulty,
                array_map(static fn (ProductChange $c): string => $c->cloverId, $changes),
            ));
            $seen    += array_fill_keys($page->itemIds(), true);
            $unknown += $page->onlineUnknown();
            $leftOut += array_column($left, null, 'cloverId');

            foreach ($members as $member) {
                $groups[$member['group_id']][] = $member;
            }
        }

        foreach (array_chunk($groups, self::GROUP_ITEMS, true) as $some) {
            $members = array_merge(...array_values($some));
            $rows    = $known->ofGroups(
                array_map(strval(...), array_keys($some)),
                array_fill_keys(array_column($members, 'item_id'), $began),
            );
            $found = (new GroupMapper($catalog, new SkuConflicts($this->sql, $links)))->changes($members, $rows);
            $this->errors($found['errors'], $counts, $report);
            $this->changes($found['changes'], $rows, $links, $counts, $report);
            $counts['unchanged'] += $found['unchanged'];
        }

        $emptied = $this->emptied($links, $seen, $leftOut, $groups, $counts, $report);
        $this->leftOut($links, array_values($leftOut), $emptied, $counts, $report);
        $this->deletes($catalog, $links, $seen, $counts, $report);

        return $counts + ['online_unknown' => $unknown];
    }

    /**
     * @param list<ProductChange> $changes
     * @param list<array<string, scalar|null>> $known What the shop has of them
     * @param array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int,
     *   left_out: int} $counts
     */
    private function changes(array $changes, array $known, Links $links, array &$counts, callable $report): void
    {
        $creates = [];
        $prices  = array_column($known, 'price', 'clover_id');
        $taxes   = array_column($known, 'tax_profile', 'clover_id');
        /** @var ?TaxProfiles $profiles Read when the first is needed */
        $profiles = null;

        foreach ($changes as $change) {
            if ($change->action === ChangeAction::Create) {
                $creates[$change->cloverId] = $change;
            }
        }

        $clashes = (new SkuConflicts($this->sql, $links))->find($creates);
        $linked  = $links->byCloverId(array_map(static fn (ProductChange $c): string => $c->cloverId, $changes));

        foreach ($changes as $change) {
            $action = isset($clashes[$change->cloverId]) ? 'conflict' : $change->action->value;
            $fields = $action === 'update'
                ? self::writable($change, $linked[$change->cloverId] ?? null)
                : $change->fields;

            if ($fields === []) {
                $counts['unchanged']++;

                continue;
            }

            $counts[match ($action) {
                'create'   => 'creates',
                'conflict' => 'conflicts',
                default    => 'updates',
            }]++;
            $report([
                'clover_id' => $change->cloverId,
                'type'      => $change->kind->value,
                'action'    => $action,
                'fields'    => $fields,
                'prices'    => $action === 'conflict' ? [] : self::prices($change, $prices),
                'tax'       => $action === 'conflict' || $change->taxProfile === null
                    ? null
                    : self::tax(
                        $change->cloverId,
                        $change->taxProfile,
                        $taxes,
                        $profiles ??= TaxProfiles::read($this->sql),
                    ),
                'title'     => $change->title,
            ]);
        }
    }

    /**
     * @param array<array-key, scalar|null> $known The shop's prices by Clover id
     *
     * @return list<Price>
     */
    private static function prices(ProductChange $change, array $known): array
    {
        $prices = [];

        foreach ($change->variants as $variant) {
            if (\in_array('price', $variant['fields'], true)) {
                $old      = $known[$variant['clover_id']] ?? null;
                $prices[] = [
                    'variant' => $change->kind === ProductKind::Group ? $variant['name'] : null,
                    'old'     => $old === null ? null : Decimal::shown((string) $old),
                    'new'     => Decimal::shown($variant['price']),
                ];
            }
        }

        return $prices;
    }

    /**
     * @param array<array-key, scalar|null> $known The shop's tax profiles by Clover id
     *
     * @return Tax
     */
    private static function tax(string $cloverId, int $profile, array $known, TaxProfiles $profiles): array
    {
        $old = $known[$cloverId] ?? null;

        return ['old' => $old === null ? null : $profiles->label((int) $old), 'new' => $profiles->label($profile)];
    }

    /**
     * The changes without the fields that the owner has taken over.
     *
     * @return list<string>
     */
    private static function writable(ProductChange $change, ?LinkRow $link): array
    {
        $article = $link?->article;
        $fields  = $change->fields;

        if ($link !== null && $article !== null) {
            if (
                $article->checkedOut
                || $article->title !== $link->titleWritten
                || $article->title === Text::shown($change->title)
            ) {
                $fields = array_diff($fields, ['title']);
            }

            if ($article->checkedOut || $article->category !== $link->categoryWritten) {
                $fields = array_diff($fields, ['category']);
            }
        }

        // A sync decides whether a product is published only at the import; a variant has the field "availability" for
        // it.
        return array_values(array_diff($fields, ['sale']));
    }

    /**
     * @param list<array{item_id: ?string, path: string, problem: Problem|Message}> $errors
     * @param array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int,
     *   left_out: int} $counts
     *
     * @return list<string>
     */
    private function errors(array $errors, array &$counts, callable $report): array
    {
        foreach ($errors as $error) {
            $counts['failed']++;
            $report([
                'clover_id' => $error['item_id'] ?? '',
                'type'      => 'item',
                'action'    => 'error',
                'fields'    => [$error['path']],
                'prices'    => [],
                'tax'       => null,
                'title'     => '',
                'problem'   => $error['problem'] instanceof Message
                    ? $error['problem']
                    : Message::ofProblem($error['problem']),
            ]);
        }

        return array_values(array_filter(array_column($errors, 'item_id')));
    }

    /**
     * @param list<LeftOutItem> $items
     * @param list<string>      $emptied Groups whose product is counted as a whole
     * @param array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int,
     *   left_out: int} $counts
     */
    private function leftOut(Links $links, array $items, array $emptied, array &$counts, callable $report): void
    {
        $linked = $links->byCloverId(array_column($items, 'cloverId'));
        $action = $this->settings->deleteAction;

        foreach ($items as $item) {
            $link = $linked[$item->cloverId] ?? null;
            $link = $link === null || $link->productId === null || $link->state->isGone() ? null : $link;
            $counts['left_out']++;

            if ($link !== null && !\in_array($link->parentId, $emptied, true)) {
                $counts['deletes']++;
            }

            $report([
                'clover_id' => $item->cloverId,
                'type'      => 'item',
                'action'    => 'left_out',
                'fields'    => $link === null || $action === DeleteAction::Ignore ? [] : ['state'],
                'prices'    => [],
                'tax'       => null,
                'title'     => $item->name,
                'problem'   => match (true) {
                    $link === null => new Message(MessageCode::ItemLeftOut, [
                        'name'   => $item->name,
                        'reason' => $item->reason,
                    ]),
                    $link->parentId === null => DeleteHandler::leftOut($link, $item->reason, $action),
                    default => DeleteHandler::variant($link, $item->reason, $action),
                },
            ]);
        }
    }

    /**
     * Linked groups that no longer contain any of their items.
     *
     * @param array<string, bool>  $seen
     * @param array<string, LeftOutItem> $leftOut
     * @param array<string, list<array{group_id: string, ...}>> $groups Groups in which Clover lists items that are not
     *   left out, by Clover id
     * @param array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int,
     *   left_out: int} $counts
     *
     * @return list<string> Their Clover ids
     */
    private function emptied(
        Links $links,
        array $seen,
        array $leftOut,
        array $groups,
        array &$counts,
        callable $report,
    ): array {
        $left    = [];
        $emptied = [];

        foreach ($this->sql->fetchAll(
            'SELECT g.clover_id, g.name, m.clover_id AS member FROM '
            . Links::TABLE
            . ' g
               LEFT JOIN '
            . Links::TABLE
            . ' m ON m.environment = g.environment AND m.merchant_id = g.merchant_id
                   AND m.parent_id = g.clover_id AND m.state NOT IN '
            . LinkState::GONE
            . "
              WHERE g.environment = ? AND g.merchant_id = ? AND g.clover_type = 'group' AND g.product_id IS NOT NULL
                AND g.state NOT IN "
            . LinkState::GONE,
            $links->key(),
        ) as $row) {
            $group        = Row::string($row, 'clover_id');
            $member       = Row::nullableString($row, 'member');
            $left[$group] ??= ['name' => Row::string($row, 'name'), 'stays' => isset($groups[$group]), 'out' => false];
            // An unseen item is asked for, and counted as deleted.
            $left[$group]['stays'] = $left[$group]['stays'] || $member !== null && !isset($seen[$member]);
            $left[$group]['out']   = $left[$group]['out'] || $member !== null && isset($leftOut[$member]);
        }

        foreach ($left as $id => ['name' => $name, 'stays' => $stays, 'out' => $out]) {
            if (!$stays) {
                $emptied[] = (string) $id;
                $counts['deletes']++;
                $report([
                    'clover_id' => (string) $id,
                    'type'      => 'group',
                    'action'    => $out ? 'left_out' : 'delete',
                    'fields'    => $out && $this->settings->deleteAction !== DeleteAction::Ignore ? ['state'] : [],
                    'prices'    => [],
                    'tax'       => null,
                    'title'     => $name,
                ]);
            }
        }

        return $emptied;
    }

    /**
     * @param array<string, bool> $seen
     * @param array{creates: int, updates: int, deletes: int, conflicts: int, unchanged: int, failed: int,
     *   left_out: int} $counts
     */
    private function deletes(Catalog $catalog, Links $links, array $seen, array &$counts, callable $report): void
    {
        $names = [];

        foreach ($this->sql->fetchAll('SELECT clover_id, name FROM '
        . Links::TABLE
        . " WHERE environment = ? AND merchant_id = ? AND clover_type = 'item' AND product_id IS NOT NULL AND "
        . 'state NOT IN '
        . LinkState::GONE, [
            $links->environment,
            $links->merchant,
        ]) as $row) {
            $id = Row::string($row, 'clover_id');

            if (!isset($seen[$id])) {
                $names[$id] = Row::string($row, 'name');
            }
        }

        foreach (array_chunk($names, 100, true) as $some) {
            foreach ($catalog->lookUp(array_map(strval(...), array_keys($some)))->deleted() as $id) {
                $counts['deletes']++;
                $report([
                    'clover_id' => $id,
                    'type'      => 'item',
                    'action'    => 'delete',
                    'fields'    => [],
                    'prices'    => [],
                    'tax'       => null,
                    'title'     => $names[$id],
                ]);
            }
        }
    }
}
