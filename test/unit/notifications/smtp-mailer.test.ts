import { createServer } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { mailSettings } from '#cli/mail-settings.ts';
import { DeliveryFailure } from '#notifications/failure.ts';
import { smtpMailer } from '#notifications/send/smtp-mailer.ts';
import { DeliveryBench } from '#support/delivery-bench.ts';

const MAIL = { id: 'abc', to: 'ada@x.org', subject: 'Well?', text: 'Is it\nwell?' };
const FROM = 'stepwright@plant.example';

/** A mail server on this machine. */
async function mailServer(options: SMTPServerOptions) {
  const mails: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], logger: false },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.server.address());
  const close = () => new Promise<void>((resolve) => server.close(resolve));
  return { mails, host: `127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}

const refusing = (code: number) => Object.assign(new Error('not here'), { responseCode: code });

async function failureOf(url: string, timeoutMs = 10_000): Promise<DeliveryFailure> {
  const sent = smtpMailer({ url, from: FROM, timeoutMs }).send(MAIL);
  const failure: unknown = await sent.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof DeliveryFailure) return failure;
  throw new Error(`it was taken, or failed otherwise: ${String(failure)}`);
}

test('a mail goes out with its link, says that nobody wrote it, and is known when it comes twice', async () => {
  await using server = await mailServer({});
  const mailer = smtpMailer({ url: `smtp://${server.host}`, from: `Plant <${FROM}>` });
  const bench = new DeliveryBench({ mailer, ways: { mail: true, topics: false } });
  const confidential = { kind: 'approval-link', approval: 'e:ask:0', askedAt: 1 } as const;
  const subject = 'ops: "ask" asks\r\nBcc: eve@x.org';
  await bench.send({ topic: 'approval-links', to: 'Ada@x.org', confidential, subject });
  const [delivery] = await bench.end();
  expect(delivery).toMatchObject({ status: 'DELIVERED', name: 'email:ada@x.org' });
  const [mail = ''] = server.mails;
  const [head = '', ...body] = mail.split('\r\n\r\n');
  expect(head.split('\r\n').map((line) => line.toLowerCase())).toEqual(
    expect.arrayContaining([
      ...[`from: plant <${FROM}>`, 'to: ada@x.org', 'auto-submitted: auto-generated'],
      `message-id: <${delivery?.id}@plant.example>`.toLowerCase(),
      `stepwright-delivery-id: ${delivery?.id}`.toLowerCase(),
    ]),
  );
  // What stands behind a line break in a subject is no header.
  expect(head).not.toMatch(/^Bcc/m);
  const text = body.join('\n').replaceAll('=\r\n', '').replaceAll('=3D', '=');
  expect(text).toContain('Is it well?');
  expect(text).toContain('https://s.example/answer?token=t');
});

test.each([
  ['there is nobody of that name', { onRcptTo: (_to, _session, done) => done(refusing(550)) }, true],
  ['its disk is full', { onRcptTo: (_to, _session, done) => done(refusing(452)) }, false],
  ['it takes no mail now', { onConnect: (_session, done) => done(refusing(421)) }, false],
] satisfies [string, SMTPServerOptions, boolean][])(
  'a mail server that says that %s',
  async (_what, options, isFinal) => {
    await using server = await mailServer(options);
    const failure = await failureOf(`smtp://${server.host}`);
    expect({ isFinal: failure.isFinal, hasHint: failure.hint !== undefined }).toEqual({
      isFinal,
      hasHint: isFinal,
    });
    expect(failure.message).toContain('not here');
  },
);

test('a wrong password is final, and is in no message', async () => {
  await using server = await mailServer({
    ...{ authOptional: false, allowInsecureAuth: true },
    onAuth: (_auth, _session, done) => done(refusing(535)),
  });
  const failure = await failureOf(`smtp://ada:verysecret@${server.host}`);
  expect(failure).toMatchObject({ isFinal: true, hint: expect.stringContaining('STEPWRIGHT_SMTP_URL') });
  expect(JSON.stringify([failure.message, failure.hint])).not.toContain('verysecret');
});

test('a mail server that is not there, or silent, may be there later', async () => {
  expect(await failureOf('smtp://127.0.0.1:1')).toMatchObject({ isFinal: false });
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(silent.address());
  expect(await failureOf(`smtp://127.0.0.1:${port}`, 300)).toMatchObject({ isFinal: false });
  silent.close();
});

test('a link leaves this machine encrypted: a server elsewhere that knows no STARTTLS gets nothing', async () => {
  await using server = await mailServer({});
  // An address of this machine that is not one of those that are known as such.
  const elsewhere = server.host.replace('127.0.0.1', '[::ffff:127.0.0.1]');
  const failure = await failureOf(`smtp://${elsewhere}`);
  expect(failure.message).toMatch(/STARTTLS/);
  expect(server.mails).toEqual([]);
});

test.each([
  [{ STEPWRIGHT_SMTP_URL: 'smtp://mail.example.com' }, 'both STEPWRIGHT_SMTP_URL and STEPWRIGHT_MAIL_FROM'],
  [{ STEPWRIGHT_MAIL_FROM: FROM }, 'both'],
  [{ STEPWRIGHT_SMTP_URL: 'smtp://mail.example.com', STEPWRIGHT_MAIL_FROM: 'me' }, 'both'],
  [{ STEPWRIGHT_SMTP_URL: 'mail.example.com', STEPWRIGHT_MAIL_FROM: FROM }, 'no address of a mail server'],
  [
    { STEPWRIGHT_SMTP_URL: 'https://mail.example.com', STEPWRIGHT_MAIL_FROM: FROM },
    'no address of a mail server',
  ],
])('the environment %j is refused', async (environment, message) => {
  await expect(mailSettings(environment)).rejects.toThrow(
    expect.objectContaining({ code: 'SW3013', message: expect.stringContaining(message) }),
  );
});

test('without a word of mail, none is sent', async () => {
  expect(await mailSettings({})).toBeUndefined();
});
