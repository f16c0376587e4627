import { readRecordedExecution } from '#embedded/recorded-execution.ts';
import { checkInput } from '#executions/input.ts';
import type { Recording } from '#rehearsal/what-if/recording.ts';
import { whatIf } from '#rehearsal/what-if/what-if.ts';
import { fetchExecution, fetchHistory } from '../executions/execution-calls.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { loadValidWorkflow } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { printWhatIf } from './print-what-if.ts';
import { compileLoaded, decisionsOf } from './scenario.ts';

/** What `stepwright what-if` was called with. */
export interface WhatIfArguments extends ServerArguments {
  readonly execution: string;
  /** File of the new version. */
  readonly workflow: string;
  /** Data directory of a server that does not run, to read the execution from. */
  readonly from?: string;
}

/**
 * `stepwright what-if`: runs a new version of a workflow on what an execution has recorded, and tells where it goes otherwise.
 * Exit code 1 when it does.
 */
export async function whatIfCommand(args: WhatIfArguments, terminal: Terminal): Promise<ExitCode> {
  const loaded = loadValidWorkflow(args.workflow, terminal);
  const recording = await readRecording(args);
  const { name, version, inputSchema } = loaded.workflow;
  checkInput(`${name} ${version}`, inputSchema, recording.input);
  const [compiled] = compileLoaded(loaded);
  const found = await whatIf(recording, compiled, decisionsOf(loaded));
  const about = {
    execution: recording.id,
    from: `${recording.workflow} ${recording.version}`,
    to: `${name} ${version}`,
  };
  if (terminal.json) printJson(terminal, { ...about, ...found });
  else printWhatIf(about, found, terminal);
  const isSame = found.tasks.every(({ kind }) => kind === 'same') && found.skipped.length === 0;
  return isSame && found.replayed?.error === found.recorded.error ? 0 : 1;
}

async function readRecording(args: WhatIfArguments): Promise<Recording> {
  if (args.from !== undefined) {
    const { execution, events } = await readRecordedExecution(args.from, args.execution);
    const { id, workflow, version, status, error, input } = execution;
    return { id, workflow, version, status, error, input, events };
  }
  const server = findServer(args, process.env);
  const execution = await fetchExecution(server, args.execution);
  const { events } = await fetchHistory(server, args.execution);
  const { executionId: id, workflow, version, status, error, input } = execution;
  return {
    ...{ id, workflow, version, status, error, input },
    events: events.map((event) => ({ ...event, timestamp: Date.parse(event.timestamp) })),
  };
}
