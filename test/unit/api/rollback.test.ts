import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { type ApiCalls, apiCalls, json } from '#support/api-calls.ts';
import { OBEDIENT, World } from '#support/world.ts';

let world: World;
let calls: ApiCalls;
beforeEach(async () => {
  world = await World.create({
    devices: [{ id: 'a' }],
    behave: (device, message) =>
      message.command === 'close'
        ? { status: 'FAILED', error: 'Device.Rejected' }
        : OBEDIENT(device, message),
  });
  calls = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
});
afterEach(() => world[Symbol.dispose]());

const WORKFLOW = `
steps:
  - { id: one, command: open, device: a, compensate: { command: close } }
  - { id: two, fail: { error: Plant.Unsafe } }
`;

test('an execution tells what it has left behind, and is rolled back on request, by whom and why', async () => {
  const { id } = await world.run(WORKFLOW);
  const path = `/v1/executions/${id}`;
  expect((await calls.good('GET', path)).document).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [
      {
        ...{ command: `${id}:one:0`, path: 'one', device: 'a', tries: 4 },
        ...{ reason: 'UNDO_FAILED', error: 'Device.Rejected' },
      },
    ],
  });
  world.behave = OBEDIENT;
  const body = { by: 'ada', reason: 'the valve is free again' };
  expect(await calls.good('POST', `${path}/rollback`, json(body))).toMatchObject({
    status: 202,
    document: { executionId: id, status: 'ROLLING_BACK' },
  });
  await world.settle(id);
  const { document } = await calls.good('GET', path);
  expect(document).toMatchObject({ status: 'ROLLED_BACK' });
  expect(document).not.toHaveProperty('leftBehind');
  expect((await calls.good('GET', `${path}/history`)).document).toMatchObject({
    actions: [{ operation: 'rollback', ...body }],
  });
});

test('a command tells how it was found out what it did', async () => {
  world.behave = (device, message) => (message.command === 'open' ? undefined : OBEDIENT(device, message));
  const { id } = await world.run(
    WORKFLOW.replace(
      'compensate: {',
      'timeout: 5s, compensate: { verify: { command: ask, expect: "{% $result.done %}" },',
    ),
  );
  const { document } = await calls.good('GET', `/v1/commands/${encodeURIComponent(`${id}:one:0`)}`);
  expect(document).toMatchObject({
    status: 'TIMED_OUT',
    tookEffect: true,
    verifiedBy: `${id}:one:0:verify:0`,
    undoneBy: `${id}:one:0:undo:0`,
  });
});

test('one that has left nothing is refused', async () => {
  const { id } = await world.run('steps: [{ id: one, command: open, device: a }]');
  expect(await calls.problem('POST', `/v1/executions/${id}/rollback`, json({}))).toMatchObject({
    status: 409,
    code: 'SW4067',
  });
});
