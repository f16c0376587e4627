import semver from 'semver';
import type { JsonObject } from '#core/json.ts';
import { findServer } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { readInput } from '../read-input.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { readReference } from '../workflows/reference.ts';
import { startExecution } from './execution-calls.ts';
import { followCommand } from './follow.ts';

/** What `stepwright executions start` was called with. */
export interface StartArguments extends Omit<OperatorArguments, 'reason'> {
  /** `tour`, `tour@1.2.0`, `tour@^1` or `tour@stable`. */
  readonly reference: string;
  readonly input?: string;
  /** Id of the execution. */
  readonly name?: string;
  readonly follow?: true;
}

/** `stepwright executions start`: starts a workflow that is published on a server, and with `--follow` tells how it goes. */
export async function startCommand(args: StartArguments, terminal: Terminal): Promise<ExitCode> {
  const { name } = readReference(args.reference);
  const server = findServer(args, process.env);
  const body: JsonObject = {
    ...{ input: await readInput(args.input), ...operatorOf(args), ...wantedOf(args.reference) },
    ...(args.name === undefined ? {} : { name: args.name }),
  };
  const started = await startExecution(server, name, body);
  const { executionId, workflow, version, warning } = started;
  if (warning !== undefined) terminal.note(terminal.notePaint.yellow(`${workflow} ${version}: ${warning}`));
  if (args.follow !== undefined) {
    terminal.note(`execution ${executionId}`);
    return followCommand(executionId, args, terminal);
  }
  if (terminal.json) printJson(terminal, started);
  else terminal.print(`execution ${executionId} of ${workflow} ${version} has begun`);
  return 0;
}

/** What is neither a version nor a range is an alias. */
function wantedOf(reference: string): JsonObject {
  const { wanted } = readReference(reference);
  if (wanted === undefined || wanted === 'latest') return {};
  return semver.validRange(wanted) === null ? { alias: wanted } : { version: wanted };
}
