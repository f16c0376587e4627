import { beforeEach, expect, test } from 'vitest';
import { seededRandom } from '#core/random.ts';
import type { Command } from '#devices/command.ts';
import { type CommandByHand, issueByHand } from '#devices/issue-by-hand.ts';
import { DeviceBench } from '#support/device-bench.ts';

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
  return () => bench[Symbol.dispose]();
});

function issue(fields: Partial<CommandByHand> = {}): Promise<Command> {
  const random = seededRandom(1);
  return issueByHand(
    { ...bench.ports, random },
    {
      device: 'pump',
      command: 'pump.stop',
      with: {},
      timeoutSeconds: 30,
      expiresSeconds: 0,
      priority: 500,
      ...fields,
    },
  );
}

test('a command by hand is sent, and its answer recorded, though no task waits', async () => {
  await bench.device('pump');
  const { id } = await issue();
  expect(bench.sent).toEqual([`pump ${id}`]);
  await bench.answer('pump', { id, status: 'SUCCEEDED', result: 'stopped' });
  expect(await bench.command(id)).toMatchObject({ status: 'SUCCEEDED', result: 'stopped' });
  expect(bench.answers).toEqual([]);
});

test('a command by hand to an unknown device is refused', async () => {
  await expect(issue()).rejects.toMatchObject({ code: 'SW4041' });
});

test('a command by hand to a device that is offline is refused, unless it may wait', async () => {
  await bench.device('pump', { status: 'offline' });
  await expect(issue()).rejects.toMatchObject({
    code: 'SW4024',
    hint: expect.stringContaining('expiresSeconds'),
  });
  expect(await issue({ expiresSeconds: 60 })).toMatchObject({ status: 'QUEUED' });
});
