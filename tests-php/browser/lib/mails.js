/** A mail server on this machine, and a Joomla that sends its mails there. */
import { createServer } from 'node:net';
import { joomla, site, until } from './site.js';

const decoded = (mail) => {
  const [head, ...rest] = mail.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const bytes = (text) => Buffer.from(text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16))), 'latin1').toString('utf8');
  const words = head.replace(/\r\n[ \t]+/g, ' ').replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind, text) => (kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString('utf8') : bytes(text.replace(/_/g, ' '))));
  const plain = /transfer-encoding: base64/i.test(head) ? Buffer.from(body, 'base64').toString('utf8') : /transfer-encoding: quoted-printable/i.test(head) ? bytes(body) : body;
  return { subject: /^Subject: (.*)$/m.exec(words)?.[1].trim(), to: /^To: (.*)$/m.exec(words)?.[1].trim(), text: plain.replace(/\r\n/g, '\n') };
};

/** Runs the work while Joomla's mails arrive here; it gets a function that returns them, oldest first. */
export const withMails = async (work) => {
  const mails = [];
  const server = createServer((socket) => {
    let read = '';
    let isMail = false;
    socket.setEncoding('utf8');
    socket.write('220 sink\r\n');
    socket.on('error', () => {});
    socket.on('data', (part) => {
      read += part;

      for (let end; (end = read.indexOf(isMail ? '\r\n.\r\n' : '\r\n')) >= 0;) {
        const piece = read.slice(0, end);
        read = read.slice(end + (isMail ? 5 : 2));

        if (isMail) {
          mails.push(decoded(piece));
          isMail = false;
          socket.write('250 fine\r\n');
        } else {
          isMail = /^DATA/i.test(piece);
          socket.write(isMail ? '354 go on\r\n' : /^QUIT/i.test(piece) ? '221 bye\r\n' : '250 fine\r\n');
        }
      }
    });
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address();
  joomla('config:set', 'mailonline=true', 'mailer=smtp', 'smtphost=127.0.0.1', `smtpport=${port}`, 'smtpauth=false', 'smtpsecure=none', 'mailfrom=shop@shop.example', `MetaDesc=mails at ${port}`);

  try {
    // The web server's PHP uses the configuration of before for up to two seconds (opcache.revalidate_freq).
    await until('the site has read its configuration', async () => (await (await fetch(site.url)).text()).includes(`mails at ${port}`));
    await work(() => mails);
  } finally {
    joomla('config:set', 'mailonline=false', 'mailer=mail', 'MetaDesc=');
    server.close();
  }
};
