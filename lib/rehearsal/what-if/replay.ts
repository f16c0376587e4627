import { DecideRequestSchema } from '#compiler/call-payload.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Engine } from '#engine/engine.ts';
import { serveTask } from '#engine/serve-task.ts';
import { decideForStep } from '#executions/decide-step.ts';
import type { RehearsalWorld } from '../world.ts';
import { type ArgumentChange, argumentChanges } from './argument-changes.ts';
import { argsOf, keyOfTask, type RecordedTask, type TaskEnd } from './recording.ts';

/** A try of a task in the new version, held against the recording. */
export type ReplayedTask =
  | { readonly kind: 'same'; readonly step: string }
  | { readonly kind: 'changed'; readonly step: string; readonly changes: readonly ArgumentChange[] }
  /** A decision of which nothing is recorded: it is decided, and the run goes on. */
  | { readonly kind: 'decided'; readonly step: string; readonly args: JsonObject; readonly end: TaskEnd }
  /** Nothing is recorded of it: what would come after it is unknown. */
  | { readonly kind: 'not recorded'; readonly step: string; readonly args: JsonObject };

/** The call of a task, with what was recorded of it. */
interface Call {
  readonly token: string;
  readonly step: string;
  readonly args: JsonObject;
  readonly recorded: RecordedTask | undefined;
}

/** Answers tasks with what was recorded of them. */
export class Replay {
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
    const call = this.#callOf(payload);
    if (call === undefined) return;
    const { step, args, recorded } = call;
    if (recorded === undefined) {
      this.#isOpen = true;
      this.tasks.push({ kind: 'not recorded', step, args });
      return;
    }
    const changes = argumentChanges(recorded.args, args);
    this.#tell(step, changes);
    this.#answering++;
    this.#answer(call, recorded.end, world);
  }

  /** Decides for a task by the decisions of the new version, and tells what comes out otherwise than recorded. */
  async decide(payload: Json, world: RehearsalWorld): Promise<void> {
    const call = this.#callOf(payload);
    if (call === undefined) return;
    this.#answering++;
    const end = await decided(payload, world);
    const { step, args, recorded } = call;
    if (recorded === undefined) this.tasks.push({ kind: 'decided', step, args, end });
    else
      this.#tell(step, [
        ...argumentChanges(recorded.args, args),
        ...argumentChanges(resultOf(recorded.end), resultOf(end)),
      ]);
    this.#answer(call, end, world);
  }

  #callOf(payload: Json): Call | undefined {
    const token = isJsonObject(payload) ? payload['taskToken'] : undefined;
    if (!isJsonObject(payload) || typeof token !== 'string') return undefined;
    const { key, step } = keyOfTask(payload, this.states.get(enteredIdOf(token)) ?? '');
    return { token, step, args: argsOf(payload), recorded: this.#recorded.get(key)?.shift() };
  }

  #tell(step: string, changes: readonly ArgumentChange[]): void {
    this.tasks.push(changes.length === 0 ? { kind: 'same', step } : { kind: 'changed', step, changes });
  }

  /** Answers after as long as the task took when it was recorded. */
  #answer({ token, recorded }: Call, end: TaskEnd, world: RehearsalWorld): void {
    world.clock.setTimer(world.clock.now() + (recorded?.tookMs ?? 0), () => {
      this.#answering--;
      const { engine } = world.ports;
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

/** How a decision ends, as its handler would answer. */
async function decided(payload: Json, { ports }: RehearsalWorld): Promise<TaskEnd> {
  const ends: TaskEnd[] = [];
  const failTask: Engine['failTask'] = async (_token, { error, cause }) => {
    ends.push({ kind: 'failed', error, cause });
    return 'accepted';
  };
  await serveTask({ failTask }, { schema: DecideRequestSchema, payload }, async (request) => {
    ends.push({ kind: 'succeeded', output: await decideForStep(ports, request) });
  });
  const [end] = ends;
  if (end === undefined) throw new Error('the decision has neither succeeded nor failed');
  return end;
}

function resultOf(end: TaskEnd): JsonObject {
  return end.kind === 'succeeded' ? { decides: end.output } : { fails: end.error };
}
