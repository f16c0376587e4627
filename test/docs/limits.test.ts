import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { MAX_QUEUED, MAX_RUNNING } from '#engine/embedded/admission/admission.ts';
import { CALL_TIMEOUT_MS, MAX_CALLS } from '#engine/embedded/admission/calls.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/limits.md'), 'utf8');

function startHelp(): string {
  const program = createProgram(recordingTerminal(), async () => {});
  const start = program.commands.find((command) => command.name() === 'start');
  return (start?.options ?? []).map(({ long, description }) => `${long} ${description}`).join('\n');
}

test.each([
  ['--max-running', MAX_RUNNING],
  ['--max-queued', MAX_QUEUED],
  ['--max-calls', MAX_CALLS],
])('guide and help tell the default of %s', (option, value) => {
  expect(PAGE).toContain(`| \`${option} <count>\` | ${value} |`);
  expect(startHelp()).toMatch(new RegExp(`${option} .*\\(default: ${value}\\)`));
});

test('the guide tells how long a call may take, and each option is one of the command', () => {
  expect(PAGE).toContain(`at the latest after ${CALL_TIMEOUT_MS / 60_000} minutes`);
  for (const option of ['--memory-limit', '--drain']) {
    expect(PAGE).toContain(`\`${option} `);
    expect(startHelp()).toContain(option);
  }
});
