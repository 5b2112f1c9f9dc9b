<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Alerts\Mail;
use CloverSync\Shop\Alerts\Mailer;
use CloverSync\Shop\Exception\MailException;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Takes mails, or refuses those to some addresses. */
final class Mailbox implements Mailer
{
    /** @var list<array{string, Mail}> */
    public array $mails = [];

    /** @var list<string> Addresses that are refused */
    public array $refuses = [];

    public int $tried = 0;

    /** @param ?\Closure(): void $during Called while a mail is handed over */
    public function __construct(
        private readonly ?\Closure $during = null,
    ) {
    }

    public function send(string $address, Mail $mail): void
    {
        $this->tried++;

        if ($this->during !== null) {
            ($this->during)();
        }

        if (\in_array($address, $this->refuses, true)) {
            throw new MailException(new Message(MessageCode::MailRefused));
        }

        $this->mails[] = [$address, $mail];
    }

    /** @return list<string> "address: kinds of troubles" of each mail since the last call */
    public function taken(): array
    {
        $taken = array_map(
            static fn (array $mail): string => $mail[0]
            . ': '
            . implode(' ', array_map(static fn (Trouble $one): string => $one->kind->value, $mail[1]->troubles)),
            $this->mails,
        );
        $this->mails = [];

        return $taken;
    }

    /** All that an English reader reads in the mails. */
    public function text(): string
    {
        $texts = [];

        foreach ($this->mails as [, $mail]) {
            foreach ($mail->troubles as $trouble) {
                $texts = [...$texts, $trouble->kind->title(), $trouble->message, ...array_filter([$trouble->advice])];
            }

            $texts = [...$texts, ...$mail->figures];
        }

        return implode("\n", array_map(English::of(...), $texts));
    }
}
