<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Exception\ItemException;
use CloverSync\Resolution;
use CloverSync\SendState;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Sales\UnreadableOrder;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;

/** `work` sends web sales to Clover. */
final readonly class WorkCommand implements Command
{
    /** Rows that are listed at most; the counts include all. */
    private const LISTED = 200;

    /** Seconds to wait for another worker. */
    private const PATIENCE = 60.0;

    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Send web sales to Clover, until nothing is due.', [
            new Option('once', 'one batch'),
            new Option('no-scan', 'do not scan the recent orders'),
            new Option('resume', 'resume after a pause'),
            new Option('applied', 'a row that needs a decision: Clover has it', 'ROW'),
            new Option('send', 'a row that needs a decision: Clover does not have it, so send it', 'ROW'),
            new Option('leave', 'a row that needs a decision: leave it as it is', 'ROW'),
            new Option('restock', 'give units of a partly refunded order back', 'ORDER:LINE:UNITS'),
        ]);
    }

    public function run(Options $options): ExitCode
    {
        $shop  = $this->host->shop();
        $sales = $shop->sales();

        if ($options->has('resume')) {
            $shop->pauses()->end();
        }

        // Not a constant: it would need the engine's classes before the host has opened the shop.
        $resolutions = [
            'applied' => Resolution::Applied,
            'send'    => Resolution::NotApplied,
            'leave'   => Resolution::Leave,
        ];

        foreach ($resolutions as $option => $resolution) {
            if ($options->has($option)) {
                $this->settle($sales, (string) $options->get($option), $resolution);
            }
        }

        if ($options->has('restock')) {
            $this->restock($sales, (string) $options->get('restock'));
        }

        $heard = $this->inbox($shop);

        if ($heard > 0) {
            $this->host->productsChanged($shop);
        }

        $result = $sales->worker()->run(
            new TimeBudget(),
            $options->has('once'),
            !$options->has('no-scan'),
            self::PATIENCE,
        );
        $result->claimed   += $heard;
        $result->confirmed += $heard;
        $result->later     += $shop->inbox()->count();
        $this->list($sales);
        $this->console->line(\sprintf(
            '%d taken up: %d confirmed, %d skipped; %d later, %d uncertain, %d dead%s.',
            $result->claimed,
            $result->confirmed,
            $result->skipped,
            $result->later,
            $result->uncertain,
            $result->dead,
            $result->found > 0 ? "; $result->found orders changed without an event" : '',
        ));
        PauseLines::warn($this->console, $result->paused);
        $this->console->done($this->data($result));

        return ($result->uncertain + $result->dead) > 0 ? ExitCode::Partly : ExitCode::Done;
    }

    /** @return int Objects of webhooks that were processed */
    private function inbox(Services $shop): int
    {
        return $shop->inbox()->count() === 0 ? 0 : $shop->inboxWorker()->drain(new TimeBudget());
    }

    /** @return array<string, int|array> */
    private function data(WorkReport $result): array
    {
        return [
            'claimed'   => $result->claimed,
            'confirmed' => $result->confirmed,
            'skipped'   => $result->skipped,
            'uncertain' => $result->uncertain,
            'dead'      => $result->dead,
            'later'     => $result->later,
            'found'     => $result->found,
            'paused'    => PauseLines::data($this->console->words, $result->paused),
        ];
    }

    /** Lists the rows that need the owner's decision. */
    private function list(Sales $sales): void
    {
        foreach ($sales->ledger->waiting(self::LISTED) as $row) {
            $this->show(
                "stock:$row->id",
                $row,
                $row->reason,
                ['clover_id' => $row->cloverId, 'delta' => $row->delta],
                \sprintf('“%s” %+d', $row->name, -$row->delta),
            );
        }

        foreach ($sales->events->dead(self::LISTED) as $row) {
            $this->show("event:$row->id", $row, null, [], 'cannot be read');
        }

        foreach ($sales->pushes->waiting(self::LISTED) as $row) {
            $this->show(
                "order:$row->id",
                $row,
                $row->reason,
                ['reference' => $row->reference, 'clover_order_id' => $row->cloverOrderId],
                "reference $row->reference",
            );
        }

        foreach ($sales->pushes->corrections(self::LISTED) as $row) {
            $this->show(
                "mark:$row->id",
                $row,
                $row->mark->value,
                ['reference' => $row->reference, 'clover_order_id' => $row->cloverOrderId],
                'to be corrected in Clover: ' . $row->wanted->words(),
            );
        }
    }

    /** @param array<string, int|string|null> $data */
    private function show(
        string $name,
        LedgerRow|OrderPushRow|UnreadableOrder $row,
        ?string $reason,
        array $data,
        string $what,
    ): void {
        $state = $row instanceof UnreadableOrder ? SendState::Dead : $row->state;
        $this->console->event([
            'event'    => 'waiting',
            'row'      => $name,
            'state'    => $state->value,
            'order_id' => $row->orderId,
            'reason'   => $reason,
            'message'  => $row->message === null ? null : $this->console->words->text($row->message),
            'created'  => UtcTime::iso(UtcTime::sql($row->created)),
        ] + $data);
        $this->console->line(\sprintf(
            '  %-12s %-9s order %s, %s: %s',
            $name,
            $state->value,
            $row->orderId,
            $what,
            $row->message === null ? $reason ?? '' : $this->console->words->withDetails($row->message),
        ));
    }

    private function settle(Sales $sales, string $name, Resolution $resolution): void
    {
        if (preg_match('/^(stock|order|event|mark):(\d+)$/', $name, $m) !== 1) {
            throw new UsageException('A row is named as in the list, such as stock:12 or order:3.');
        }

        if ($m[1] === 'order') {
            $sales->pushes->resolve((int) $m[2], $resolution)
                || throw new UsageException("$name does not need a decision.");

            return;
        }

        if ($m[1] === 'mark') {
            $sales->pushes->resolveMark((int) $m[2], $resolution === Resolution::NotApplied)
                || throw new UsageException("$name does not need a decision.");

            return;
        }

        if ($m[1] === 'event') {
            $sales->events->resolve(
                (string) $sales->events->orderOf((int) $m[2]),
                $resolution === Resolution::NotApplied,
            ) || throw new UsageException("$name does not need a decision.");

            return;
        }

        $row = $sales->ledger->row((int) $m[2]) ?? throw new UsageException("There is no row $name.");

        try {
            $sales->planner->resolveRow($row, $resolution);
        } catch (ItemException $e) {
            throw new UsageException("$name: " . $this->console->words->text(Message::of($e)));
        }
    }

    private function restock(Sales $sales, string $what): void
    {
        if (preg_match('/^(.+):(\d+):(\d+)$/', $what, $m) !== 1) {
            throw new UsageException('--restock takes ORDER:LINE:UNITS, such as 179540797553:12:1.');
        }

        try {
            $sales->planner->restock($m[1], [(int) $m[2] => (int) $m[3]]);
        } catch (ItemException|ShopException $e) {
            throw new UsageException("--restock $what: " . $this->console->words->text(Message::of($e)));
        }
    }
}
