import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { StepwrightError } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import { publishDecision } from '#executions/decision-store.ts';
import { type ExecutionStatus, isFinal } from '#executions/execution.ts';
import { getExecution } from '#executions/execution-store.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { NO_FAULTS } from '../faults.ts';
import type { Rehearsed } from '../rehearse.ts';
import { RehearsalWorld } from '../world.ts';
import { type Recording, recordedTasks } from './recording.ts';
import { Replay, type ReplayedTask } from './replay.ts';

/** Where a new version goes otherwise than what was recorded. */
export interface WhatIf {
  /** Every try of a task that the new version makes, in its order. */
  readonly tasks: readonly ReplayedTask[];
  /** Steps that were recorded, and that the new version does not come to. */
  readonly skipped: readonly string[];
  readonly recorded: { readonly status: ExecutionStatus; readonly error: string | undefined };
  /** How the new version ends; undefined where it comes to something of which nothing is recorded. */
  readonly replayed:
    | {
        readonly status: ExecutionStatus;
        readonly error: string | undefined;
        readonly output: Json | undefined;
      }
    | undefined;
}

/**
 * Runs a new version of a workflow on the results that an execution of another one has recorded; its decisions, which do
 * nothing, are decided anew. Throws SW3085, SW4004.
 */
export async function whatIf(
  recording: Recording,
  compiled: CompiledWorkflow,
  decisions: NonNullable<Rehearsed['decisions']> = [],
): Promise<WhatIf> {
  if (recording.events.some(({ type }) => type === 'MapRunStarted') || hasChildren(compiled)) {
    throw withChildren(recording.id);
  }
  const replay = new Replay(recordedTasks(recording));
  using world = new RehearsalWorld({
    ...{ seed: 1, fleet: { name: 'none', seed: 0, devices: [] }, faults: NO_FAULTS },
    ...{ injections: [], answers: [], input: recording.input },
    standIn: (token, called) =>
      token === MACHINE_TOKENS.unwind
        ? called
        : async (payload) => {
            if (token === MACHINE_TOKENS.decide) await replay.decide(payload, world);
            else replay.take(payload, world);
            return null;
          },
    onEvents: (_ref, events) => {
      for (const { id, type, details } of events)
        if (type.endsWith('StateEntered')) replay.states.set(id, String(details['name']));
    },
  });
  await world.begin();
  for (const decision of decisions) await world.pumped(publishDecision(world.ports, decision));
  await world.pumped(publishWorkflow(world.ports, compiled, ''));
  const request = {
    workflow: compiled.name,
    version: compiled.version,
    input: recording.input,
    name: recording.id,
  };
  await world.pumped(startExecution(world.ports, request));
  const isThrough = await runOn(world, recording.id, replay);
  const execution = await world.pumped(getExecution(world.ports.table, recording.id));
  const { status, error, output } = execution;
  return {
    tasks: replay.tasks,
    skipped: replay.left(),
    recorded: { status: recording.status, error: recording.error },
    replayed: isThrough ? { status, error, output } : undefined,
  };
}

/** Whether a machine has distributed Maps, whose iterations have histories of their own. */
function hasChildren({ definition }: CompiledWorkflow): boolean {
  return JSON.stringify(definition).includes('"Mode":"DISTRIBUTED"');
}

function withChildren(id: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3085',
    kind: 'invalid',
    message: `execution "${id}" cannot be replayed: iterations of a distributed Map have histories of their own`,
    hint: 'rehearse the new version with "stepwright simulate" or "stepwright test"; or compare versions of which no forEach runs more than 40 at once',
  });
}

/** Lets time go by to the end, or until only what is not recorded is waited for. */
async function runOn(world: RehearsalWorld, id: string, replay: Replay): Promise<boolean> {
  for (;;) {
    await world.quiet();
    const execution = await world.pumped(getExecution(world.ports.table, id));
    if (isFinal(execution.status)) return true;
    if (replay.isStuck || !(await world.clock.advanceToNext())) return false;
  }
}
