import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '#core/json.ts';
import { type Ran, runProgram } from '#support/run-program.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asl-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const send = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Arguments: {},
  Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 60 }],
  Next: 'rest',
};
const MACHINE = {
  QueryLanguage: 'JSONata',
  StartAt: 'send',
  States: { send, rest: { Type: 'Wait', Seconds: 86_400, End: true } },
};
const MOCKS = {
  StateMachines: { Orders: { TestCases: { Happy: { send: 'Sent' }, Retried: { send: 'BusyOnce' } } } },
  MockedResponses: {
    Sent: { '0': { Return: { id: 1 } } },
    BusyOnce: { '0': { Throw: { Error: 'Busy', Cause: 'later' } }, '1': { Return: { id: 2 } } },
  },
};

function fileOf(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document, undefined, 2));
  return path;
}

function asl(machine: unknown, ...options: readonly string[]): Promise<Ran> {
  return runProgram(['asl', fileOf('machine.asl.json', machine), '--clock', 'virtual', ...options]);
}

function pass(fields: JsonObject): JsonObject {
  return { QueryLanguage: 'JSONata', StartAt: 'a', States: { a: { Type: 'Pass', End: true, ...fields } } };
}

test('a machine runs with its input, and its end is printed', async () => {
  const { exitCode, stdout } = await asl(pass({ Output: '{% $states.input.n * 2 %}' }), '--input', '{"n":4}');
  expect(JSON.parse(stdout)).toEqual({ status: 'SUCCEEDED', output: 8 });
  expect(exitCode).toBe(0);
});

test('a machine in YAML runs, under the name of its file', async () => {
  const machine = stringify(pass({ Output: '{% $states.context.StateMachine.Name %}' }));
  const { stdout } = await runProgram(['asl', fileOf('my orders.asl.yaml', machine)]);
  expect(JSON.parse(stdout)).toMatchObject({ output: 'my-orders' });
});

test('a failure is printed with its error and cause, and the exit code is 1', async () => {
  const states = { a: { Type: 'Fail', Error: 'Plant.Unsafe', Cause: 'door open' } };
  const { exitCode, stdout } = await asl({ QueryLanguage: 'JSONata', StartAt: 'a', States: states });
  expect(JSON.parse(stdout)).toEqual({ status: 'FAILED', error: 'Plant.Unsafe', cause: 'door open' });
  expect(exitCode).toBe(1);
});

test('mocked tasks answer, retries and waits take no time, and progress tells of them', async () => {
  const mocks = fileOf('mocks.json', MOCKS);
  const started = performance.now();
  const { exitCode, stdout, stderr } = await asl(MACHINE, '--mocks', mocks, '--case', 'Retried');
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(JSON.parse(stdout)).toEqual({ status: 'SUCCEEDED', output: { id: 2 } });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/SUCCEEDED +send +try 2\n/);
  expect(stderr).toMatch(/24 h 1 min +SUCCEEDED +rest/);
});

test('--history prints the events, too', async () => {
  const { stdout } = await asl(pass({}), '--history');
  expect(JSON.parse(stdout).history.map(({ type }: { type: string }) => type)).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
});

test('every reason why a machine is refused is told, with its place', async () => {
  const states = { a: { Type: 'Pass', Next: 'nowhere' }, b: { Type: 'Pass', Next: 'gone' } };
  const { exitCode, stderr, stdout } = await asl(
    { QueryLanguage: 'JSONata', StartAt: 'a', States: states },
    '--json',
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain('error[SW4011]');
  expect(JSON.parse(stdout).diagnostics).toMatchObject([
    { code: 'SW4011', line: 7, path: 'States.a.Next', message: expect.stringContaining('nowhere') },
    { code: 'SW4011', line: 11, path: 'States.b.Next', message: expect.stringContaining('gone') },
  ]);
});

test.each([['[]'], ['"x"'], ['{ "a": '], ['']])('a file with %j in it is no machine', async (text) => {
  const { exitCode, stderr } = await asl(text);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/error\[SW\d{4}\]/);
});

test('every fault of a mock file is told, with its place', async () => {
  const broken = { ...MOCKS, MockedResponses: { Sent: { '1': { Return: 1 } }, BusyOnce: { '0': {} } } };
  const { exitCode, stdout } = await asl(MACHINE, '--mocks', fileOf('broken.json', broken), '--json');
  expect(exitCode).toBe(2);
  const { diagnostics } = JSON.parse(stdout);
  expect(diagnostics).toMatchObject([
    { code: 'SW3040', path: 'MockedResponses.Sent.1' },
    { code: 'SW3040', path: 'MockedResponses.BusyOnce.0' },
  ]);
});

test.each([
  ['several cases', [], /SW3041.*several.*\n?.*Happy, Retried/s],
  ['a misspelt case', ['--case', 'Hapy'], /SW3041.*did you mean "Happy"/s],
  [
    'an unknown machine',
    ['--machine', 'Other', '--case', 'Happy'],
    /SW3041.*no state\s+machine "Other".*Orders/s,
  ],
])('%s: which one is asked for', async (_, options, told) => {
  const { exitCode, stderr } = await asl(MACHINE, '--mocks', fileOf('mocks.json', MOCKS), ...options);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(told);
});
