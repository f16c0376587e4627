import type { Command } from '#devices/command.ts';
import { type StepRow, type StepRows, toStepState } from './step-rows.ts';
import type { StepState, StepStatus } from './step-state.ts';

/**
 * The states of all steps. The history knows when a step was tried and how it ended; its commands know on which device,
 * and whether that was undone. An emulator's history is silent on what happens inside of blocks: there, the commands
 * tell what they know.
 *
 * @param isPartly whether the history leaves out iterations that may be over: of their steps, those without a command are not told.
 */
export function joinCommands(rows: StepRows, commands: readonly Command[], isPartly = false): StepState[] {
  const issued = Map.groupBy(
    commands.filter(({ undoes }) => undoes === undefined),
    ({ path }) => path ?? '',
  );
  const undoing = new Set(
    commands.filter(({ endedAt }) => endedAt === undefined).map(({ undoes }) => undoes),
  );
  for (const [path, own] of issued) {
    const row = rows.ofPath(path);
    if (row !== undefined && (row.status === 'PENDING' || row.status === 'SKIPPED')) fill(row, own);
  }
  const told = rows.all().filter(({ isUntold, status }) => !isPartly || !isUntold || status !== 'PENDING');
  return told.map((row) => {
    const own = issued.get(row.path) ?? [];
    const status = compensation(own, undoing);
    const latest = latestOf(own);
    const state = toStepState(status === undefined ? row : { ...row, status }, latest?.device);
    return latest?.route === undefined ? state : { ...state, route: latest.route };
  });
}

/** What the commands of a step tell of it, where nothing else does. */
function fill(row: StepRow, own: readonly Command[]): void {
  const latest = latestOf(own);
  if (latest === undefined) return;
  const { endedAt, error, cause } = latest;
  row.status = statusOf(latest);
  row.attempts = own.length;
  row.startedAt = Math.min(...own.map(({ queuedAt }) => queuedAt));
  row.endedAt = endedAt;
  row.error = error;
  row.cause = cause;
}

function statusOf({ status, expected }: Command): StepStatus {
  switch (status) {
    case 'QUEUED':
    case 'SENT':
    case 'DELIVERED':
    case 'RUNNING':
      return 'RUNNING';
    case 'SUCCEEDED':
      return expected === false ? 'FAILED' : 'SUCCEEDED';
    case 'CANCELLED':
      return 'CANCELLED';
    default:
      return 'FAILED';
  }
}

function latestOf(own: readonly Command[]): Command | undefined {
  return own.toSorted((one, other) => one.queuedAt - other.queuedAt || one.attempt - other.attempt).at(-1);
}

function compensation(
  own: readonly Command[],
  undoing: ReadonlySet<string | undefined>,
): StepStatus | undefined {
  if (own.some(({ id }) => undoing.has(id))) return 'COMPENSATING';
  if (own.some(({ undoError }) => undoError !== undefined)) return 'COMPENSATION_FAILED';
  return own.some(({ undoneAt }) => undoneAt !== undefined) ? 'COMPENSATED' : undefined;
}
