import { join } from 'node:path';
import type { ExitCode } from './print-fault.ts';
import { runCommand } from './run.ts';
import type { Terminal } from './terminal.ts';

const WORKFLOWS = join(import.meta.dirname, '../../workflows');

/** `stepwright demo`: the firmware rollout on twelve simulated devices, one of which fails and is put back. */
export async function demoCommand(terminal: Terminal): Promise<ExitCode> {
  terminal.note(
    'Firmware 2.1.0 for 12 simulated devices. One will fail its check and be put\nback on what it had, which the workflow tolerates.\n',
  );
  const exitCode = await runCommand(
    {
      file: join(WORKFLOWS, 'firmware-rollout.yaml'),
      fleet: join(WORKFLOWS, 'fleets/berlin.yaml'),
      input: '{"release":"2.1.0","site":"berlin"}',
      mqttPort: 0,
    },
    terminal,
  );
  terminal.note('\nRun your own workflow on your own fleet:');
  terminal.note("  npx stepwright run my-workflow.yaml --fleet my-fleet.yaml --input '{}'");
  return exitCode;
}
