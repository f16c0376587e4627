import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { ExecutionStatus } from '#executions/execution.ts';
import { claimDevices, claimDevicesAgain, freeDevices, giveDevicesBack } from '#executions/rollout/claims.ts';
import type { SignalPorts } from '#signals/ports.ts';
import { Database } from '#storage/database.ts';
import { deviceKeys, executionKeys } from '#table/keys.ts';
import { SqliteTable } from '#table/sqlite.ts';

const DEVICES = ['a', 'b', 'c', 'd'];
const EXECUTIONS = ['one', 'two', 'three'];

function open(stack: DisposableStack): SignalPorts & { readonly clock: VirtualClock } {
  const database = stack.adopt(new Database(':memory:'), (opened) => opened.close());
  return {
    table: new SqliteTable(database),
    clock: new VirtualClock(1_000),
    random: seededRandom(1),
    engine: { succeedTask: async () => 'accepted', failTask: async () => 'accepted' },
    deadlines: { schedule: async () => {} },
    notifier: { send: async () => {} },
  };
}

async function setStatus({ table, clock }: SignalPorts, id: string, status: ExecutionStatus): Promise<void> {
  const running = { id, workflow: 'w', version: '1.0.0', machine: 'm', input: {}, startedAt: 0 };
  const ended = status === 'RUNNING' || status === 'ROLLING_BACK' ? {} : { endedAt: clock.now() };
  await table.put({ ...executionKeys.meta(id), ...running, status, ...ended });
}

async function holders({ table }: SignalPorts): Promise<Record<string, string>> {
  const found = await Promise.all(
    DEVICES.map(
      async (device) => [device, (await table.get(deviceKeys.claim(device)))?.['execution']] as const,
    ),
  );
  return Object.fromEntries(found.flatMap(([device, by]) => (typeof by === 'string' ? [[device, by]] : [])));
}

test('claims of an execution that has ended, of which nobody has heard, are no obstacle', async () => {
  using stack = new DisposableStack();
  const ports = open(stack);
  await setStatus(ports, 'one', 'RUNNING');
  await setStatus(ports, 'two', 'RUNNING');
  await claimDevices(ports, ['a', 'b'], { execution: 'one', path: 'r' });
  expect(await claimDevices(ports, ['b', 'c'], { execution: 'two', path: 'r' })).toEqual([
    { device: 'b', by: 'one' },
  ]);
  await setStatus(ports, 'one', 'FAILED');
  expect(await claimDevices(ports, DEVICES, { execution: 'two', path: 'r' })).toEqual([]);
  expect(await holders(ports)).toEqual({ a: 'two', b: 'two', c: 'two', d: 'two' });
});

test('an execution that has ended claims nothing any more, however late its call comes', async () => {
  using stack = new DisposableStack();
  const ports = open(stack);
  await setStatus(ports, 'one', 'STOPPED');
  const late = claimDevices(ports, DEVICES, { execution: 'one', path: 'r' });
  await expect(late).rejects.toThrow(RuntimeError);
  await expect(late).rejects.toThrow('execution "one" runs no more');
  expect(await holders(ports)).toEqual({});
});

test('what one step gives back stays claimed by another step of the execution', async () => {
  using stack = new DisposableStack();
  const ports = open(stack);
  await setStatus(ports, 'one', 'RUNNING');
  await claimDevices(ports, ['a', 'b'], { execution: 'one', path: 'first' });
  await claimDevices(ports, ['b', 'c'], { execution: 'one', path: 'second' });
  await giveDevicesBack(ports.table, { execution: 'one', path: 'second' });
  expect(await holders(ports)).toEqual({ a: 'one', b: 'one' });
});

test('what a redrive has claimed before it goes on is left to it, for five minutes', async () => {
  using stack = new DisposableStack();
  const ports = open(stack);
  await setStatus(ports, 'one', 'RUNNING');
  await setStatus(ports, 'two', 'RUNNING');
  await claimDevices(ports, ['a'], { execution: 'one', path: 'r' });
  await setStatus(ports, 'one', 'FAILED');
  await freeDevices(ports, 'one');
  await ports.clock.advance(1_000);
  await claimDevicesAgain(ports, 'one');
  expect(await claimDevices(ports, ['a'], { execution: 'two', path: 'r' })).toHaveLength(1);
  await ports.clock.advance(300_000);
  expect(await claimDevices(ports, ['a'], { execution: 'two', path: 'r' })).toEqual([]);
});

test('more devices than a transaction takes are claimed, all but those that others have', async () => {
  using stack = new DisposableStack();
  const ports = open(stack);
  await setStatus(ports, 'one', 'RUNNING');
  await setStatus(ports, 'two', 'RUNNING');
  const many = Array.from({ length: 130 }, (_, n) => `d${n}`);
  await claimDevices(ports, ['d7', 'd77', 'd129'], { execution: 'one', path: 'r' });
  const taken = await claimDevices(ports, many, { execution: 'two', path: 'r' });
  expect(taken.map(({ device }) => device).toSorted()).toEqual(['d129', 'd7', 'd77']);
  await setStatus(ports, 'two', 'SUCCEEDED');
  await freeDevices(ports, 'two');
  expect(await ports.table.get(deviceKeys.claim('d8'))).toBeUndefined();
  expect(await ports.table.get(deviceKeys.claim('d7'))).toMatchObject({ execution: 'one' });
});

type Doing = 'claim' | 'give back' | 'end' | 'end unheard' | 'hear' | 'redrive' | 'roll back';

interface Step {
  readonly who: string;
  readonly doing: Doing;
  readonly devices: readonly string[];
  readonly path: string;
}

/** Who runs, and what each was given and has not given back. */
interface Model {
  readonly running: Set<string>;
  readonly given: ReadonlyMap<string, Set<string>>;
}

function givenTo({ given }: Model, id: string): Set<string> {
  return given.get(id) ?? new Set();
}

/** Others that run and have one of these devices. */
function rivals(model: Model, who: string, devices: Iterable<string>): readonly string[] {
  const wanted = [...devices];
  const others = EXECUTIONS.filter((id) => id !== who && model.running.has(id));
  return others.filter((id) => wanted.some((device) => givenTo(model, id).has(device)));
}

async function claim(ports: SignalPorts, model: Model, { who, devices, path }: Step): Promise<void> {
  const taken = await claimDevices(ports, devices, { execution: who, path });
  for (const device of devices) {
    const isTaken = taken.some((one) => one.device === device);
    expect(isTaken).toBe(rivals(model, who, [device]).length > 0);
    if (!isTaken) givenTo(model, who).add(device);
  }
}

async function redrive(ports: SignalPorts, model: Model, { who }: Step): Promise<void> {
  const refused: unknown = await claimDevicesAgain(ports, who).catch((error: unknown) => error);
  expect(refused instanceof StepwrightError).toBe(rivals(model, who, givenTo(model, who)).length > 0);
  if (refused !== undefined) return;
  await setStatus(ports, who, 'RUNNING');
  model.running.add(who);
}

async function whileRunning(ports: SignalPorts, model: Model, step: Step): Promise<void> {
  const { who, doing } = step;
  if (doing === 'claim') return claim(ports, model, step);
  if (doing === 'give back') {
    for (const path of ['r', 's']) await giveDevicesBack(ports.table, { execution: who, path });
    givenTo(model, who).clear();
  } else if (doing === 'roll back') {
    await setStatus(ports, who, 'ROLLING_BACK');
    await freeDevices(ports, who);
    await setStatus(ports, who, 'RUNNING');
  } else if (doing === 'end' || doing === 'end unheard') {
    await setStatus(ports, who, 'FAILED');
    model.running.delete(who);
    if (doing === 'end') await freeDevices(ports, who);
  }
}

async function onceEnded(ports: SignalPorts, model: Model, step: Step): Promise<void> {
  if (step.doing === 'hear') await freeDevices(ports, step.who);
  if (step.doing === 'redrive') await redrive(ports, model, step);
}

test('of any operations: no device is with two that run, and none is with anybody once all have ended', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    who: fc.constantFrom(...EXECUTIONS),
    doing: fc.constantFrom<Doing>(
      ...(['claim', 'claim', 'give back', 'end', 'end unheard', 'hear', 'redrive', 'roll back'] as const),
    ),
    devices: fc.subarray(DEVICES),
    path: fc.constantFrom('r', 's'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      using stack = new DisposableStack();
      const ports = open(stack);
      const model = {
        running: new Set(EXECUTIONS),
        given: new Map(EXECUTIONS.map((id) => [id, new Set<string>()])),
      };
      for (const id of EXECUTIONS) await setStatus(ports, id, 'RUNNING');
      for (const each of steps) {
        await ports.clock.advance(1_000);
        await (model.running.has(each.who) ? whileRunning : onceEnded)(ports, model, each);
        const held = await holders(ports);
        for (const id of model.running)
          for (const device of givenTo(model, id)) expect(held[device]).toBe(id);
      }
      for (const id of EXECUTIONS) {
        await setStatus(ports, id, 'SUCCEEDED');
        await freeDevices(ports, id);
      }
      expect(await holders(ports)).toEqual({});
    }),
    { numRuns: 2_000 },
  );
});
