import type { AlertDocument } from '../../alerts/alert-calls.ts';
import type { FeedEvent } from '../../events/event-calls.ts';
import type { ExecutionDocument, ExecutionSummary } from '../../executions/execution-calls.ts';
import type { FleetDevice, Running, ShownPool, TopState } from '../top-state.ts';
import { shownAlerts } from './alerts.ts';
import { cut, foldExecutions } from './executions.ts';
import { foldFleet } from './fleet.ts';

/** How things stand, as the API lists them. */
export interface Snapshot {
  /** The newest executions. */
  readonly executions: readonly ExecutionSummary[];
  /** Devices by id. */
  readonly devices: ReadonlyMap<string, FleetDevice>;
  readonly isFleetCut: boolean;
  /** What was told lately of breakers. */
  readonly breakers: readonly FeedEvent[];
  /** What was told lately of executions that did not end well. */
  readonly failures: readonly FeedEvent[];
  readonly alerts: readonly AlertDocument[];
  readonly pools: readonly ShownPool[];
}

/** What is known after how things stand was asked for. What is known of executions beside that stays. */
export function foldSnapshot(before: TopState, snapshot: Snapshot): TopState {
  const { devices, isFleetCut, breakers, failures, alerts, pools } = snapshot;
  const { failed } = foldExecutions({ ...before, failed: [] }, failures);
  return {
    ...before,
    ...foldFleet({ devices, isFleetCut, leftOut: before.leftOut }, breakers),
    ...foldRunning(before, snapshot.executions),
    failed: [...merged(before.failed, failed)],
    alerts: shownAlerts(alerts),
    pools,
  };
}

function merged(one: TopState['failed'], other: TopState['failed']): TopState['failed'] {
  const all = new Map([...one, ...other].map((each) => [`${each.id} ${each.at}`, each]));
  return [...all.values()].toSorted((a, b) => b.at - a.at);
}

/** Those that are listed as ended are gone; those that are not listed are older than the list reaches. */
function foldRunning(
  { running: before, isRunningCut, ended }: TopState,
  executions: readonly ExecutionSummary[],
): Pick<TopState, 'running' | 'isRunningCut'> {
  const running = new Map(before);
  for (const execution of executions) {
    const { executionId: id } = execution;
    if (!isOpen(execution.status)) running.delete(id);
    else if (!ended.has(id)) running.set(id, listed(execution, running.get(id)));
  }
  return cut(running, isRunningCut);
}

function isOpen(status: string): status is Running['status'] {
  return status === 'RUNNING' || status === 'ROLLING_BACK';
}

function listed(execution: ExecutionSummary, known: Running | undefined): Running {
  const { executionId: id, workflow, version, startedAt, pausedAt, status } = execution;
  const { pausedAt: _, ...heard } = known ?? { heardAt: Date.parse(startedAt), troubles: 0 };
  return {
    ...heard,
    ...{ id, workflow, version, status: isOpen(status) ? status : 'RUNNING' },
    startedAt: Date.parse(startedAt),
    ...(pausedAt === undefined ? {} : { pausedAt: Date.parse(pausedAt) }),
  };
}

/** What is known of an execution after it was looked up. */
export function foldExecution(before: TopState, document: ExecutionDocument): TopState {
  const known = before.running.get(document.executionId);
  if (known === undefined) return before;
  const running = new Map(before.running);
  if (isOpen(document.status)) {
    const at = document.steps.find(({ status }) => status === 'RUNNING')?.path;
    const doing = known.doing ?? at;
    running.set(known.id, {
      ...listed(document, known),
      ...(doing === undefined ? {} : { doing }),
      progress: document.progress,
    });
  } else running.delete(known.id);
  return { ...before, running };
}
