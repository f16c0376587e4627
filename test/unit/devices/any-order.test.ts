import fc from 'fast-check';
import { expect, test } from 'vitest';
import { receivePresence } from '#devices/device-messages.ts';
import { expireCommand } from '#devices/expire.ts';
import { type AnswerMessage, AnswerMessageSchema } from '#devices/messages.ts';
import { DeviceBench } from '#support/device-bench.ts';

const DEVICES = ['pump', 'valve'];
const COMMANDS = 4;
const id = (at: number): string => `run:c${at}:0`;
const deviceOf = (at: number): string => DEVICES[at % DEVICES.length] ?? '';

type Happening =
  | {
      readonly kind: 'answer';
      readonly command: number;
      readonly status: AnswerMessage['status'];
      readonly from: string;
    }
  | { readonly kind: 'presence'; readonly device: string; readonly status: 'online' | 'offline' }
  | { readonly kind: 'redelivery'; readonly command: number }
  | { readonly kind: 'time'; readonly ms: number };

const command = fc.nat(COMMANDS - 1);
const happenings = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('answer' as const),
        command,
        status: fc.constantFrom(
          'DELIVERED' as const,
          'RUNNING' as const,
          'SUCCEEDED' as const,
          'FAILED' as const,
        ),
        from: fc.constantFrom(...DEVICES),
      }),
    },
    fc.record({
      kind: fc.constant('presence' as const),
      device: fc.constantFrom(...DEVICES),
      status: fc.constantFrom('online' as const, 'offline' as const),
    }),
    fc.record({ kind: fc.constant('redelivery' as const), command }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
  ),
  { maxLength: 30 },
);

const dispatch = (bench: DeviceBench, at: number) =>
  bench.dispatch({ path: `c${at}`, device: deviceOf(at), expiresSeconds: 60, timeoutSeconds: 30 });

async function happen(bench: DeviceBench, happening: Happening): Promise<void> {
  switch (happening.kind) {
    case 'answer':
      await bench.answer(
        happening.from,
        AnswerMessageSchema.parse({ id: id(happening.command), status: happening.status }),
      );
      return;
    case 'presence':
      await receivePresence(bench.ports, happening.device, { status: happening.status });
      return;
    case 'redelivery':
      await dispatch(bench, happening.command);
      return;
    case 'time':
      await passTime(bench, happening.ms);
  }
}

/** Deadlines are kept as soon as they are due. */
async function passTime(bench: DeviceBench, ms: number): Promise<void> {
  await bench.clock.advance(ms);
  for (const [due, at] of bench.deadlines) {
    if (at <= bench.clock.now()) await expireCommand(bench.ports, due);
  }
}

async function isEnded(bench: DeviceBench, at: number): Promise<boolean> {
  return !['QUEUED', 'SENT', 'DELIVERED', 'RUNNING'].includes((await bench.command(id(at))).status);
}

test('whatever comes in whatever order, each command ends once, and the device has one at a time', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (script) => {
      using bench = new DeviceBench();
      for (const device of DEVICES) await bench.device(device);
      for (let at = 0; at < COMMANDS; at++) await dispatch(bench, at);
      for (const happening of script) {
        await happen(bench, happening);
        for (const device of DEVICES) expect(await inFlight(bench, device)).toBeLessThanOrEqual(1);
      }
      for (let round = 0; round < 6; round++) await passTime(bench, 61_000);
      for (let at = 0; at < COMMANDS; at++) {
        expect(await isEnded(bench, at)).toBe(true);
        const outcomes = bench.answers
          .filter(({ token }) => token === `c${at}`)
          .map(({ outcome }) => outcome);
        expect(new Set(outcomes).size).toBe(1);
      }
    }),
    { numRuns: 150 },
  );
});

async function inFlight(bench: DeviceBench, device: string): Promise<number> {
  let count = 0;
  for (let at = 0; at < COMMANDS; at++) {
    const { status } = await bench.command(id(at));
    if (deviceOf(at) === device && ['SENT', 'DELIVERED', 'RUNNING'].includes(status)) count++;
  }
  return count;
}
