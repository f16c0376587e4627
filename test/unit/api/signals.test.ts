import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('events and signals reach the steps that wait for them', async () => {
  const id = await world.start(`
steps:
  - { id: a, wait: { event: { name: go } } }
  - { id: b, wait: { event: { name: on } } }
`);
  await world.quiet();
  expect((await api.good('POST', '/v1/events', json({ name: 'go' }))).document).toEqual({ taken: 1 });
  await world.quiet();
  const signal = json({ name: 'on', data: [1] });
  expect((await api.good('POST', `/v1/executions/${id}/signal`, signal)).document).toEqual({ taken: true });
  expect(await world.settle(id)).toMatchObject({ output: { a: {}, b: [1] } });
  expect(await api.problem('POST', '/v1/executions/nobody/signal', signal)).toMatchObject({ code: 'SW4044' });
  expect(await api.problem('POST', '/v1/events', json({ data: 1 }))).toMatchObject({ code: 'SW4001' });
});

test('approvals are listed, read and decided', async () => {
  const id = await world.start('steps: [{ id: ask, approve: { group: ops, timeout: 1h } }]');
  await world.quiet();
  const path = `/v1/approvals/${encodeURIComponent(`${id}:ask:0`)}`;
  expect((await api.good('GET', '/v1/approvals')).document).toMatchObject({
    approvals: [{ execution: id, path: 'ask', group: 'ops', dueAt: '2026-01-01T01:00:00.000Z' }],
  });
  const vote = json({ decision: 'approve', by: 'ann', comment: 'go' });
  expect((await api.good('POST', path, vote)).document).toMatchObject({ status: 'APPROVED' });
  expect((await api.good('GET', path)).document).toMatchObject({ votes: [{ by: 'ann', comment: 'go' }] });
  expect(await api.problem('POST', path, json({ decision: 'reject', by: 'bob' }))).toMatchObject({
    code: 'SW4026',
  });
  expect(await api.problem('GET', '/v1/approvals/none')).toMatchObject({ code: 'SW4046' });
  expect(await api.problem('POST', path, json({ decision: 'maybe', by: 'x' }))).toMatchObject({
    code: 'SW4001',
  });
});

test('pools are made, changed and read', async () => {
  expect((await api.good('PUT', '/v1/pools/uplink', json({ limit: 2 }))).document).toEqual({
    ...{ name: 'uplink', limit: 2, used: 0 },
  });
  const id = await world.start(
    'steps: [{ id: a, lock: { pools: { uplink: 2 }, steps: [{ id: b, wait: { event: { name: go } } }] } }]',
  );
  await world.quiet();
  await api.good('PUT', '/v1/pools/uplink', json({ limit: 1 }));
  expect((await api.good('GET', '/v1/pools/uplink')).document).toEqual({
    ...{ name: 'uplink', limit: 1, used: 2, line: [] },
    holders: [{ task: `${id}:a:0`, executionId: id, path: 'a', units: 2, since: '2026-01-01T00:00:00.000Z' }],
  });
  expect((await api.good('GET', '/v1/pools')).document).toMatchObject({ pools: [{ name: 'uplink' }] });
  expect(await api.problem('GET', '/v1/pools/none')).toMatchObject({ code: 'SW4047' });
  expect(await api.problem('PUT', '/v1/pools/Uplink', json({ limit: 1 }))).toMatchObject({ code: 'SW4001' });
});

test('notifications of a day are read, the newest first', async () => {
  await world.run(`
steps:
  - { id: a, notify: { topic: plant, message: first } }
  - { id: b, notify: { topic: plant, subject: Two, message: { n: 2 } } }
`);
  expect((await api.good('GET', '/v1/notifications')).document).toMatchObject({
    notifications: [
      { subject: 'Two', message: { n: 2 } },
      { topic: 'plant', message: 'first' },
    ],
  });
  expect((await api.good('GET', '/v1/notifications?day=2025-12-31')).document).toEqual({ notifications: [] });
});
