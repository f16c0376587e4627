import { describe, expect, test } from 'vitest';
import { DeliveryBench } from '#support/delivery-bench.ts';
import { type Answering, ReceivingServer } from '#support/receiving-server.ts';

const START = Date.UTC(2026, 0, 1);
const SECRETS = {
  STEPWRIGHT_SECRET_CHANNEL: 'http://127.0.0.1:1/services/T0/B0/verysecret',
  STEPWRIGHT_SECRET_PAGER: 'r0utingkey',
};

/** Tells one webhook of something, and lets time go by to the end. */
async function told(
  answer: Answering,
  { timeoutMs, ...fields }: { readonly isTest?: boolean; readonly timeoutMs?: number } = {},
) {
  await using server = await ReceivingServer.start(answer);
  const bench = new DeliveryBench({ hosts: [server.host], timeoutMs });
  const addressee = { name: 'hook', receiver: { webhook: { url: `http://${server.host}/x` } } };
  await bench.send({ receivers: [[addressee]], ...fields });
  const [delivery] = await bench.end();
  const ids = server.received.map(({ headers }) => headers['webhook-id']);
  return { delivery, ids: [...new Set(ids)], count: ids.length, defects: bench.defects };
}

const first =
  (answer: Answering): Answering =>
  (response, request, count) =>
    count === 1 ? answer(response, request, count) : void response.end();

const LONG = 'x'.repeat(5_000_000);

describe('a receiver that fails at first is sent the same again, under the same id', () => {
  test.each<[string, Answering, number]>([
    ['answers 500', (response) => response.writeHead(500).end(), 0],
    ['answers 408', (response) => response.writeHead(408).end(), 0],
    ['breaks off', (response) => response.destroy(), 0],
    [
      'answers 429 and asks for 90 s',
      (response) => response.writeHead(429, { 'retry-after': '90' }).end(),
      90,
    ],
    [
      'answers 503 and asks to wait until a time',
      (response) => response.writeHead(503, { 'retry-after': 'Thu, 01 Jan 2026 00:05:00 GMT' }).end(),
      300,
    ],
    ['answers 500 with a body without end', (response) => void response.writeHead(500).write(LONG), 0],
  ])('one that %s', async (_what, answer, waitSeconds) => {
    const { delivery, ids, count } = await told(first(answer));
    expect(delivery).toMatchObject({ status: 'DELIVERED', tries: 2 });
    expect({ ids, count }).toEqual({ ids: [delivery?.id], count: 2 });
    expect((delivery?.endedAt ?? 0) - START).toBeGreaterThanOrEqual(Math.max(2_500, waitSeconds * 1_000));
  });
});

test('a receiver that is silent has so much time, and is sent the same again', async () => {
  const { delivery, ids } = await told(
    first(() => {}),
    { timeoutMs: 1_000 },
  );
  expect({ status: delivery?.status, ids }).toEqual({ status: 'DELIVERED', ids: [delivery?.id] });
  expect(delivery?.error?.message).toMatch(/did not answer within 1 s/);
});

describe('an answer of 2xx is taken as it is', () => {
  test.each<[string, Answering]>([
    ['has a body that never ends', (response) => void response.writeHead(200).write('x')],
    ['has a huge body', (response) => response.end(LONG)],
    ['is 204', (response) => response.writeHead(204).end()],
  ])('though it %s', async (_what, answer) => {
    expect(await told(answer)).toMatchObject({ delivery: { status: 'DELIVERED', tries: 1 }, count: 1 });
  });
});

describe('what cannot get better is given up at once, with what to do', () => {
  test.each<[number, RegExp]>([
    [401, /put the right key into stepwright.yaml/],
    [403, /put the right key into stepwright.yaml/],
    [410, /nobody is there: change the address in stepwright.yaml/],
    [404, /nobody is there/],
    [400, /does not take what it is sent/],
  ])('status %i', async (status, hint) => {
    const { delivery, count } = await told((response) => response.writeHead(status).end('no\u0000\nway'));
    expect({ status: delivery?.status, count }).toEqual({ status: 'FAILED', count: 1 });
    expect(delivery?.error?.message).toBe(`it was answered with status ${status}: no way`);
    expect(delivery?.error?.hint).toMatch(hint);
  });

  test('a redirect to a private address, which nobody follows', async () => {
    await using secret = await ReceivingServer.start();
    const { delivery } = await told((response) =>
      response.writeHead(307, { location: `http://${secret.host}/meta-data` }).end(),
    );
    expect(delivery).toMatchObject({ status: 'FAILED', tries: 1 });
    expect(delivery?.error?.hint).toMatch(/redirects are not followed/);
    expect(secret.received).toEqual([]);
  });

  test.each([
    ['a private address', 'https://127.0.0.1:1/x', /127\.0\.0\.1:1 is in a private network/],
    ['a service of clouds', 'https://169.254.169.254/latest', /private network/],
    ['an address without TLS', 'http://example.com/x', /example\.com is called without TLS/],
  ])('%s that is not allowed', async (_what, url, message) => {
    const bench = new DeliveryBench();
    await bench.send({ receivers: [[{ name: 'hook', receiver: { webhook: { url } } }]] });
    const [delivery] = await bench.end();
    expect(delivery).toMatchObject({ status: 'FAILED', tries: 1 });
    expect(delivery?.error?.message).toMatch(message);
    expect(delivery?.error?.hint).toMatch(/STEPWRIGHT_HTTP_ALLOW/);
  });

  test.each([
    ['a secret that is not there', { slack: 'none' }, /there is no secret "none"/, /STEPWRIGHT_SECRET_NONE/],
    [
      'a secret that is no address',
      { slack: 'pager' },
      /^the secret "pager" holds no address/,
      /put one there/,
    ],
    ['mail without a mail server', { email: 'a@x.org' }, /no mail server/, /STEPWRIGHT_SMTP_URL/],
    [
      'a secret that is no key',
      { webhook: { url: 'https://example.com', secret: 'pager' } },
      /the secret "pager" is no key: 24 to 64/,
      /openssl rand/,
    ],
  ])('%s', async (_what, receiver, message, hint) => {
    const bench = new DeliveryBench({ secrets: SECRETS });
    await bench.send({ receivers: [[{ name: 'one', receiver }]] });
    const [delivery] = await bench.end();
    expect(delivery?.status).toBe('FAILED');
    expect(delivery?.error?.message).toMatch(message);
    expect(delivery?.error?.hint).toMatch(hint);
    expect(JSON.stringify(delivery)).not.toContain('r0utingkey');
  });
});

describe('a receiver that stays dead', () => {
  test('is tried for a day, ever more seldom, and then given up', async () => {
    const bench = new DeliveryBench({ hosts: ['127.0.0.1:1'], secrets: SECRETS });
    await bench.send({ receivers: [[{ name: 'channel', receiver: { slack: 'channel' } }]] });
    const [delivery] = await bench.end();
    expect(delivery).toMatchObject({
      status: 'FAILED',
      error: { message: expect.stringMatching(/127\.0\.0\.1:1/) },
    });
    expect(delivery?.tries).toBeGreaterThan(25);
    expect(delivery?.tries).toBeLessThanOrEqual(50);
    expect(delivery?.endedAt).toBeLessThanOrEqual(START + 86_400_000);
    expect(delivery?.endedAt).toBeGreaterThan(START + 80_000_000);
    // The address of a Slack webhook is a secret.
    expect(JSON.stringify(delivery)).not.toContain('verysecret');
  });

  test('is tried for minutes where there is another, which is told in its place', async () => {
    await using server = await ReceivingServer.start();
    const bench = new DeliveryBench({ hosts: ['127.0.0.1:1', server.host] });
    await bench.say({
      receivers: {
        dead: { webhook: { url: 'http://127.0.0.1:1/' }, fallback: 'list' },
        deaf: { webhook: { url: 'http://127.0.0.1:1/' }, fallback: 'list' },
        list: { email: 'ops@x.org', fallback: 'hook' },
        hook: { webhook: { url: `http://${server.host}/` } },
      },
      routes: [{ to: ['dead', 'deaf'] }],
    });
    await bench.send();
    const deliveries = await bench.end();
    expect(deliveries.map(({ name, status, inPlaceOf = '' }) => [name, status, inPlaceOf])).toEqual([
      ['dead', 'FAILED', ''],
      ['deaf', 'FAILED', ''],
      ['hook', 'DELIVERED', 'list'],
      ['list', 'FAILED', expect.stringMatching(/dead|deaf/)],
    ]);
    expect(deliveries[2]?.endedAt).toBeLessThanOrEqual(START + 300_000);
    expect(server.received).toHaveLength(1);
  });

  test('that asks to come back after all patience is given up now', async () => {
    const { delivery, count } = await told((response) =>
      response.writeHead(429, { 'retry-after': '864000' }).end(),
    );
    expect({ status: delivery?.status, count }).toEqual({ status: 'FAILED', count: 1 });
  });

  test('is tried once by a test', async () => {
    const { delivery, count } = await told((response) => response.writeHead(500).end(), { isTest: true });
    expect({ status: delivery?.status, count }).toEqual({ status: 'FAILED', count: 1 });
  });
});
