import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import { createCommandServer, type Execution } from '#devices/sdk/command-server.ts';
import { FileCommandStore } from '#devices/sdk/file-command-store.ts';

let folder = '';
let path = '';
let answers: AnswerMessage[] = [];
let executed: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-store-'));
  path = join(folder, 'devices', 'pump.jsonl');
  answers = [];
  executed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const command = (id: string): CommandMessage => ({
  ...{ id, command: 'valve.open', with: {} },
  ...{ issuedAt: 0, timeoutMs: 30_000 },
});

/** A process of the device: what it keeps, it reads from the file. */
function restarted(
  execute: (message: CommandMessage) => Promise<Execution> = async ({ id }) => ({
    result: id,
    reported: { [id]: true },
  }),
  recover?: (message: CommandMessage) => Promise<Execution>,
): (message: CommandMessage) => Promise<void> {
  return createCommandServer({
    clock: new VirtualClock(),
    store: new FileCommandStore(path),
    answer: (answer) => answers.push(answer),
    execute: (message) => {
      executed.push(message.id);
      return execute(message);
    },
    recover,
  });
}

const never = (): Promise<Execution> => new Promise(() => {});

test('a command that has ended is answered again after a restart, and not done again', async () => {
  await restarted()(command('a'));
  await restarted()(command('a'));
  expect(executed).toEqual(['a']);
  expect(answers).toEqual([answers[0], answers[0]]);
  expect((await new FileCommandStore(path).load()).reported).toEqual({ a: true });
});

test('a command that was cut off by a restart is not done again, and nothing is said of it', async () => {
  void restarted(never)(command('a'));
  await expect.poll(() => executed).toEqual(['a']);
  const server = restarted();
  await server(command('a'));
  await server(command('b'));
  expect(executed).toEqual(['a', 'b']);
  expect(answers.map(({ id }) => id)).toEqual(['b']);
});

test('what came of a command that was cut off is answered where the device finds it out, and remembered', async () => {
  void restarted(never)(command('a'));
  await expect.poll(() => executed).toEqual(['a']);
  await restarted(never, async () => ({ result: 'was open already' }))(command('a'));
  await restarted()(command('a'));
  expect(executed).toEqual(['a']);
  expect(answers.map((answer) => 'result' in answer && answer.result)).toEqual([
    'was open already',
    'was open already',
  ]);
});

test('what a crash has left of a last line is not taken for anything, and lost with it', async () => {
  await restarted()(command('a'));
  appendFileSync(path, '{"begun":"b');
  await restarted()(command('c'));
  const { begun, answers: kept } = await new FileCommandStore(path).load();
  expect([begun, kept.map(({ id }) => id)]).toEqual([[], ['a', 'c']]);
});

test('of many commands the last thousand are kept, and the state that all have reported', async () => {
  const store = new FileCommandStore(path, { isSynced: false });
  await store.load();
  for (let index = 0; index < 2_500; index++) {
    await store.begin(`c${index}`);
    await store.end({ id: `c${index}`, status: 'SUCCEEDED', reported: { [`r${index % 10}`]: index } });
  }
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(4_100);
  const { answers: kept, reported } = await new FileCommandStore(path).load();
  expect([kept.length, kept[0]?.id, kept.at(-1)?.id]).toEqual([1_000, 'c1500', 'c2499']);
  expect(reported).toMatchObject({ r0: 2_490, r9: 2_499 });
});

test('a command that cannot be put on record is not carried out', async () => {
  const server = restarted();
  await server(command('a'));
  rmSync(path);
  mkdirSync(path);
  await expect(server(command('b'))).rejects.toMatchObject({ code: 'SW3029' });
  expect(executed).toEqual(['a']);
});

test('a folder that cannot be made is told of at once', () => {
  appendFileSync(join(folder, 'file'), '');
  expect(() => new FileCommandStore(join(folder, 'file', 'pump.jsonl'))).toThrow(
    expect.objectContaining({ code: 'SW3029' }),
  );
});
