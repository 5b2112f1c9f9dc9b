<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\DayReport;

/** The mail about the day before, once a day. A day on which nothing happened and nothing waits has none. */
final readonly class DaySummary
{
    private const NAME = 'summary';

    /** The hour of the morning from which on the day before is reported. */
    private const HOUR = 6;

    public function __construct(
        private Services $shop,
        private MailRecords $records,
        private Post $post,
        private \DateTimeZone $zone,
    ) {
    }

    public function send(Situation $situation, MailReport $report): void
    {
        $now       = $this->shop->clock->now();
        $local     = (new \DateTimeImmutable("@$now"))->setTimezone($this->zone);
        $today     = $local->setTime(0, 0);
        $yesterday = $today->modify('-1 day');
        $record    = $this->records->get(self::NAME);
        $addresses = $this->shop->settings->alertEmail;

        if ((int) $local->format('G') < self::HOUR || $this->shop->merchantId() === null) {
            return;
        }

        $isKnown = $record !== null && $record->since >= $yesterday->getTimestamp();

        if ($isKnown && !$record->hasDue($addresses, $now)) {
            return;
        }

        $figures = $this->figures($yesterday->getTimestamp(), $today->getTimestamp());

        if (!$isKnown) {
            $isQuiet = $figures === [] && $situation->troubles === [];
            $fresh   = MailRecord::begin($yesterday->getTimestamp(), $isQuiet ? [] : $addresses);
            $record  = $record === null ? $fresh : $record->replacedBy($fresh);

            // Another process has just begun it.
            if (!$this->records->save(self::NAME, $record)) {
                return;
            }
        }

        if ($record->hasDue($addresses, $now)) {
            $mail = Mail::summary($yesterday->format('Y-m-d'), $figures, $situation->troubles);
            $this->post->send([self::NAME => $record], $addresses, static fn (): Mail => $mail, $report);
        }
    }

    /** @return list<Message> Empty for a day on which nothing happened */
    private function figures(int $from, int $to): array
    {
        $day     = DayReport::read($this->shop->sql, $this->shop->links(), $from, $to);
        $sales   = $this->shop->sales()->worker()->waiting()->later;
        $events  = $this->shop->inbox()->count();
        $figures = [
            [
                ($day->sold + $day->returned) > 0,
                new Message(MessageCode::DayUnits, ['sold' => $day->sold, 'returned' => $day->returned]),
            ],
            [$day->orders > 0, new Message(MessageCode::DayOrders, ['count' => $day->orders])],
            [
                ($day->imported + $day->updated + $day->deleted) > 0,
                new Message(MessageCode::DaySyncs, [
                    'count'    => $day->syncs,
                    'imported' => $day->imported,
                    'updated'  => $day->updated,
                    'deleted'  => $day->deleted,
                ]),
            ],
            [$day->stopped > 0, new Message(MessageCode::DayStopped, ['count' => $day->stopped])],
            [$day->errors > 0, new Message(MessageCode::DayErrors, ['count' => $day->errors])],
            [($sales + $events) > 0, new Message(MessageCode::DayBacklog, ['sales' => $sales, 'events' => $events])],
        ];

        return array_values(array_map(
            static fn (array $figure): Message => $figure[1],
            array_filter($figures, static fn (array $figure): bool => $figure[0]),
        ));
    }
}
