import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Route, RouteSchema } from '#compiler/route-payload.ts';
import type { Deadline } from '#deadlines/deadlines.ts';
import { commandsOf } from '#devices/command-store.ts';
import { receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import { cancelQueuedCommands, expireCommand } from '#devices/expire.ts';
import { findRouteWait } from '#devices/route-wait.ts';
import { dispatchOrWait, lookAtRouteWait, type WaitPorts } from '#devices/wait-for-device.ts';
import { registerAndWake } from '#devices/wake-waits.ts';
import type { Notification } from '#notifications/notifier.ts';
import { commandRequest, DeviceBench } from '#support/device-bench.ts';
import { routeKeys } from '#table/keys.ts';

const MINUTE = 60_000;

/** A bench whose deadlines come, unless they are lost, and whose tasks may have gone. */
class WaitBench {
  readonly bench = new DeviceBench();
  readonly told: Notification[] = [];
  /** What is to be looked at, and when. */
  due: { readonly deadline: Deadline; readonly at: number }[] = [];
  isTaskGone = false;
  /** Whether what is scheduled for right now is lost, as with a process that ends. */
  losesWakes = false;
  readonly ports: WaitPorts = {
    ...this.bench.ports,
    engine: {
      ...this.bench.ports.engine,
      heartbeatTask: async () => (this.isTaskGone ? 'gone' : 'accepted'),
    },
    notifier: { send: async (told) => void this.told.push(told) },
    deadlines: {
      schedule: async (deadline, at) => {
        if (deadline.kind === 'route-woken' && this.losesWakes) return;
        this.due.push({ deadline, at });
      },
    },
  };

  async ask(on: object, whenNone: Route['whenNone'] = { waitSeconds: 1_800 }): Promise<void> {
    const route = RouteSchema.parse({ alternatives: [on], whenNone });
    await dispatchOrWait(this.ports, commandRequest({ on: route }));
    await this.settle();
  }

  async device(id: string, fields: object = {}): Promise<void> {
    await registerAndWake(this.ports, { id, status: 'online', capabilities: { ota: '2.1.0' }, ...fields });
    await this.settle();
  }

  /** Lets come what is due, then what that makes due. */
  async settle(): Promise<void> {
    for (;;) {
      const now = this.bench.clock.now();
      const [next] = this.due.filter(({ at }) => at <= now);
      if (next === undefined) return;
      this.due = this.due.filter((each) => each !== next);
      const { kind, id } = next.deadline;
      if (kind === 'command') await expireCommand(this.ports, id);
      else await lookAtRouteWait(this.ports, id);
    }
  }

  async later(ms: number): Promise<void> {
    const end = this.bench.clock.now() + ms;
    for (;;) {
      const [at] = this.due.map((each) => each.at).sort((one, other) => one - other);
      const now = this.bench.clock.now();
      if (at === undefined || at > end) break;
      await this.bench.clock.advance(Math.max(0, at - now));
      await this.settle();
    }
    await this.bench.clock.advance(end - this.bench.clock.now());
  }

  isWaiting = async (): Promise<boolean> =>
    (await findRouteWait(this.ports.table, 'run:flash:0')) !== undefined;

  commands = async (): Promise<readonly string[]> =>
    (await commandsOf(this.ports.table, 'run')).map(({ device }) => device);
}

let world: WaitBench;
beforeEach(() => {
  world = new WaitBench();
});
afterEach(() => world.bench[Symbol.dispose]());

const OTA = { requires: { ota: '>=2' } };

describe('a command for which no device fits', () => {
  test('fails where it is not to wait', async () => {
    const on = RouteSchema.parse({ alternatives: [OTA] });
    await expect(dispatchOrWait(world.ports, commandRequest({ on }))).rejects.toMatchObject({
      name: 'Device.NoneFits',
    });
    expect(world.due).toEqual([]);
  });

  test('goes to one that fits without waiting', async () => {
    await world.device('pump-1');
    await world.ask(OTA);
    expect(world.bench.sent).toEqual(['pump-1 run:flash:0']);
    expect(await world.isWaiting()).toBe(false);
  });

  const COMING: Readonly<
    Record<string, { readonly before: object; readonly after: object; readonly on: object }>
  > = {
    registers: { before: { capabilities: {} }, after: {}, on: OTA },
    'comes back online': { before: { status: 'offline' }, after: {}, on: OTA },
    'has another version': { before: { capabilities: { ota: '1.0.0' } }, after: {}, on: OTA },
    'comes into the zone': {
      before: { zone: 'paris' },
      after: { zone: 'berlin/roof' },
      on: { zone: 'berlin' },
    },
    'comes near': {
      before: { status: 'offline' },
      after: { zone: 'rome' },
      on: { ...OTA, near: 'berlin/hall' },
    },
    'has the tag': { before: {}, after: { tags: { line: 'a' } }, on: { tags: { line: 'a' } } },
    'is the one that is named': { before: { status: 'offline' }, after: {}, on: { device: 'pump-1' } },
  };

  test.each(Object.entries(COMING))('waits until a device %s', async (_what, { before, after, on }) => {
    await world.device('pump-1', before);
    await world.ask(on);
    expect([await world.isWaiting(), await world.commands()]).toEqual([true, []]);
    await world.device('pump-1', after);
    expect([await world.isWaiting(), await world.commands()]).toEqual([false, ['pump-1']]);
    expect(world.bench.answers).toEqual([]);
  });

  test('goes on waiting when its call is made again after it had failed, and it is that call which is answered', async () => {
    await world.ask(OTA);
    await world.later(MINUTE);
    const begun = await findRouteWait(world.ports.table, 'run:flash:0');
    const on = RouteSchema.parse({ alternatives: [OTA], whenNone: { waitSeconds: 1_800 } });
    await dispatchOrWait(world.ports, commandRequest({ on, attempt: 1, taskToken: 'again' }));
    await world.settle();
    const now = await findRouteWait(world.ports.table, 'run:flash:0');
    expect([now?.since, now?.dueAt]).toEqual([begun?.since, begun?.dueAt]);
    expect(now?.request.taskToken).toBe('again');
    await world.device('pump-1');
    expect(world.bench.sent).toHaveLength(1);
    expect(await commandsOf(world.ports.table, 'run')).toMatchObject([{ taskToken: 'again', attempt: 0 }]);
  });

  test('is not woken by a device that cannot be the one', async () => {
    await world.ask({ ...OTA, zone: 'berlin' });
    await world.later(1_000);
    const before = [...world.due];
    await world.device('other', { capabilities: { ota: '1.0.0' } });
    await world.device('elsewhere', { zone: 'paris' });
    await world.device('gone', { zone: 'berlin', status: 'offline' });
    expect(world.due).toEqual(before);
  });

  test('fails when its time is over, and says why', async () => {
    await world.device('pump-1', { capabilities: { ota: '1.0.0' } });
    await world.ask(OTA);
    await world.later(30 * MINUTE - 1);
    expect(world.bench.answers).toEqual([]);
    await world.later(1);
    expect(world.bench.answers).toEqual([{ token: 'flash', outcome: 'Device.NoneFits' }]);
    expect(await world.isWaiting()).toBe(false);
  });

  test('takes a device that is back from being kept out, when it is', async () => {
    await world.device('pump-1');
    const until = world.bench.clock.now() + 90_000;
    const ability = { successes: 0, failures: 5, at: until - 90_000, inARow: 5 };
    const breaker = { reason: 'failures', opened: 1, until };
    await world.ports.table.put({
      ...routeKeys.health('pump-1'),
      ...{ open: 0, revision: 1, abilities: { ota: { ...ability, breaker } } },
    });
    await world.ask(OTA);
    await world.later(89_999);
    expect(await world.commands()).toEqual([]);
    await world.later(1);
    expect(await world.commands()).toEqual(['pump-1']);
  });

  test('takes a device that another command has just let in again', async () => {
    await world.device('pump-1');
    const ability = { successes: 0, failures: 5, at: 0, inARow: 5 };
    const breaker = { reason: 'failures', opened: 1, until: 0 };
    await world.ports.table.put({
      ...routeKeys.health('pump-1'),
      ...{ open: 0, revision: 1, abilities: { ota: { ...ability, breaker } } },
    });
    const on = RouteSchema.parse({ alternatives: [OTA] });
    await dispatchOrWait(world.ports, commandRequest({ on, path: 'probe' }));
    await world.ask(OTA);
    expect(await world.isWaiting()).toBe(true);
    await receiveAll(world);
    expect(await world.isWaiting()).toBe(false);
  });

  test('is looked at within five minutes where the word of a device was lost', async () => {
    await world.ask(OTA);
    await world.later(MINUTE);
    world.losesWakes = true;
    await world.device('pump-1');
    await world.later(4 * MINUTE);
    expect(await world.commands()).toEqual(['pump-1']);
  });

  test('is looked at each minute where it asks what devices report', async () => {
    await world.device('pump-1', { reported: { battery: 5 } });
    await world.ask({ where: 'reported.battery > 20' });
    await world.device('pump-1', { reported: { battery: 50 } });
    expect(await world.commands()).toEqual([]);
    await world.later(MINUTE);
    expect(await world.commands()).toEqual(['pump-1']);
  });

  test('goes to a device that came between the choice and the record', async () => {
    world.bench.interfere = () => world.device('pump-1');
    await world.ask(OTA);
    expect(await world.commands()).toEqual(['pump-1']);
  });

  test('is one command, however many devices come at once, and however often the task calls', async () => {
    await world.ask(OTA);
    await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        registerAndWake(world.ports, { id, status: 'online', capabilities: { ota: '2.0.0' } }),
      ),
    );
    await Promise.all(world.due.map(({ deadline }) => lookAtRouteWait(world.ports, deadline.id)));
    await world.ask(OTA);
    expect(await world.commands()).toHaveLength(1);
    expect(world.bench.messages.every(({ id }) => id === 'run:flash:0')).toBe(true);
  });

  test('adds no looks to those that are planned, however often it is woken', async () => {
    await world.ask({ ...OTA, where: 'reported.battery > 20' });
    for (let at = 0; at < 20; at++) {
      await world.later(1_000);
      await world.device(`pump-${at}`);
    }
    expect(world.due.filter(({ deadline }) => deadline.kind === 'route')).toHaveLength(1);
  });

  test.each([
    [
      'its execution has ended',
      async () => cancelQueuedCommands(world.ports, { execution: 'run', scope: '' }),
    ],
    [
      'its task has gone',
      async () => {
        world.isTaskGone = true;
      },
    ],
  ])('is never sent when %s', async (_what, end) => {
    await world.ask(OTA);
    await end();
    await world.device('pump-1');
    expect([await world.commands(), await world.isWaiting()]).toEqual([[], false]);
  });

  test('has a group told once, with the reason, and waits on', async () => {
    await world.device('pump-1', { capabilities: { ota: '1.0.0' } });
    await world.ask(OTA, { waitSeconds: 1_800, escalate: 'ops' });
    await world.later(20 * MINUTE);
    expect(world.told).toMatchObject([
      {
        id: 'run:flash:0:none-fits',
        topic: 'routing',
        subject: 'ops: no device fits for "flash"',
        message: { group: 'ops', execution: 'run', path: 'flash', reason: expect.stringContaining('pump-1') },
      },
    ]);
    await world.device('pump-1');
    expect(await world.commands()).toEqual(['pump-1']);
  });
});

/** Each device does what it was sent. */
async function receiveAll({ bench, ports, settle }: WaitBench): Promise<void> {
  for (const line of [...bench.sent]) {
    const [device = '', id = ''] = line.split(' ');
    await receiveAnswer(ports, device, { id, status: 'SUCCEEDED' });
  }
  await settle.call(world);
}

type Doing =
  | { readonly kind: 'device'; readonly id: string; readonly fits: boolean; readonly isOnline: boolean }
  | { readonly kind: 'again' | 'lose' | 'hear' }
  | { readonly kind: 'later'; readonly ms: number };

const doing: fc.Arbitrary<Doing> = fc.oneof(
  fc.record({
    kind: fc.constant('device'),
    id: fc.constantFrom('a', 'b'),
    fits: fc.boolean(),
    isOnline: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('again', 'lose', 'hear') }),
  fc.record({ kind: fc.constant('later'), ms: fc.constantFrom(1_000, 59_000, 301_000) }),
);

/** Something happens; what must have come of it at once, or within five minutes, is asked for. */
async function happens(own: WaitBench, each: Doing, fitting: Set<string>): Promise<void> {
  switch (each.kind) {
    case 'later':
      await own.later(each.ms);
      if (each.ms > 5 * MINUTE && fitting.size > 0) expect(await own.commands()).toHaveLength(1);
      return;
    case 'again':
      return own.ask(OTA);
    case 'lose':
    case 'hear':
      own.losesWakes = each.kind === 'lose';
      return;
    case 'device':
      return deviceSpeaks(own, each, fitting);
  }
}

async function deviceSpeaks(
  own: WaitBench,
  { id, fits, isOnline }: Extract<Doing, { kind: 'device' }>,
  fitting: Set<string>,
): Promise<void> {
  const capabilities = { ota: fits ? '2.0.0' : '1.0.0' };
  const status = isOnline ? 'online' : 'offline';
  await receivePresence(own.ports, id, { status, type: 'pump', capabilities });
  await own.settle();
  const isFitting = fits && isOnline;
  if (isFitting && !fitting.has(id) && !own.losesWakes) expect(await own.commands()).toHaveLength(1);
  if (isFitting) fitting.add(id);
  else fitting.delete(id);
}

test('whatever comes and is lost, it is sent once, and no later than five minutes after a device fits', async () => {
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(doing, { minLength: 3, maxLength: 14 }), async (all) => {
      const own = new WaitBench();
      using _bench = own.bench;
      await own.ask(OTA);
      const fitting = new Set<string>();
      for (const each of all) {
        await happens(own, each, fitting);
        const commands = (await own.commands()).length;
        expect(commands + Number(await own.isWaiting())).toBeLessThanOrEqual(1);
      }
      sent += (await own.commands()).length;
    }),
    { numRuns: 100 },
  );
  expect(sent).toBeGreaterThan(30);
});
