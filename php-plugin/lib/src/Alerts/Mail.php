<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** What a mail says, before it is put into the reader's words. It contains no customer's data and no secret. */
final readonly class Mail
{
    /**
     * @param list<Trouble> $troubles What has begun, or waits for the owner
     * @param list<Message> $figures  Of a day
     * @param string        $day      Such as 2026-12-01; empty for a mail that is about no day
     */
    private function __construct(
        public MailKind $kind,
        public array $troubles = [],
        public array $figures = [],
        public string $day = '',
    ) {
    }

    /** @param non-empty-list<Trouble> $troubles */
    public static function alert(array $troubles): self
    {
        return new self(MailKind::Alert, $troubles);
    }

    /**
     * @param list<Message> $figures
     * @param list<Trouble> $troubles
     */
    public static function summary(string $day, array $figures, array $troubles): self
    {
        return new self(MailKind::Summary, $troubles, $figures, $day);
    }

    public static function test(): self
    {
        return new self(MailKind::Test);
    }

    /** @return non-empty-list<Message> What it is about, in a few words */
    public function subjects(): array
    {
        $titles = array_map(static fn (Trouble $trouble): Message => $trouble->kind->title(), $this->troubles);

        return match (true) {
            $this->kind === MailKind::Summary => [new Message(MessageCode::MailAboutDay, ['day' => $this->day])],
            $titles === [] => [new Message(MessageCode::MailAboutTest)],
            default => $titles,
        };
    }
}
