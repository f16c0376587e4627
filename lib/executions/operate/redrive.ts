import semver from 'semver';
import { releaseAll } from '#concurrency/lock.ts';
import { StepwrightError } from '#core/error.ts';
import type { ExecutionRef, Redriven, StateSkip } from '#engine/engine.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { executionEnded } from '../ended.ts';
import type { Execution } from '../execution.ts';
import { getExecution } from '../execution-store.ts';
import type { ExecutionPorts } from '../ports.ts';
import { wholeHistory } from '../read-history.ts';
import { claimDevicesAgain, freeDevices } from '../rollout/claims.ts';
import { getVersion, type WorkflowVersion } from '../workflow-store.ts';
import { type ActionAsked, type Operator, recorded } from './action.ts';
import { incompatibilities } from './compatible.ts';
import { noteHeldUnits, takeUnitsAgain } from './held-units.ts';
import { type RedrivePoints, redrivePoints } from './redrive-points.ts';
import { demandRedrivable } from './refusals.ts';
import { recordedRuns } from './state-runs.ts';

/** How an execution is redriven. */
export interface RedriveAsked extends Operator {
  /** A newer version of its workflow, in place of its own. */
  readonly version?: string | undefined;
}

/**
 * Goes on with an execution that has failed, was stopped or has timed out, from the steps that did not succeed. Those that did
 * keep their results; a command that took effect is not sent again. Gives the execution as it then is. Throws SW4044, SW4060
 * to SW4063, SW4065.
 */
export async function redriveExecution(
  ports: ExecutionPorts,
  id: string,
  asked: RedriveAsked,
): Promise<Execution> {
  const execution = await getExecution(ports.table, id);
  demandRedrivable(execution);
  const { version: wanted, ...operator } = asked;
  const { compiled } = await getVersion(ports.table, execution.workflow, execution.version);
  const history = await wholeHistory(ports.engine, { machine: execution.machine, name: id });
  const points = redrivePoints(compiled, recordedRuns(compiled.steps, history));
  const events = [
    ...history.events,
    ...[...history.children.values()].flat().flatMap((child) => child.events),
  ];
  const next =
    wanted === undefined ? undefined : await compatibleVersion(ports, { execution, wanted, events });
  const version = next?.compiled.version ?? execution.version;
  const details = { ...(next === undefined ? {} : { from: execution.version, version }) };
  return goOn(ports, execution, {
    action: { ...operator, operation: 'redrive', details },
    points,
    version,
    machine: next?.machine ?? execution.machine,
  });
}

interface Going {
  readonly action: ActionAsked;
  readonly points: RedrivePoints;
  readonly version: string;
  readonly machine: string;
  readonly skip?: StateSkip;
}

/** Redrives an execution at the engine, and notes that it runs. */
export function goOn(ports: ExecutionPorts, execution: Execution, going: Going): Promise<Execution> {
  const { action, points, version, machine, skip } = going;
  return recorded(ports, { ...action, execution: execution.id }, async () => {
    await takeUnitsAgain(ports, execution.id);
    await uncount(ports, execution.id, points);
    const ref = { machine: execution.machine, name: execution.id };
    try {
      await claimDevicesAgain(ports, execution.id);
      const redriven = await ports.engine.redrive(ref, {
        ...(machine === execution.machine ? {} : { machine }),
        ...(points.rewindTo.length === 0 ? {} : { rewindTo: points.rewindTo }),
        ...(points.children.length === 0 ? {} : { children: points.children }),
        ...(skip === undefined ? {} : { skip }),
      });
      await noteRunning(ports, execution, { version, machine, ...redriven });
    } catch (error) {
      if (error instanceof StepwrightError) await undoPreparation(ports, execution);
      throw error;
    }
    await settleWhatHasEnded(ports, { machine, name: execution.id });
    return getExecution(ports.table, execution.id);
  });
}

/** An iteration that runs again is not counted as failed before it fails again. */
async function uncount({ table }: ExecutionPorts, id: string, { uncounted }: RedrivePoints): Promise<void> {
  for (const { path, iteration } of uncounted) {
    const mark = executionKeys.failedIteration(id, iteration);
    const counted = (await table.get(mark))?.['counted'];
    const paths = Array.isArray(counted) ? counted.map(String) : [path];
    try {
      await table.transact([
        { delete: mark, condition: { exists: true } },
        ...paths.map((each) => ({ update: { key: executionKeys.tolerance(id, each), add: { failed: -1 } } })),
      ]);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}

interface Running extends Redriven {
  readonly version: string;
  readonly machine: string;
}

/** The engine comes first: should its run end before this is written, that end has settled the execution. */
async function noteRunning(
  { table }: ExecutionPorts,
  { id, status, endedAt = 0 }: Execution,
  running: Running,
): Promise<void> {
  try {
    await table.update({
      key: executionKeys.meta(id),
      set: { ...running, status: 'RUNNING' },
      remove: ['endedAt', 'error', 'cause', 'pausedAt'],
      condition: {
        all: [
          { attribute: 'status', equals: status },
          { attribute: 'endedAt', equals: endedAt },
        ],
      },
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    await table.update({ key: executionKeys.meta(id), set: { ...running } });
  }
}

/**
 * A redrive was refused: what was taken for it is given back. Unless the execution runs: a redrive before has begun that, and
 * its process may have ended before it could note it.
 */
async function undoPreparation(ports: ExecutionPorts, execution: Execution): Promise<void> {
  const { id, version, machine } = execution;
  const found = await ports.engine.describe({ machine, name: id });
  if (found?.status === 'RUNNING') {
    const { redriveCount = 1, redrivenAt = found.startedAt } = found;
    await noteRunning(ports, execution, { version, machine, redriveCount, redrivenAt });
    return;
  }
  await noteHeldUnits(ports, id);
  await releaseAll(ports, id);
  await freeDevices(ports, id);
}

/** A run may have ended, and been told to, before its execution was noted to run. */
async function settleWhatHasEnded(ports: ExecutionPorts, ref: ExecutionRef): Promise<void> {
  const found = await ports.engine.describe(ref);
  if (found === undefined || found.status === 'RUNNING' || found.status === 'PENDING_REDRIVE') return;
  const { status, output, error, cause, endedAt = found.startedAt } = found;
  await executionEnded(ports, {
    ...{ ref, status, endedAt },
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  });
}

interface VersionAsked {
  readonly execution: Execution;
  readonly wanted: string;
  readonly events: Parameters<typeof incompatibilities>[0];
}

async function compatibleVersion(
  { table }: ExecutionPorts,
  { execution, wanted, events }: VersionAsked,
): Promise<WorkflowVersion> {
  const { workflow, version } = execution;
  const next = await getVersion(table, workflow, wanted);
  const { compiled } = await getVersion(table, workflow, version);
  const machines = { before: compiled.definition, after: next.compiled.definition };
  const reasons = semver.lt(next.compiled.version, version)
    ? ['it is older']
    : incompatibilities(events, machines);
  if (reasons.length === 0) return next;
  throw new StepwrightError({
    code: 'SW4063',
    kind: 'conflict',
    message: `an execution of ${workflow} ${version} cannot go on with ${next.compiled.version}: ${reasons.join('; ')}`,
    hint: 'what it has done has to stand unchanged in the newer version; else start a new execution',
  });
}
