import { expect, test } from 'vitest';
import { runProgram } from '#support/run-program.ts';

test.each([
  ['--count', '0', 'Write a number from 1 on.'],
  ['--count', 'many', 'Write a number from 1 on.'],
  ['--interval', '1ms', 'Write it like 2s; 250ms is the shortest.'],
  ['--interval', 'soon', 'Write it like 2s; 250ms is the shortest.'],
])('%s %s is refused, with what to write', async (option, value, hint) => {
  const { exitCode, stderr } = await runProgram(['top', option, value]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(hint)]);
});

test('a server that does not answer is told of', async () => {
  const { exitCode, stderr } = await runProgram(['top', '--endpoint', 'http://127.0.0.1:9', '--token', 'x']);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('SW3061')]);
});
