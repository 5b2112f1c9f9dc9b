<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/** A mail server on this machine that keeps what it gets. It refuses addresses that begin with "refused". */
final class MailSink
{
    /** Joomla's table of mail templates. */
    public const TEMPLATES = 'CREATE TABLE #__mail_templates (
        template_id VARCHAR(127) NOT NULL, extension VARCHAR(127) NOT NULL, language CHAR(7) NOT NULL,
        subject VARCHAR(255) NOT NULL, body TEXT NOT NULL, htmlbody MEDIUMTEXT NOT NULL, attachments TEXT NOT NULL,
        params TEXT NOT NULL, PRIMARY KEY (template_id, language))';

    private const HOST = '127.0.0.1';

    private function __construct(
        public readonly int $port,
        private readonly string $folder,
        private readonly int $pid,
        private readonly int $owner,
    ) {
    }

    public static function start(): self
    {
        $server = stream_socket_server('tcp://' . self::HOST . ':0') ?: throw new \RuntimeException('No port is free.');
        $port   = (int) substr((string) strrchr((string) stream_socket_get_name($server, false), ':'), 1);
        $folder = sys_get_temp_dir() . '/cloversync-mails-' . bin2hex(random_bytes(4));
        mkdir($folder, 0o700);
        $pid = pcntl_fork();

        if ($pid === 0) {
            self::serve($server, $folder);
        }

        fclose($server);

        return new self($port, $folder, $pid, (int) getmypid());
    }

    /** @return array<string, scalar> Joomla's configuration, for a server on this port */
    public static function configuration(int $port): array
    {
        return [
            'mailer'     => 'smtp',
            'smtphost'   => self::HOST,
            'smtpport'   => $port,
            'smtpauth'   => 0,
            'smtpsecure' => 'none',
            'mailfrom'   => 'shop@shop.example',
            'fromname'   => 'Shop',
            'mailonline' => 1,
        ];
    }

    public function __destruct()
    {
        if (getmypid() === $this->owner) {
            posix_kill($this->pid, SIGKILL);
            Child::reap($this->pid);
            array_map(unlink(...), Files::matching("$this->folder/*"));
            rmdir($this->folder);
        }
    }

    /** @return list<string> The mails with their headers, oldest first, as text */
    public function mails(): array
    {
        return array_map(self::text(...), array_map(Files::read(...), Files::matching("$this->folder/*")));
    }

    /** @param resource $server */
    private static function serve($server, string $folder): never
    {
        $n = 0;

        while (true) {
            $n++;
            $client = @stream_socket_accept($server, 3600);

            if ($client !== false) {
                self::talk($client, \sprintf('%s/%06d', $folder, $n));
                fclose($client);
            }
        }
    }

    /** @param resource $client */
    private static function talk($client, string $file): void
    {
        fwrite($client, "220 sink\r\n");

        while (($line = fgets($client)) !== false) {
            $word = strtoupper(substr($line, 0, 4));

            if ($word === 'DATA') {
                fwrite($client, "354 go on\r\n");
                self::keep($client, $file);
            }

            fwrite($client, match (true) {
                $word === 'RCPT' && stripos($line, '<refused') !== false => "550 no such mailbox\r\n",
                $word === 'QUIT' => "221 bye\r\n",
                default => "250 fine\r\n",
            });

            if ($word === 'QUIT') {
                return;
            }
        }
    }

    /** @param resource $client */
    private static function keep($client, string $file): void
    {
        $mail = '';

        while (($line = fgets($client)) !== false && rtrim($line) !== '.') {
            $mail .= $line;
        }

        file_put_contents("$file.part", $mail);
        rename("$file.part", $file);
    }

    private static function text(string $mail): string
    {
        [$head, $body] = [...explode("\r\n\r\n", $mail, 2), ''];
        $fields = iconv_mime_decode_headers($head, 0, 'UTF-8');
        $head   = '';

        foreach ($fields === false ? [] : $fields as $name => $value) {
            $head .= ($head === '' ? '' : "\n") . "$name: " . (\is_array($value) ? implode(', ', $value) : $value);
        }

        return str_replace(
            "\r\n",
            "\n",
            $head . "\n\n" . match (true) {
                stripos($head, 'transfer-encoding: base64') !== false => (string) base64_decode($body, true),
                stripos($head, 'transfer-encoding: quoted-printable') !== false => quoted_printable_decode($body),
                default => $body,
            },
        );
    }
}
