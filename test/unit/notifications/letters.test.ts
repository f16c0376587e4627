import { createHash, webcrypto } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { NamedReceiver } from '#definition/receiver.ts';
import { findNotification } from '#notifications/notification.ts';
import type { Notification } from '#notifications/notifier.ts';
import { webhookHeaders } from '#notifications/send/standard-webhooks.ts';
import { type BenchOptions, DeliveryBench } from '#support/delivery-bench.ts';
import { ReceivingServer } from '#support/receiving-server.ts';

const KEYS = ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', Buffer.alloc(32, 7).toString('base64')];
const LINK = 'https://s.example/answer?token=t';

/** What a service gets that is told. */
async function received(
  receiver: (host: string) => NamedReceiver,
  notification: Partial<Notification> = {},
  options: Pick<BenchOptions, 'makeConfidential'> = {},
) {
  await using server = await ReceivingServer.start((response) => response.writeHead(202).end());
  const secrets = {
    STEPWRIGHT_SECRET_HOOK: `whsec_${KEYS[0]} ${KEYS[1]}`,
    STEPWRIGHT_SECRET_CHANNEL: `http://${server.host}/services/T0/B0/x\n`,
    STEPWRIGHT_SECRET_PAGER: 'routing-key',
  };
  const bench = new DeliveryBench({ hosts: [server.host], secrets, ...options });
  await bench.send({ receivers: [[{ name: 'one', receiver: receiver(server.host) }]], ...notification });
  const [delivery] = await bench.end();
  expect(delivery?.status).toBe('DELIVERED');
  const [request] = server.received;
  return { request, id: delivery?.id, document: JSON.parse(request?.body ?? 'null') };
}

/** The receiver's side of Standard Webhooks, by another implementation of HMAC than that of the sender. */
async function isSigned(
  key: string,
  headers: Readonly<Record<string, unknown>>,
  body: string,
): Promise<boolean> {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const imported = await webcrypto.subtle.importKey('raw', Buffer.from(key, 'base64'), algorithm, false, [
    'verify',
  ]);
  const signed = Buffer.from(`${String(id)}.${String(timestamp)}.${body}`);
  for (const one of String(signatures).split(' ')) {
    const [version, text = ''] = one.split(',');
    const isGood = await webcrypto.subtle.verify('HMAC', imported, Buffer.from(text, 'base64'), signed);
    if (version === 'v1' && isGood) return true;
  }
  return false;
}

test('a webhook is signed as the vector of the libraries of Standard Webhooks is', () => {
  const vector = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
  expect(webhookHeaders(vector, { name: 'hook', value: `whsec_${KEYS[0]}` })).toEqual({
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a webhook is signed by each key that the secret holds, and by no other', async () => {
  const { request, id, document } = await received((host) => ({
    webhook: { url: `http://${host}/hook`, secret: 'hook' },
  }));
  const { headers = {}, body = '' } = request ?? {};
  expect(headers).toMatchObject({
    ...{ 'webhook-id': id, 'stepwright-delivery-id': id, 'webhook-timestamp': '1767225600' },
    'content-type': 'application/json',
  });
  expect(id).toMatch(/^[\w-]{27}$/);
  for (const key of KEYS) expect(await isSigned(key, headers, body)).toBe(true);
  expect(await isSigned(KEYS[0] ?? '', headers, `${body} `)).toBe(false);
  expect(await isSigned(KEYS[0] ?? '', { ...headers, 'webhook-timestamp': '1767225601' }, body)).toBe(false);
  expect(await isSigned(Buffer.alloc(24, 1).toString('base64'), headers, body)).toBe(false);
  expect(document).toEqual({
    ...{ type: 'notification.plant', timestamp: '2026-01-01T00:00:00.000Z' },
    data: {
      ...{ id: 'n', topic: 'plant', subject: 'Stepwright: plant' },
      message: { message: 'Is it well?', zone: 'berlin' },
    },
  });
});

const confidential = { kind: 'approval-link', approval: 'e:ask:0', askedAt: 1 } as const;

test('Slack is sent text and blocks that say the same, in which nothing is taken for its own signs', async () => {
  const { request, document } = await received(() => ({ slack: 'channel' }), {
    ...{ to: 'ada@x.org', confidential, subject: 'A <!channel> & B\nC' },
  });
  expect(request?.path).toBe('/services/T0/B0/x');
  const text = '*A &lt;!channel&gt; &amp; B C*\nIs it well?\n\nzone: berlin';
  expect(document).toMatchObject({
    text: `${text}\n<${LINK}|Answer>`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      { type: 'actions', elements: [{ type: 'button', url: LINK }] },
      { type: 'context' },
    ],
  });
});

test('a text longer than a block of Slack takes is cut', async () => {
  const { document } = await received(() => ({ slack: 'channel' }), { message: 'é'.repeat(9_000) });
  expect(document.blocks[0].text.text).toHaveLength(3_000);
});

test.each<[string, Notification['incident'], string, string | undefined, string | undefined]>([
  ['what is no trouble', undefined, 'trigger', undefined, 'info'],
  ['what is one', { key: 'k', action: 'trigger', severity: 'critical' }, 'trigger', 'k', 'critical'],
  [
    'one that is known of',
    { key: 'k', action: 'acknowledge', severity: 'warning' },
    'acknowledge',
    'k',
    undefined,
  ],
  [
    'one that is over, by a long key',
    { key: 'k'.repeat(300), action: 'resolve', severity: 'info' },
    'resolve',
    createHash('sha256').update('k'.repeat(300)).digest('hex'),
    undefined,
  ],
])('PagerDuty is told of %s', async (_what, incident, action, key, severity) => {
  const { id, document } = await received(
    (host) => ({ pagerduty: 'pager', url: `http://${host}/v2/enqueue` }),
    { incident },
  );
  expect(document).toMatchObject({ routing_key: 'routing-key', event_action: action, dedup_key: key ?? id });
  expect(document.payload?.severity).toBe(severity);
  if (severity !== undefined) {
    expect(document.payload).toMatchObject({
      ...{ summary: 'Stepwright: plant', source: 'stepwright', class: 'plant' },
      custom_details: { message: 'Is it well?', zone: 'berlin' },
    });
  }
});

test('a link is sent to PagerDuty as one', async () => {
  const { document } = await received((host) => ({ pagerduty: 'pager', url: `http://${host}/` }), {
    ...{ to: 'ada@x.org', confidential, message: 'text' },
  });
  expect(z.object({ links: z.unknown(), payload: z.unknown() }).parse(document)).toMatchObject({
    links: [{ href: LINK, text: 'Answer' }],
    payload: { custom_details: { message: 'text' } },
  });
});

const ACTIONS = [
  { verb: 'resume', text: 'Resume', link: 'https://s.example/act?token=r' },
  { verb: 'rollback', text: 'Roll back', link: 'https://s.example/act?token=b' },
];
const PAGED = {
  message: 'It fails',
  confidential: { kind: 'alert-link', paging: 'p', incident: 'i' },
} as const;
const WITH_ACTIONS = { makeConfidential: async () => ({ link: LINK, actions: ACTIONS }) };

test('links by which something can be done are told to each service as it shows such', async () => {
  const webhook = await received((host) => ({ webhook: { url: `http://${host}/` } }), PAGED, WITH_ACTIONS);
  expect(webhook.document.data).toMatchObject({ link: LINK, actions: ACTIONS });
  const slack = await received(() => ({ slack: 'channel' }), PAGED, WITH_ACTIONS);
  const [first, second] = ACTIONS.map(({ link }) => link);
  expect(slack.document).toMatchObject({
    text: expect.stringContaining(`<${LINK}|Answer>\n<${first}|Resume>\n<${second}|Roll back>`),
    blocks: [
      { type: 'section' },
      { elements: [{ url: LINK }, { url: first, text: { text: 'Resume' } }, { url: second }] },
      { type: 'context' },
    ],
  });
  const url = (host: string) => ({ pagerduty: 'pager', url: `http://${host}/` });
  expect((await received(url, PAGED, WITH_ACTIONS)).document.links).toEqual([
    { href: LINK, text: 'Answer' },
    { href: first, text: 'Resume' },
    { href: second, text: 'Roll back' },
  ]);
});

test('a mail has a line for each link by which something can be done', async () => {
  const mails: string[] = [];
  const mailer = { send: async ({ text }: { readonly text: string }) => void mails.push(text) };
  const bench = new DeliveryBench({ mailer, ...WITH_ACTIONS });
  await bench.send({ receivers: [[{ name: 'one', receiver: { email: 'ada@x.org' } }]], ...PAGED });
  await bench.end();
  expect(mails[0]).toContain(
    `${LINK}\n\nResume; it asks before it does anything, and works once:\n${ACTIONS[0]?.link}\n\nRoll back;`,
  );
});

test('nothing of these links is kept', async () => {
  const bench = new DeliveryBench(WITH_ACTIONS);
  await bench.send({ receivers: [[{ name: 'one', receiver: { topic: 'alerts' } }]], ...PAGED });
  const deliveries = await bench.end();
  const kept = JSON.stringify([deliveries, await findNotification(bench.store, 'n')]);
  expect(kept).not.toContain('token=');
});
