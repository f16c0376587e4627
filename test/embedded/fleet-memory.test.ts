import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningCommand, startStepwright } from './command-line.ts';

/** The line loses every answer, so that each command comes again whenever the device does. */
const FLEET = `
stepwright: 1
fleet: test
devices: [{ id: pump, reported: { release: "1" } }]
behaviour: { lose: 1, commands: { install: { latency: 10ms, sets: { release: "{% $with.release %}" } } } }
`;

let folder = '';
const running: RunningCommand[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-fleet-'));
  writeFileSync(join(folder, 'fleet.yaml'), FLEET);
});
afterEach(async () => {
  for (const each of running.splice(0)) await killed(each);
  rmSync(folder, { recursive: true, force: true });
});

function started(...args: readonly string[]): RunningCommand {
  const command = startStepwright(args, { cwd: folder });
  running.push(command);
  return command;
}

async function killed(command: RunningCommand): Promise<void> {
  command.child.kill('SIGKILL');
  await command.finished;
}

async function fleet(broker: string, ...more: readonly string[]): Promise<RunningCommand> {
  const command = started('fleet', 'fleet.yaml', '--broker', broker, '--log', 'log.jsonl', ...more);
  await command.line(/connected to/);
  return command;
}

const executions = (): number => {
  const log = join(folder, 'log.jsonl');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0;
};

const POLL = { interval: 50, timeout: 15_000 };

test('a simulated device that is killed remembers what it has done, and the state that came of it', async () => {
  const server = started('start', '--data', 'data', '--port', '0', '--mqtt-port', '0');
  const line = await server.line(/^Stepwright serves /);
  const [endpoint = '', broker = ''] = line.match(/\w+:\/\/[\w.:]+/g) ?? [];
  const headers = { authorization: `Bearer ${readFileSync(join(folder, 'data', 'token'), 'utf8').trim()}` };
  const call = async (path: string, body?: object): Promise<unknown> => {
    const request =
      body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
    return (await fetch(`${endpoint}/v1/${path}`, request)).json();
  };

  const first = await fleet(broker, '--data', 'devices');
  await call('devices/pump/commands', { command: 'install', with: { release: '2' }, timeoutSeconds: 600 });
  await expect.poll(executions, POLL).toBe(1);
  await expect
    .poll(() => readFileSync(join(folder, 'devices', 'pump.jsonl'), 'utf8'), POLL)
    .toContain('SUCCEEDED');
  await killed(first);

  const second = await fleet(broker, '--data', 'devices');
  await expect
    .poll(() => call('devices/pump'), POLL)
    .toMatchObject({ status: 'online', reported: { release: '2' } });
  await killed(second);
  expect(executions()).toBe(1);

  // Without memory, it does it again: what would have been done twice.
  await fleet(broker);
  await expect.poll(executions, POLL).toBe(2);
});
