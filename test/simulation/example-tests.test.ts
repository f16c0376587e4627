import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drillCommand } from '#cli/rehearsal/drill.ts';
import { testCommand } from '#cli/rehearsal/test.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const WORKFLOWS = join(import.meta.dirname, '../../workflows');

test('the tests of the examples pass, with several seeds', async () => {
  const terminal = recordingTerminal();
  const exitCode = await testCommand({ paths: [WORKFLOWS], seeds: 2 }, terminal);
  expect(terminal.printed.filter((line) => line.startsWith('✖'))).toEqual([]);
  expect(exitCode).toBe(0);
}, 60_000);

test.each(['charging-session', 'firmware-rollout', 'install-packages', 'parcel-handover'])(
  'the undo of %s is proven in a drill',
  async (name) => {
    const terminal = recordingTerminal();
    await drillCommand({ paths: [join(WORKFLOWS, `${name}.yaml`)] }, terminal);
    expect(terminal.printed.at(-1)).toMatch(/^(\d+) proven of \1 undos?$/);
  },
  60_000,
);
