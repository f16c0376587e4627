import { afterEach, expect, test } from 'vitest';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { type Behaviour, OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => {
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

const FAILED = { status: 'FAILED', error: 'Device.Rejected', cause: 'stuck' } as const;

async function worldWith(behave: Behaviour): Promise<void> {
  world = await World.create({ devices: ['a', 'b', 'c'].map((id) => ({ id })), behave });
}

/** Each device is opened, which can be undone, and checked. */
const eachDevice = (more: string): string => `
steps:
  - id: each
    forEach: "{% ['a', 'b', 'c'] %}"
    as: device
    ${more}
    steps:
      - { id: open, command: open, device: "{% $device %}", timeout: 30s, compensate: { command: shut, timeout: 30s } }
      - { id: check, command: check, device: "{% $device %}", timeout: 30s }
`;

test('an execution that succeeds tells what an iteration has left whose undo failed', async () => {
  await worldWith((device, message) => {
    const isStuck = device === 'b' && message.command !== 'open';
    return isStuck ? FAILED : OBEDIENT(device, message);
  });
  const view = await world.run(eachDevice('tolerate: { count: 1 }'));
  expect(view).toMatchObject({
    status: 'SUCCEEDED',
    leftBehind: [
      { path: 'each[1].open', device: 'b', reason: 'UNDO_FAILED', error: 'Device.Rejected', tries: 4 },
    ],
  });
});

test('one that is halted tells what an iteration has left whose undo was cut off, and not what is kept', async () => {
  await worldWith((device, message) => {
    if (device === 'a' && message.command === 'shut') return undefined;
    return device !== 'c' && message.command === 'check' ? FAILED : OBEDIENT(device, message);
  });
  const view = await world.run(eachDevice('tolerate: { count: 0 }\n    onExceeded: halt'));
  expect(view).toMatchObject({
    status: 'FAILED',
    error: 'Stepwright.Halted',
    leftBehind: [{ path: 'each[0].open', device: 'a', reason: 'NOT_UNDONE' }],
  });
  expect(world.sent.filter(({ message }) => message.command === 'shut').map(({ device }) => device)).toEqual([
    ...['a', 'b'],
  ]);

  world.behave = OBEDIENT;
  await rollbackExecution(world.ports, view.id, { by: 'ada' });
  expect(await world.settle(view.id)).toMatchObject({ status: 'ROLLED_BACK', leftBehind: [] });
});
