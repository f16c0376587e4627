import { afterEach, expect, test } from 'vitest';
import { commandsOf } from '#devices/command-store.ts';
import { receivePresence } from '#devices/device-messages.ts';
import { OBEDIENT, World, type WorldOptions } from '#support/world.ts';

let world: World | undefined;
afterEach(() => {
  expect(world?.defects ?? []).toEqual([]);
  world?.[Symbol.dispose]();
  world = undefined;
});

const OLD = { firmware: '1.0.0' };

/** A pump that does what it is told; answers to the commands of these names are lost, and what it then did, `took` says. */
async function create(
  { mute = ['install'], took = true }: { mute?: readonly string[]; took?: boolean } = {},
  options: WorldOptions = {},
): Promise<World> {
  let firmware: unknown = OLD.firmware;
  world = await World.create({
    devices: [{ id: 'pump', reported: OLD }],
    behave: (device, message) => {
      const isLost = mute.includes(message.command);
      if (message.command === 'install' && (!isLost || took)) firmware = message.with['release'];
      if (message.command === 'restore') firmware = message.with['release'];
      if (isLost) return undefined;
      if (message.command === 'read') return { status: 'SUCCEEDED', result: { firmware } };
      return OBEDIENT(device, message);
    },
    ...options,
  });
  return world;
}

const workflow = (verify: string): string => `
steps:
  - id: flash
    command: install
    device: pump
    timeout: 5s
    with: { release: 2.0.0 }
    compensate:
      command: restore
      with: { release: "{% $target.reported.firmware %}" }
      verify: ${verify}
`;

const ASK = `{ command: read, with: { of: "{% $with.release %}" }, expect: "{% $result.firmware = $with.release %}" }`;
const LOOK = `{ expect: "{% $target.reported.firmware = $with.release %}" }`;

const sentNames = (): string[] => (world?.sent ?? []).map(({ message }) => message.command);

test('a command whose answer was lost is asked about, and undone when it took effect', async () => {
  const view = await (await create()).run(workflow(ASK));
  expect(view).toMatchObject({ status: 'ROLLED_BACK', error: 'Device.Timeout' });
  expect(view.steps).toMatchObject([{ path: 'flash', status: 'COMPENSATED' }]);
  expect(sentNames()).toEqual(['install', 'read', 'restore']);
  expect(world?.sent.map(({ message }) => message.with)).toEqual([
    { release: '2.0.0' },
    { of: '2.0.0' },
    { release: '1.0.0' },
  ]);
});

test('one that did not take effect is left, and nothing is left behind', async () => {
  const view = await (await create({ took: false })).run(workflow(ASK));
  expect(view).toMatchObject({ status: 'ROLLED_BACK' });
  expect(sentNames()).toEqual(['install', 'read']);
  const [command] = await commandsOf(world?.ports.table ?? never(), view.id);
  expect(command).toMatchObject({ tookEffect: false, verifiedBy: `${view.id}:flash:0:verify:0` });
});

test('one whose device does not answer when it is asked, four times, is left behind', async () => {
  const view = await (await create({ mute: ['install', 'read'] })).run(workflow(ASK));
  expect(view).toMatchObject({ status: 'ROLLBACK_INCOMPLETE' });
  expect(sentNames()).toEqual(['install', 'read', 'read', 'read', 'read']);
});

test('an answer from which nothing can be told is asked for again, and then given up', async () => {
  const view = await (await create()).run(workflow(`{ command: read, expect: "{% $result.firmware %}" }`));
  expect(view.status).toBe('ROLLBACK_INCOMPLETE');
  const [command] = await commandsOf(world?.ports.table ?? never(), view.id);
  expect(command).toMatchObject({
    undoError: 'Step.Unexpected',
    undoCause: '{% $result.firmware %} gives "2.0.0"',
  });
});

test.each([
  ['has what the command makes', { firmware: '2.0.0' }, 'ROLLED_BACK', ['install', 'restore']],
  ['has it not', { firmware: '1.0.0' }, 'ROLLED_BACK', ['install']],
  ['is not told', undefined, 'ROLLBACK_INCOMPLETE', ['install']],
])('by a reported state that %s', async (_what, reported, status, sent) => {
  const here = await create();
  const id = await here.start(workflow(LOOK));
  await here.quiet();
  await here.clock.advance(10_000);
  await here.quiet();
  if (reported !== undefined) await receivePresence(here.ports, 'pump', { status: 'online', reported });
  const view = await here.settle(id);
  expect(view.status).toBe(status);
  expect(sentNames()).toEqual(sent);
});

test('a reported state from before the command was given up proves that it took effect, and not that it did not', async () => {
  const here = await create();
  const id = await here.start(workflow(LOOK));
  await here.quiet();
  await receivePresence(here.ports, 'pump', { status: 'online', reported: { firmware: '1.0.0' } });
  const view = await here.settle(id);
  expect(view.status).toBe('ROLLBACK_INCOMPLETE');
  const [command] = await commandsOf(here.ports.table, id);
  expect(command).toMatchObject({
    undoError: 'Saga.OutcomeUnknown',
    undoCause: 'device "pump" has not reported its state since',
  });
});

test.each([
  ['SUCCEEDED', 'ROLLED_BACK', ['install', 'wait', 'restore']],
  ['FAILED', 'FAILED', ['install', 'wait']],
] as const)(
  'an answer %s that comes late is as good as one that was asked for',
  async (answer, status, sent) => {
    const here = await create({ mute: ['install', 'wait'] });
    const id = await here.start(`
steps:
  - id: flash
    command: install
    device: pump
    timeout: 5s
    catch: continue
    compensate: { command: restore, with: { release: old } }
  - { id: next, command: wait, device: pump, timeout: 60s }
`);
    await here.quiet();
    await here.clock.advance(6_000);
    await here.quiet();
    expect(await here.answer('pump', { id: `${id}:flash:0`, status: answer })).toBe('accepted');
    expect(await here.answer('pump', { id: `${id}:flash:0`, status: answer })).toBe('duplicate');
    expect(await here.settle(id)).toMatchObject({ status });
    expect(sentNames()).toEqual(sent);
  },
);

test('an undo whose answer comes late has been done, and is not tried again', async () => {
  const here = await create({ mute: ['restore'] });
  const id = await here.start(`
steps:
  - { id: flash, command: install, device: pump, compensate: { command: restore, timeout: 5s, with: { release: old } } }
  - { id: next, fail: { error: Plant.Unsafe } }
`);
  await here.until(() => sentNames().includes('restore'));
  await here.clock.advance(5_000);
  await here.quiet();
  expect(await here.answer('pump', { id: `${id}:flash:0:undo:0`, status: 'SUCCEEDED' })).toBe('accepted');
  expect(await here.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
  expect(sentNames()).toEqual(['install', 'restore']);
});

function never(): never {
  throw new Error('there is no world');
}
