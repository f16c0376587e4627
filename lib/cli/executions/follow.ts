import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { isFinal } from '#executions/execution.ts';
import type { Server } from '../api-client.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import type { ExecutionProgress } from '../progress.ts';
import { createProgressReporter, type ProgressReporter } from '../progress-reporter.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { type ExecutionDocument, fetchExecution } from './execution-calls.ts';
import { endLines } from './show.ts';

/** From an answer to the next question, in ms; at least so many times as long as the answer took. */
const [POLL_MS, RESTS] = [500, 4];

/** `stepwright executions follow`: tells how an execution goes until it has ended. Exit code 1 when it has not succeeded. */
export async function followCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const first = await fetchExecution(server, id);
  const reporter = await createProgressReporter(terminal, systemClock);
  const stop = new AbortController();
  let ended: ExecutionDocument | undefined;
  try {
    const following = followOn({ server, reporter, terminal, signal: stop.signal }, first);
    ended = await Promise.race([following, untilInterrupted(stop.signal).then(() => undefined)]);
  } finally {
    stop.abort();
    reporter.finish();
  }
  if (ended === undefined) {
    terminal.note(`${id} goes on; "stepwright executions follow ${id}" tells how`);
    return 1;
  }
  if (terminal.json) printJson(terminal, ended);
  else for (const line of ['', ...endLines(ended, terminal)]) terminal.print(line);
  return ended.status === 'SUCCEEDED' ? 0 : 1;
}

interface Following {
  readonly server: Server;
  readonly reporter: ProgressReporter;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Asks again and again, as long as it has not ended; undefined when nobody listens any more. */
async function followOn(
  { server, reporter, terminal, signal }: Following,
  first: ExecutionDocument,
): Promise<ExecutionDocument | undefined> {
  let latest = first;
  let isGone = false;
  while (!signal.aborted) {
    reporter.update(progressOf(latest));
    if (isFinal(latest.status)) return latest;
    const since = performance.now();
    const found = await fetchUnlessGone(server, latest.executionId);
    if (found === undefined && !isGone) terminal.note(`no answer from ${server.url}; trying again`);
    isGone = found === undefined;
    latest = found ?? latest;
    const tookMs = performance.now() - since;
    await pause(Math.max(POLL_MS, tookMs * RESTS), undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** A server that does not answer may be on its way back. */
async function fetchUnlessGone(server: Server, id: string): Promise<ExecutionDocument | undefined> {
  try {
    return await fetchExecution(server, id);
  } catch (error) {
    if (error instanceof StepwrightError && error.kind === 'unavailable') return undefined;
    throw error;
  }
}

function progressOf(execution: ExecutionDocument): ExecutionProgress {
  const { workflow, version, status, startedAt, endedAt, progress, steps } = execution;
  return {
    ...{ title: `${workflow} ${version}`, status, startedAt: Date.parse(startedAt), ...progress },
    ...(endedAt === undefined ? {} : { endedAt: Date.parse(endedAt) }),
    steps: steps.map(({ startedAt: began, endedAt: ended, path, attempts, ...step }) => ({
      ...{ path, attempts, status: step.status },
      ...(step.device === undefined ? {} : { device: step.device }),
      ...(step.error === undefined ? {} : { error: step.error }),
      ...(began === undefined ? {} : { startedAt: Date.parse(began) }),
      ...(ended === undefined ? {} : { endedAt: Date.parse(ended) }),
    })),
  };
}
