<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\WithheldFields;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;

/** `sync` updates the shop from Clover. */
final readonly class SyncCommand implements Command
{
    /** Failures that are printed for people; programs get more. */
    private const LISTED = 20;

    private const FAILURES = 1000;

    public function __construct(
        private Console $console,
        private Host $host,
    ) {
    }

    public static function usage(): Usage
    {
        return new Usage('Update the shop from Clover.', [
            new Option('dry-run', 'only show what would change'),
            new Option('stock-only', 'counts only: one request a thousand items'),
            new Option('confirm-deletes', 'confirm that many items were deleted in Clover'),
        ]);
    }

    public function run(Options $options): ExitCode
    {
        $shop = $this->host->shop();

        return match (true) {
            $options->has('dry-run') => $this->preview($shop),
            $options->has('stock-only') => $this->stockOnly($shop),
            default => $this->sync($shop, $options->has('confirm-deletes')),
        };
    }

    private function sync(Services $shop, bool $confirmDeletes): ExitCode
    {
        $shop      = $this->host->withDefaultCategory($shop);
        $expected  = $shop->merchantId() === null ? 0 : $shop->links()->countLinked();
        $interrupt = Interrupt::listen();
        $result    = $shop->runner(function (SyncRunRow $now) use ($expected): void {
            $this->progress($now, $expected);
        })->run(new TimeBudget(null, $interrupt->isAsked(...)), $confirmDeletes);

        $this->console->clearBar();

        if ($result->productRows > 0) {
            $this->host->productsChanged($shop);
        }

        $failures = $shop->log->ofRun($result->id, 'error', self::FAILURES);

        foreach ($failures as $failure) {
            $this->console->event([
                'event'     => 'failed',
                'clover_id' => $failure['entity_id'],
                'message'   => $this->console->words->text($failure['message']),
            ]);
        }

        $this->summary($result, $shop);

        foreach (\array_slice($failures, 0, self::LISTED) as $failure) {
            $this->console->line(
                "  {$failure['entity_id']}: {$this->console->words->withDetails($failure['message'])}",
            );
        }

        if (($withheld = $shop->connection->withheld()) !== []) {
            $this->console->warning($this->console->words->text(WithheldFields::message($withheld)));
        }

        if ($result->conflicts > 0) {
            $this->console->line(
                'The shop already has products with the SKUs of Clover items. To see them, use '
                . "{$this->console->command('conflicts')}.",
            );
        }

        $sales   = $shop->sales()->worker()->waiting();
        $waiting = $sales->uncertain + $sales->dead;

        if ($waiting > 0) {
            $this->console->warning(
                "$waiting stock changes or orders need your decision. To see them, use "
                . "{$this->console->command('work')}.",
            );
        }

        $this->console->done(
            RunData::of($result)
            + [
                'peak_memory_bytes' => RunCosts::peakMemory(),
                'status'            => $result->status->value,
                'uncertain'         => $sales->uncertain,
                'dead'              => $sales->dead,
            ],
        );

        return match (true) {
            $result->status !== RunStatus::Done => ExitCode::Failed,
            ($result->failed + $waiting) > 0 => ExitCode::Partly,
            default => ExitCode::Done,
        };
    }

    private function progress(SyncRunRow $now, int $expected): void
    {
        $this->console->bar($now->phase->value, $now->itemsRead, $expected);
        $this->console->event([
            'event'     => 'progress',
            'phase'     => $now->phase->value,
            'items'     => $now->itemsRead,
            'imported'  => $now->imported,
            'updated'   => $now->updated,
            'unchanged' => $now->unchanged,
            'deleted'   => $now->deleted,
            'failed'    => $now->failed,
        ]);
    }

    private function summary(SyncRunRow $result, Services $shop): void
    {
        $this->console->line(match ($result->status) {
            RunStatus::Running => 'Stopped after the current page. To resume from there, use '
                . "{$this->console->command('sync')}.",
            RunStatus::NeedsConfirmation => 'Stopped before deleting: '
                . ($result->message === null ? '' : $this->console->words->text($result->message))
                . " (to confirm, use {$this->console->command('sync --confirm-deletes')})",
            default                      => $result->failed > 0 ? "Done with $result->failed failures." : 'Done.',
        });
        $this->console->line(\sprintf(
            '%d imported, %d updated, %d unchanged, %d deleted, %d failed, %d in conflict; %d product rows '
            . 'written, %d requests, %.1f s',
            $result->imported,
            $result->updated,
            $result->unchanged,
            $result->deleted,
            $result->failed,
            $result->conflicts,
            $result->productRows,
            $result->requests,
            $result->seconds,
        ));

        if ($result->status === RunStatus::NeedsConfirmation) {
            $leftOut = $result->message?->code === MessageCode::ManyLeftOut;

            foreach ($shop->links()->vanished($result->id, self::LISTED, $leftOut) as $item) {
                $this->console->line("  $item->cloverId: $item->name");
            }
        }
    }

    private function stockOnly(Services $shop): ExitCode
    {
        $costs     = RunCosts::measure($shop->connection);
        $interrupt = Interrupt::listen();
        $found     = $shop->stockOnlySync()->run(new TimeBudget(null, $interrupt->isAsked(...)), $shop->syncLock());

        if ($found['product_rows'] > 0) {
            $this->host->productsChanged($shop);
        }

        $this->console->line(\sprintf(
            '%d counts updated, %d unchanged; %d product rows written.',
            $found['updated'],
            $found['unchanged'],
            $found['product_rows'],
        ));
        $this->console->done(
            RunData::counts(0, $found['updated'], $found['unchanged'], 0, 0, 0, $found['product_rows'])
            + $costs->data()
            + ['status' => ($found['done'] ? RunStatus::Done : RunStatus::Running)->value],
        );

        return $found['done'] ? ExitCode::Done : ExitCode::Failed;
    }

    private function preview(Services $shop): ExitCode
    {
        $costs  = RunCosts::measure($shop->connection);
        $counts = (new PreviewCommand($this->console, $this->host))->show($shop);
        $this->console->done(['dry_run' => true]
        + RunData::counts(
            $counts['creates'],
            $counts['updates'],
            $counts['unchanged'],
            $counts['deletes'],
            $counts['failed'],
            $counts['conflicts'],
            0,
        )
        + $costs->data()
        + $counts);

        return $counts['failed'] > 0 ? ExitCode::Partly : ExitCode::Done;
    }
}
