import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from '#api/api.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { World } from '#support/world.ts';

let world: World;
let api: ApiCalls;
beforeEach(async () => {
  world = await World.create();
  api = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

const SETTINGS = {
  receivers: {
    bus: { topic: 'plant' },
    list: { email: 'ops@x.org' },
    gone: { slack: 'none', fallback: 'list' },
  },
  notifications: [{ topics: ['releases'], to: ['bus', 'gone'] }],
};
const TELL = 'steps: [{ id: a, notify: { topic: releases, subject: Out, message: done } }]';

test('who is told of what is said and read, and nobody is named who is not there', async () => {
  expect((await api.good('GET', '/v1/receivers')).document).toEqual({ receivers: {}, notifications: [] });
  expect((await api.good('PUT', '/v1/receivers', json(SETTINGS))).document).toEqual(SETTINGS);
  expect((await api.good('GET', '/v1/receivers')).document).toEqual(SETTINGS);
  for (const wrong of [
    { notifications: [{ to: ['nobody'] }] },
    { receivers: { a: { slack: 's', fallback: 'nobody' } } },
    { receivers: { a: { slack: 's', email: 'a@x.org' } } },
    { receivers: { a: { webhook: { url: 'file:///etc/passwd' } } } },
    { notifications: [{ to: ['constructor'] }] },
  ])
    expect(await api.problem('PUT', '/v1/receivers', json(wrong))).toMatchObject({ code: 'SW4001' });
  expect((await api.good('GET', '/v1/receivers')).document).toEqual(SETTINGS);
});

test('what has become of a notification is told, receiver by receiver, with what to do', async () => {
  await api.good('PUT', '/v1/receivers', json(SETTINGS));
  const { id } = await world.run(TELL);
  await world.until(async () => {
    const { document } = await api.good('GET', '/v1/deliveries');
    return z.object({ deliveries: z.array(z.unknown()) }).parse(document).deliveries.length === 2;
  });
  const path = `/v1/notifications/${encodeURIComponent(`${id}:a:0`)}`;
  expect((await api.good('GET', path)).document).toMatchObject({
    ...{ id: `${id}:a:0`, topic: 'releases', pending: 0, delivered: 1, failed: 2 },
    deliveries: [
      { receiver: 'bus', kind: 'topic', status: 'DELIVERED', tries: 1 },
      { receiver: 'gone', kind: 'slack', status: 'FAILED', error: { message: 'there is no secret "none"' } },
      { receiver: 'list', kind: 'email', status: 'FAILED', inPlaceOf: 'gone' },
    ],
  });
  expect((await api.good('GET', '/v1/notifications')).document).toMatchObject({
    notifications: [{ subject: 'Out', delivered: 1, failed: 2 }],
  });

  const again = await api.good('POST', `${path}/retry`, json({ receiver: 'gone' }));
  expect(again).toMatchObject({ status: 202, document: { pending: 1, failed: 1 } });
  const pending = await api.good('GET', '/v1/deliveries?status=PENDING');
  expect(pending.document).toMatchObject({ deliveries: [{ receiver: 'gone', tries: 0 }] });
  expect(await api.problem('POST', `${path}/retry`, json({ receiver: 'bus' }))).toMatchObject({
    code: 'SW4203',
  });
  expect(await api.problem('GET', '/v1/notifications/none')).toMatchObject({ code: 'SW4201' });
  expect(await api.problem('GET', '/v1/deliveries?status=LOST')).toMatchObject({ code: 'SW4001' });
});

test('a receiver is tried', async () => {
  await api.good('PUT', '/v1/receivers', json(SETTINGS));
  const { status, document } = await api.good('POST', '/v1/receivers/bus/test');
  expect(status).toBe(202);
  const { notificationId } = z.object({ notificationId: z.string() }).parse(document);
  const path = `/v1/notifications/${encodeURIComponent(notificationId)}`;
  await world.until(
    async () => z.object({ pending: z.number() }).parse((await api.good('GET', path)).document).pending === 0,
  );
  expect((await api.good('GET', path)).document).toMatchObject({ topic: 'test', delivered: 1 });
  expect(await api.problem('POST', '/v1/receivers/none/test')).toMatchObject({ code: 'SW4202' });
});
