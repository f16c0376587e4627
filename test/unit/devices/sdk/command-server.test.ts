import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import { CommandFailure, createCommandServer, type Execution } from '#devices/sdk/command-server.ts';

const command = (id: string): CommandMessage => ({
  id,
  command: 'valve.open',
  with: {},
  issuedAt: 0,
  timeoutMs: 30_000,
});

let clock: VirtualClock;
let answers: AnswerMessage[];
let executions: string[];
beforeEach(() => {
  clock = new VirtualClock();
  answers = [];
  executions = [];
});

function serve(execute: () => Promise<Execution>): (message: CommandMessage) => Promise<void> {
  return createCommandServer({
    clock,
    answer: (answer) => answers.push(answer),
    execute: (message) => {
      executions.push(message.id);
      return execute();
    },
  });
}

test('a command that succeeds is answered with its result and what changed', async () => {
  await serve(async () => ({ result: 7, reported: { open: true } }))(command('a'));
  expect(answers).toEqual([{ id: 'a', status: 'SUCCEEDED', result: 7, reported: { open: true } }]);
});

test.each([
  [
    'a failure with a name',
    new CommandFailure('Device.Busy', 'still closing'),
    { error: 'Device.Busy', cause: 'still closing' },
  ],
  [
    'what changed all the same',
    new CommandFailure('X', 'stuck', { open: 0.5 }),
    { error: 'X', cause: 'stuck', reported: { open: 0.5 } },
  ],
  ['any other error without a name', new TypeError('no valve'), { cause: 'no valve' }],
  ['anything else that is thrown as text', 'out of steam', { cause: 'out of steam' }],
])('a command that throws is answered with %s', async (_what, thrown, fields) => {
  await serve(async () => {
    throw thrown;
  })(command('a'));
  expect(answers).toEqual([{ id: 'a', status: 'FAILED', ...fields }]);
});

test('a command that comes again after its end is answered again, and not done again', async () => {
  const server = serve(async () => ({ result: executions.length }));
  await server(command('a'));
  await server(command('b'));
  await server(command('a'));
  expect(executions).toEqual(['a', 'b']);
  expect(answers.map((answer) => [answer.id, 'result' in answer && answer.result])).toEqual([
    ['a', 1],
    ['b', 2],
    ['a', 1],
  ]);
});

test('a failure is remembered like a success', async () => {
  const server = serve(async () => {
    throw new CommandFailure('Device.Rejected', 'no');
  });
  await server(command('a'));
  await server(command('a'));
  expect(executions).toEqual(['a']);
  expect(answers).toHaveLength(2);
});

test('a command that comes again while it runs is neither done nor answered twice', async () => {
  const done = Promise.withResolvers<Execution>();
  const server = serve(() => done.promise);
  const first = server(command('a'));
  await server(command('a'));
  done.resolve({});
  await first;
  expect(executions).toEqual(['a']);
  expect(answers).toEqual([{ id: 'a', status: 'SUCCEEDED' }]);
});

test('a command that takes a while is announced as running, once; a quick one is not', async () => {
  const done = Promise.withResolvers<Execution>();
  const server = serve(() => done.promise);
  const slow = server(command('slow'));
  await clock.advance(249);
  expect(answers).toEqual([]);
  await clock.advance(10_000);
  expect(answers).toEqual([{ id: 'slow', status: 'RUNNING' }]);
  done.resolve({});
  await slow;
  await server(command('quick'));
  await clock.advance(10_000);
  expect(answers.map(({ status }) => status)).toEqual(['RUNNING', 'SUCCEEDED', 'SUCCEEDED']);
});

test('the last 1,000 commands are remembered', async () => {
  const server = serve(async () => ({}));
  for (let at = 0; at <= 1_000; at++) await server(command(`c${at}`));
  await server(command('c1'));
  expect(executions).toHaveLength(1_001);
  await server(command('c0'));
  expect(executions.at(-1)).toBe('c0');
});
