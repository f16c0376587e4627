import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { type ExecutionStatus, isFinal } from '#executions/execution.ts';
import { getExecution } from '#executions/execution-store.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { NO_FAULTS } from '../faults.ts';
import { RehearsalWorld } from '../world.ts';
import { type ArgumentChange, argumentChanges } from './argument-changes.ts';
import { argsOf, keyOfTask, type RecordedTask, type Recording, recordedTasks } from './recording.ts';

/** A try of a task in the new version, held against the recording. */
export type ReplayedTask =
  | { readonly kind: 'same'; readonly step: string }
  | { readonly kind: 'changed'; readonly step: string; readonly changes: readonly ArgumentChange[] }
  /** Nothing is recorded of it: what would come after it is unknown. */
  | { readonly kind: 'not recorded'; readonly step: string; readonly args: JsonObject };

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

/** Runs a new version of a workflow on the results that an execution of another one has recorded. Throws SW4004. */
export async function whatIf(recording: Recording, compiled: CompiledWorkflow): Promise<WhatIf> {
  const replay = new Replay(recordedTasks(recording));
  using world = new RehearsalWorld({
    ...{ seed: 1, fleet: { name: 'none', seed: 0, devices: [] }, faults: NO_FAULTS },
    ...{ injections: [], answers: [], input: recording.input },
    standIn: (token, called) =>
      token === MACHINE_TOKENS.unwind
        ? called
        : async (payload) => {
            replay.take(payload, world);
            return null;
          },
    onEvents: (_ref, events) => {
      for (const { id, type, details } of events)
        if (type.endsWith('StateEntered')) replay.states.set(id, String(details['name']));
    },
  });
  await world.begin();
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

/** Lets time go by to the end, or until only what is not recorded is waited for. */
async function runOn(world: RehearsalWorld, id: string, replay: Replay): Promise<boolean> {
  for (;;) {
    await world.quiet();
    const execution = await world.pumped(getExecution(world.ports.table, id));
    if (isFinal(execution.status)) return true;
    if (replay.isStuck || !(await world.clock.advanceToNext())) return false;
  }
}

/** Answers tasks with what was recorded of them. */
class Replay {
  readonly tasks: ReplayedTask[] = [];
  /** Names of the states that were entered, by the id of the event. */
  readonly states = new Map<number, string>();
  readonly #recorded = new Map<string, RecordedTask[]>();
  #answering = 0;
  #isOpen = false;

  constructor(recorded: readonly RecordedTask[]) {
    for (const task of recorded)
      this.#recorded.set(task.key, [...(this.#recorded.get(task.key) ?? []), task]);
  }

  /** Whether something is waited for of which nothing is recorded, and nothing else is to come. */
  get isStuck(): boolean {
    return this.#isOpen && this.#answering === 0;
  }

  /** Takes the call of a task: answers it after as long as it took, if it is recorded. */
  take(payload: Json, world: RehearsalWorld): void {
    const token = isJsonObject(payload) ? payload['taskToken'] : undefined;
    if (!isJsonObject(payload) || typeof token !== 'string') return;
    const { key, step } = keyOfTask(payload, this.states.get(enteredIdOf(token)) ?? '');
    const recorded = this.#recorded.get(key)?.shift();
    const args = argsOf(payload);
    if (recorded === undefined) {
      this.#isOpen = true;
      this.tasks.push({ kind: 'not recorded', step, args });
      return;
    }
    const changes = argumentChanges(recorded.args, args);
    this.tasks.push(changes.length === 0 ? { kind: 'same', step } : { kind: 'changed', step, changes });
    this.#answering++;
    world.clock.setTimer(world.clock.now() + recorded.tookMs, () => {
      this.#answering--;
      const { engine } = world.ports;
      const { end } = recorded;
      if (end.kind === 'succeeded') void engine.succeedTask(token, end.output);
      else void engine.failTask(token, { error: end.error, cause: end.cause });
    });
  }

  /** Steps of which something is recorded that was not asked for, in the order of their recording. */
  left(): readonly string[] {
    const steps = [...this.#recorded.values()].flatMap((tasks) => tasks.map(({ step }) => step));
    return [...new Set(steps)];
  }
}

/** The id of the event by which the state of a task was entered: the second part of its token. */
function enteredIdOf(token: string): number {
  return Number(token.split('.')[1]);
}
