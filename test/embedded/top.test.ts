import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { topCommand } from '#cli/top/top.ts';
import { type FakeTty, fakeTty } from '#support/fake-tty.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import type { RunningCommand } from './command-line.ts';
import { kill, ServedFolder } from './served-folder.ts';

const FILES = {
  'project/stepwright.yaml': 'stepwright: 1\n',
  'project/gate.yaml': `
stepwright: 1
name: gate
version: 1.0.0
steps:
  - { id: open, wait: { event: { name: door.opened } } }
  - { id: visit, command: visit, device: nobody }
`,
  'project/alerts/plant.yaml': `
stepwright: 1
alerts: plant
rules:
  - { id: starts, title: Somebody starts, severity: warning, when: { rate: { of: execution.started, above: 0, over: 1h } } }
receivers: { ops: { email: ops@example.com } }
routes: [{ to: [ops] }]
`,
};

let served: ServedFolder;
let server: RunningCommand;
beforeEach(async () => {
  served = new ServedFolder(FILES);
  server = await served.serve('--project', 'project');
}, 40_000);
afterEach(() => served.close());

const StartedSchema = z.object({ executionId: z.string() });

async function start(): Promise<string> {
  return StartedSchema.parse(await served.document('POST', '/v1/workflows/gate/executions', {})).executionId;
}

async function openDoor(id: string): Promise<void> {
  await served.document('POST', `/v1/executions/${id}/signal`, { name: 'door.opened' });
}

/** The live picture on a terminal of this test. */
function watch(tty: FakeTty): Promise<number> {
  const token = readFileSync(served.file('data/token'), 'utf8').trim();
  const args = { endpoint: served.url, token, data: served.file('data'), interval: 1_000, by: 'ada' };
  return topCommand(args, recordingTerminal(), tty);
}

async function seen(tty: FakeTty, pattern: RegExp | string): Promise<void> {
  const text = (): string => tty.screen().join('\n');
  await expect.poll(text, { interval: 50, timeout: 15_000 }).toMatch(pattern);
}

const ESCAPE = String.fromCharCode(27);
const enter = { name: 'return', ctrl: false };

test('one picture is printed where it is asked for, and where there is no terminal', async () => {
  await start();
  for (const args of [['--once'], []]) {
    const { exitCode, stdout } = await served.verb('top', ...args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/RUNNING 1, by age/);
    expect(stdout).toMatch(/gate .* open waits for door\.opened/);
    expect(stdout).not.toContain(ESCAPE);
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  }
}, 40_000);

test('the document of --json has the same, and with --count there is one a line', async () => {
  const id = await start();
  const one = await served.verb('top', '--json');
  const DocumentSchema = z.object({
    connection: z.string(),
    running: z.object({ count: z.number(), executions: z.array(z.object({ executionId: z.string() })) }),
    resources: z.object({ memoryBytes: z.number() }),
  });
  expect(DocumentSchema.parse(JSON.parse(one.stdout)).running.executions).toEqual([{ executionId: id }]);
  const several = await served.verb('top', '--json', '--count', '3', '--interval', '300ms');
  const documents = several.stdout
    .trim()
    .split('\n')
    .map((line) => DocumentSchema.parse(JSON.parse(line)));
  expect(documents.map(({ connection }) => connection)).toEqual(['asked', 'live', 'live']);
}, 40_000);

test('the live picture shows what happens, by keys what there is to know, and leaves the terminal as it was', async () => {
  const tty = fakeTty();
  const ended = watch(tty);
  await seen(tty, /● live/);
  expect(tty.written[0]).toContain(`${ESCAPE}[?1049h`);
  const id = await start();
  await seen(tty, /> .*gate .* {2}0 % {2}open waits for door\.opened/);
  tty.press(enter);
  await seen(tty, `execution ${id}`);
  await openDoor(id);
  await seen(tty, /gate 1\.0\.0 {2}FAILED/);
  tty.press({ name: 'escape', ctrl: false });
  await seen(tty, /✖ .*gate .*Device\.Unknown/);
  await seen(tty, /▲ {2}warning {3}Somebody starts/);
  tty.press({ name: 'tab', ctrl: false }, { name: 'tab', ctrl: false }, 'a');
  await seen(tty, /△ {2}warning .*ada looks/);
  tty.press(enter);
  await seen(tty, /acknowledged by ada/);
  tty.press('q');
  tty.resize(60, 12);
  await seen(tty, /started {2}/);
  expect(tty.screen().length).toBeLessThanOrEqual(12);
  tty.press('p');
  await seen(tty, 'picture paused');
  tty.press('p', 'r');
  await seen(tty, 'this is how things stand');
  tty.press('q');
  expect(await ended).toBe(0);
  expect(tty.written.at(-1)).toContain(`${ESCAPE}[?1049l`);
  expect(tty.isListened).toBe(false);
}, 60_000);

test('an execution is stopped after a yes; what the server refuses is told', async () => {
  const tty = fakeTty();
  const ended = watch(tty);
  const id = await start();
  await seen(tty, /> .*gate/);
  tty.press('x');
  await seen(tty, `Stop ${id}, and undo what it did? y/n`);
  tty.press('y');
  await seen(tty, /RUNNING 0/);
  const failed = await start();
  await seen(tty, /> .*gate/);
  tty.press(enter);
  await seen(tty, /escape back {2}x stop/);
  await openDoor(failed);
  await seen(tty, /gate 1\.0\.0 {2}FAILED/);
  tty.press('x', 'y');
  await seen(tty, 'it has ended already: FAILED');
  tty.press(enter, { name: 'tab', ctrl: false }, { name: 'tab', ctrl: false });
  await seen(tty, /> ▲ {2}warning {3}Somebody starts/);
  tty.press(enter);
  await seen(tty, 'escape back  a acknowledge');
  const AlertsSchema = z.object({ alerts: z.array(z.object({ id: z.string() })) });
  const { alerts } = AlertsSchema.parse(await served.document('GET', '/v1/alerts'));
  await served.document('POST', `/v1/alerts/${alerts[0]?.id}/resolve`, { by: 'bob' });
  tty.press('a');
  await seen(tty, 'SW4212: ');
  tty.end();
  expect(await ended).toBe(0);
}, 60_000);

test('a server that was killed and came again is shown anew, with what has happened meanwhile', async () => {
  const port = new URL(served.url).port;
  const tty = fakeTty();
  const ended = watch(tty);
  await seen(tty, /● live/);
  const id = await start();
  await seen(tty, /RUNNING 1/);
  await kill(server);
  await seen(tty, /○ lost/);
  await served.serve('--port', port);
  await seen(tty, /● live/);
  await openDoor(id);
  await seen(tty, /✖ .*gate .*Device\.Unknown/);
  tty.press({ name: 'c', ctrl: true });
  expect(await ended).toBe(0);
}, 60_000);

test('a token that is taken no more ends it, with the terminal as it was', async () => {
  const tty = fakeTty();
  const args = { endpoint: served.url, token: 'not-the-token', data: '', interval: 1_000 };
  await expect(topCommand(args, recordingTerminal(), tty)).rejects.toThrow(/does not take this token/);
  expect(tty.written).toEqual([]);
});
