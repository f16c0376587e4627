import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kill, ServedFolder } from './served-folder.ts';

/** The line loses every answer, so that each command comes again whenever the device does. */
const FLEET = `
stepwright: 1
fleet: test
devices: [{ id: pump, reported: { release: "1" } }]
behaviour: { lose: 1, commands: { install: { latency: 10ms, sets: { release: "{% $with.release %}" } } } }
`;

let folder: ServedFolder;
beforeEach(() => {
  folder = new ServedFolder({ 'fleet.yaml': FLEET });
});
afterEach(() => folder.close());

const executions = (): number => {
  const log = folder.file('fleet.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
};

const POLL = { interval: 50, timeout: 15_000 };

test('a simulated device that is killed remembers what it has done, and the state that came of it', async () => {
  await folder.serve();
  const first = await folder.attachFleet('--data', 'devices');
  await folder.document('POST', '/v1/devices/pump/commands', {
    command: 'install',
    with: { release: '2' },
    timeoutSeconds: 600,
  });
  await expect.poll(executions, POLL).toBe(1);
  await expect
    .poll(() => readFileSync(folder.file('devices/pump.jsonl'), 'utf8'), POLL)
    .toContain('SUCCEEDED');
  await kill(first);

  const second = await folder.attachFleet('--data', 'devices');
  await expect
    .poll(() => folder.document('GET', '/v1/devices/pump'), POLL)
    .toMatchObject({ status: 'online', reported: { release: '2' } });
  await kill(second);
  expect(executions()).toBe(1);

  // Without memory, it does it again: what would have been done twice.
  await folder.attachFleet();
  await expect.poll(executions, POLL).toBe(2);
});
