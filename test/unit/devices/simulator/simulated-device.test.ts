import { beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { Source } from '#definition/source.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import type { Execution } from '#devices/sdk/command-server.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { type ExecutedCommand, SimulatedDevice } from '#devices/simulator/simulated-device.ts';

const START = Date.UTC(2026, 0, 1);
const INSTALL: CommandMessage = {
  id: 'run:flash:0',
  command: 'install',
  with: { release: '2.1.0' },
  issuedAt: START,
  timeoutMs: 30_000,
};
const DONE: AnswerMessage = { id: INSTALL.id, status: 'SUCCEEDED' };

let clock: VirtualClock;
let executed: ExecutedCommand[];
beforeEach(() => {
  clock = new VirtualClock(START);
  executed = [];
});

function create(behaviour: string, seed = 1): SimulatedDevice {
  const text = `{ stepwright: 1, fleet: f, devices: [{ id: pump, type: pump, reported: { firmware: 1.9.0 } }], behaviour: ${behaviour} }`;
  const { fleet, diagnostics } = readFleet(Source.parse('fleet.yaml', text));
  expect(diagnostics).toEqual([]);
  const [device] = fleet?.devices ?? [];
  if (device === undefined) throw new Error('there is no device');
  const random = seededRandom(seed);
  return new SimulatedDevice({ device, clock, random, onExecuted: (command) => executed.push(command) });
}

/** Executes, letting time go by. */
async function execute(device: SimulatedDevice, message = INSTALL): Promise<Execution> {
  const execution = device.execute(message);
  execution.catch(() => undefined);
  await clock.advance(60_000);
  return execution;
}

/** What goes over the line when an answer is given. */
function transmit(device: SimulatedDevice, answer: AnswerMessage): string[] {
  const line: string[] = [];
  device.transmit(answer, {
    send: ({ status }) => line.push(status),
    drop: () => line.push('dropped'),
  });
  return line;
}

test('a command that is not described succeeds with nothing, and is logged', async () => {
  expect(await execute(create('{}'))).toEqual({ result: null });
  expect(executed).toEqual([
    { device: 'pump', commandId: 'run:flash:0', command: 'install', at: '2026-01-01T00:00:00.000Z' },
  ]);
});

test('a success sets reported state, by the arguments and the state before', async () => {
  const device = create(`{ commands: { install: {
    sets: { firmware: "{% $with.release %}", previous: "{% $device.reported.firmware %}" },
    result: { ids: ["{% $device.id & '/' & $device.type %}"], plain: 7, now: "{% $device.reported.firmware %}" } } } }`);
  expect(await execute(device)).toEqual({
    result: { ids: ['pump/pump'], plain: 7, now: '2.1.0' },
    reported: { firmware: '2.1.0', previous: '1.9.0' },
  });
  expect(device.describe()).toMatchObject({
    type: 'pump',
    reported: { firmware: '2.1.0', previous: '1.9.0' },
  });
});

test('a failure has its name, and sets nothing', async () => {
  const device = create(
    '{ commands: { install: { fail: 1, error: Device.Rejected, sets: { firmware: x } } } }',
  );
  await expect(execute(device)).rejects.toMatchObject({
    name: 'Device.Rejected',
    message: 'simulated failure of install',
  });
  expect(device.describe()).toMatchObject({ reported: { firmware: '1.9.0' } });
  expect(executed).toHaveLength(1);
});

test('an expression that fails is a failure of the command', async () => {
  const device = create(`{ commands: { install: { result: '{% $error("out of steam") %}' } } }`);
  await expect(execute(device)).rejects.toMatchObject({
    name: 'Device.Failed',
    message: expect.stringContaining('out of steam'),
  });
});

test('an expression that gives nothing is null', async () => {
  const device = create("{ commands: { install: { result: '{% $with.missing %}' } } }");
  expect(await execute(device)).toEqual({ result: null });
});

test('a command takes as long as its latency, drawn between the two', async () => {
  const device = create('{ latency: { min: 10ms, max: 50ms } }');
  const taken = new Set<number>();
  for (let at = 0; at < 20; at++) {
    const before = clock.now();
    await execute(device);
    taken.add(Date.parse(executed.at(-1)?.at ?? '') - before);
  }
  expect(taken.size).toBeGreaterThan(5);
  expect(Math.min(...taken)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...taken)).toBeLessThanOrEqual(50);
});

test('the log has the time of a clock that is ahead', async () => {
  await execute(create('{ clockSkew: 2h, latency: 500ms }'));
  expect(executed[0]?.at).toBe('2026-01-01T02:00:00.500Z');
});

describe('on the line', () => {
  test.each([
    ['answers once', '{}', ['SUCCEEDED']],
    ['answers never, when answers are lost', '{ lose: 1, duplicate: 1 }', []],
    ['answers twice, when answers are duplicated', '{ duplicate: 1 }', ['SUCCEEDED', 'SUCCEEDED']],
    ['says last that it runs, when answers are reordered', '{ reorder: 1 }', ['SUCCEEDED', 'RUNNING']],
    ['answers and goes, when it flaps', '{ flap: 1 }', ['SUCCEEDED', 'dropped']],
    ['goes without a word, when answers are lost as well', '{ flap: 1, lose: 1 }', ['dropped']],
  ])('a device %s', (_what, behaviour, line) => {
    expect(transmit(create(behaviour), DONE)).toEqual(line);
  });

  test('a device that flaps stays while it works', () => {
    expect(transmit(create('{ flap: 1 }'), { id: INSTALL.id, status: 'RUNNING' })).toEqual(['RUNNING']);
  });

  test('a device that a command has bricked says nothing any more', async () => {
    const device = create('{ brick: 1, duplicate: 1, flap: 1 }');
    expect(transmit(device, DONE)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'dropped']);
    await execute(device);
    expect(transmit(device, DONE)).toEqual([]);
    expect(executed).toHaveLength(1);
  });
});

test('the same seed gives the same run, and another seed another', async () => {
  const behaviour =
    '{ latency: { min: 1ms, max: 9s }, lose: 0.3, duplicate: 0.3, reorder: 0.3, commands: { install: { fail: 0.3, result: "{% $random() %}" } } }';
  const run = async (seed: number): Promise<unknown> => {
    clock = new VirtualClock(START);
    executed = [];
    const device = create(behaviour, seed);
    const seen: unknown[] = [];
    for (let at = 0; at < 12; at++) {
      seen.push(await execute(device).catch((error: Error) => error.name), transmit(device, DONE));
    }
    return [...seen, ...executed.map((command) => command.at)];
  };
  const first = await run(1);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});
