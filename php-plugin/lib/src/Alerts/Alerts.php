<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Health\TroubleKind;
use CloverSync\Shop\Services;

/**
 * Mails the owner each trouble once when it begins, and a summary of each day where he wants it. Call it after the work
 * of a scheduled task, so that nothing is reported that the same work has ended.
 */
final readonly class Alerts
{
    /** Seconds for which a trouble must be over before its return counts as new. */
    private const QUIET = 3_600;

    private MailRecords $records;

    private Post $post;

    /**
     * @param ?Schedule     $schedule Joomla's scheduler
     * @param \DateTimeZone $zone     In which a day begins
     */
    public function __construct(
        private Services $shop,
        private ?Schedule $schedule,
        Mailer $mailer,
        private \DateTimeZone $zone,
    ) {
        $this->records = new MailRecords($shop->state);
        $this->post    = new Post($mailer, $this->records, $shop->log, $shop->clock);
    }

    public function look(): MailReport
    {
        $report    = new MailReport();
        $addresses = $this->shop->settings->alertEmail;

        if ($addresses === []) {
            return $report;
        }

        $situation = Situation::read($this->shop, $this->schedule);
        $this->post->send(
            $this->due($situation, $addresses),
            $addresses,
            static fn (array $names): Mail => Mail::alert(self::named($situation, $names)),
            $report,
        );

        // A mail server that has failed is left alone until the next look.
        if ($this->shop->settings->dailySummary && $situation->isReadable && $report->failure === null) {
            (new DaySummary($this->shop, $this->records, $this->post, $this->zone))->send($situation, $report);
        }

        return $report;
    }

    /**
     * Stores which troubles have begun and which are over.
     *
     * @param list<string> $addresses
     *
     * @return array<string, MailRecord> Those with a mail that is due
     */
    private function due(Situation $situation, array $addresses): array
    {
        $now   = $this->shop->clock->now();
        $known = $this->records->names();
        $due   = [];

        foreach (TroubleKind::cases() as $kind) {
            $record  = \in_array($kind->value, $known, true) ? $this->records->get($kind->value) : null;
            $trouble = $situation->of($kind);

            if ($trouble === null) {
                $this->over($kind, $record, $situation);

                continue;
            }

            $record = $this->records->begun($kind->value, $record, $addresses, $now, self::QUIET);

            if ($record !== null && $record->hasDue($addresses, $now)) {
                $due[$kind->value] = $record;
            }
        }

        return $due;
    }

    private function over(TroubleKind $kind, ?MailRecord $record, Situation $situation): void
    {
        if ($record !== null && $record->ended === null && $situation->isDecided($kind)) {
            $record->ended = $this->shop->clock->now();
            // A process that has changed it meanwhile saw the trouble a moment ago; the next look stores its end.
            $this->records->save($kind->value, $record);
        }
    }

    /**
     * @param list<string> $names
     *
     * @return non-empty-list<Trouble>
     */
    private static function named(Situation $situation, array $names): array
    {
        $troubles = array_values(array_filter($situation->troubles, static fn (Trouble $trouble): bool => \in_array(
            $trouble->kind->value,
            $names,
            true,
        )));

        return $troubles !== [] ? $troubles : throw new \LogicException('A mail is about a trouble that is there.');
    }
}
