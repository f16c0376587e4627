import { afterEach, expect, test } from 'vitest';
import { commandsOf } from '#devices/command-store.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { unwindRef } from '#executions/unwind-run.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

const ADA = { by: 'ada', reason: 'the valve is free again' };

function failing(...names: readonly string[]): Behaviour {
  return (device, message) =>
    names.includes(message.command)
      ? { status: 'FAILED', error: 'Device.Rejected', cause: 'stuck' }
      : OBEDIENT(device, message);
}

async function worldWith(behave: Behaviour): Promise<void> {
  world = await World.create({ devices: [{ id: 'a' }, { id: 'b' }], behave });
}

const sent = (): string[] => world.sent.map(({ device, message }) => `${device} ${message.command}`);
const ids = (): string[] => world.sent.map(({ message }) => message.id);

const TWO = `
steps:
  - { id: one, command: open, device: a, compensate: { command: close } }
  - { id: two, command: turn, device: b, compensate: { command: turn.back } }
  - { id: three, command: break, device: a }
`;

test('what an incomplete rollback has left is told: device, step, why, and how often it was tried', async () => {
  await worldWith(failing('break', 'turn.back'));
  const view = await world.run(TWO);
  expect(view.status).toBe('ROLLBACK_INCOMPLETE');
  expect(view.leftBehind).toEqual([
    {
      command: `${view.id}:two:0`,
      path: 'two',
      device: 'b',
      reason: 'UNDO_FAILED',
      error: 'Device.Rejected',
      cause: 'stuck',
      tries: 4,
    },
  ]);
});

test('a command whose outcome is unknown, and of which nothing tells how to ask, is told as it is', async () => {
  await worldWith((device, message) => (message.command === 'mute' ? undefined : OBEDIENT(device, message)));
  const view = await world.run(
    'steps: [{ id: one, command: mute, device: a, timeout: 5s, compensate: { command: close } }]',
  );
  expect(view.leftBehind).toMatchObject([
    { path: 'one', device: 'a', reason: 'OUTCOME_UNKNOWN', error: 'Device.Timeout', tries: 0 },
  ]);
  await expect(rollbackExecution(world.ports, view.id, ADA)).rejects.toMatchObject({ code: 'SW4067' });
});

test('an operator goes on with it: what was given up is tried again under ids of its own, and nothing else', async () => {
  await worldWith(failing('break', 'turn.back'));
  const { id } = await world.run(TWO);
  const before = world.sent.length;
  world.behave = OBEDIENT;

  expect(await rollbackExecution(world.ports, id, ADA)).toMatchObject({ status: 'ROLLING_BACK' });
  expect(await world.settle(id)).toMatchObject({
    status: 'ROLLED_BACK',
    leftBehind: [],
    error: 'Device.Rejected',
  });
  expect(sent().slice(before)).toEqual(['b turn.back']);
  expect(ids().at(-1)).toBe(`${id}:two:0:undo:100`);
  expect(new Set(ids()).size).toBe(ids().length);
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'rollback', ...ADA, details: { status: 'ROLLBACK_INCOMPLETE', round: 1 } },
  ]);
});

test('what fails again is told again, with all tries, and may be tried once more', async () => {
  await worldWith(failing('break', 'turn.back'));
  const { id } = await world.run(TWO);
  await rollbackExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({
    status: 'ROLLBACK_INCOMPLETE',
    leftBehind: [{ path: 'two', tries: 8 }],
  });
  world.behave = OBEDIENT;
  await rollbackExecution(world.ports, id, ADA);
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(ids().at(-1)).toBe(`${id}:two:0:undo:200`);
});

test('two operators at once begin one unwind', async () => {
  await worldWith(failing('break', 'turn.back'));
  const { id } = await world.run(TWO);
  world.behave = OBEDIENT;
  await Promise.all([rollbackExecution(world.ports, id, ADA), rollbackExecution(world.ports, id, ADA)]);
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(sent().filter((name) => name === 'b turn.back')).toHaveLength(5);
  expect(await world.ports.engine.describe(unwindRef(id, 2))).toBeUndefined();
});

test('an execution that was halted with what it did is rolled back by an operator', async () => {
  await worldWith(failing('break'));
  const { id, status } = await world.run(`
steps:
  - id: each
    forEach: "{% ['a', 'b'] %}"
    as: device
    maxConcurrency: 1
    tolerate: { count: 0 }
    onExceeded: halt
    steps:
      - { id: go, command: open, device: "{% $device %}", compensate: { command: close } }
      - { id: broken, if: "{% $device = 'b' %}", command: break, device: b }
`);
  expect(status).toBe('FAILED');
  expect(sent()).toEqual(['a open', 'b open', 'b break', 'b close']);
  expect(await rollbackExecution(world.ports, id, ADA)).toMatchObject({ status: 'ROLLING_BACK' });
  expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK', error: 'Stepwright.Halted' });
  expect(sent().slice(4)).toEqual(['a close']);
});

test.each([
  ['has succeeded', 'steps: [{ id: one, command: open, device: a, compensate: { command: close } }]'],
  ['is rolled back', TWO],
  ['has failed and left nothing', 'steps: [{ id: one, command: break, device: a }]'],
])('one that %s is not rolled back, which is noted', async (_what, text) => {
  await worldWith(failing('break'));
  const { id, status } = await world.run(text);
  await expect(rollbackExecution(world.ports, id, ADA)).rejects.toMatchObject({
    code: 'SW4067',
    kind: 'conflict',
    hint: expect.stringMatching(/./),
  });
  expect(await actionsOf(world.ports.table, id)).toMatchObject([
    { operation: 'rollback', refused: expect.stringContaining(`is ${status}`) },
  ]);
  expect((await world.view(id)).status).toBe(status);
});

test('one that runs is stopped instead', async () => {
  await worldWith((device, message) => (message.command === 'wait' ? undefined : OBEDIENT(device, message)));
  const id = await world.start('steps: [{ id: one, command: wait, device: a }]');
  await world.quiet();
  await expect(rollbackExecution(world.ports, id, ADA)).rejects.toMatchObject({
    code: 'SW4067',
    hint: 'stop it: what it has done is undone then',
  });
});

test.each([
  ['undo', ['a mute', 'a close'], true],
  ['keep', ['a mute'], false],
] as const)(
  'an operator who has looked says of what is unknown: %s',
  async (unknown, expected, tookEffect) => {
    await worldWith((device, message) =>
      message.command === 'mute' ? undefined : OBEDIENT(device, message),
    );
    const { id } = await world.run(
      'steps: [{ id: one, command: mute, device: a, timeout: 5s, compensate: { command: close } }]',
    );
    await rollbackExecution(world.ports, id, { ...ADA, unknown });
    expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
    expect(sent()).toEqual(expected);
    const [command] = await commandsOf(world.ports.table, id);
    expect(command).toMatchObject({ tookEffect, verifiedBy: 'operator ada' });
    expect(await actionsOf(world.ports.table, id)).toMatchObject([
      { operation: 'rollback', details: { unknown } },
    ]);
  },
);

test('where nothing is unknown, there is nothing to say of it', async () => {
  await worldWith(failing('break', 'turn.back'));
  const { id } = await world.run(TWO);
  await expect(rollbackExecution(world.ports, id, { ...ADA, unknown: 'undo' })).rejects.toMatchObject({
    code: 'SW4067',
    hint: 'of nothing that it did is it unknown',
  });
});
