import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Block, State } from './definition.ts';
import { StateFailure } from './failure.ts';
import { jsonText } from './json-text.ts';
import { type ExecutionContext, StateScope, type Variables } from './state-scope.ts';
import { runState } from './states/state.ts';
import type { TaskRunner } from './states/task-runner.ts';
import type { Thread } from './thread.ts';

/** What states run in: their thread, their variables, and the services of the engine. */
export interface BlockRun {
  readonly thread: Thread;
  readonly variables: Variables;
  readonly execution: ExecutionContext;
  readonly tasks: TaskRunner;
  /** What the context object has besides, such as the item of an iteration. */
  readonly context: JsonObject;
}

/** How a state ended: its output, and the state that follows; none is the end of the block. */
export interface StateEnd {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Runs the states of a machine, branch or iteration from its start, and gives the output of the last. */
export async function runBlock(block: Block, input: Json, run: BlockRun): Promise<Json> {
  let name = block.StartAt;
  let current = input;
  for (;;) {
    const state = block.States[name];
    if (state === undefined) throw new StateFailure('States.Runtime', `there is no state "${name}"`);
    const { output, next } = await enterState({ name, state }, current, run);
    if (next === undefined) return output;
    [name, current] = [next, output];
  }
}

async function enterState(
  { name, state }: { name: string; state: State },
  input: Json,
  run: BlockRun,
): Promise<StateEnd> {
  const { thread, variables } = run;
  const { interventions } = run.execution;
  const turn = run.execution.work.turn(thread.cancellation);
  if (turn !== undefined) await turn;
  // Others may pause it again while it waits for its turn.
  while (interventions.holdsUp(thread)) await untilResumed(run);
  const isRecorded = thread.peek() !== undefined;
  const entered = thread.record(`${state.Type}StateEntered`, { name, input: jsonText(input) });
  const left = thread.skipToExit();
  if (left !== undefined) {
    const texts = assignedTexts(left.details);
    variables.assign(parseVariables(texts), texts);
    return { output: parseJson(String(left.details['output'])), next: left.next };
  }
  const enteredAt = entered.timestamp;
  // What was journaled holds, also where it would come out otherwise now, such as with $uuid().
  const given = isRecorded ? parseJson(String(entered.details['input'])) : input;
  const scope = new StateScope(run.execution, variables, {
    input: given,
    parts: [
      () => run.context,
      () => ({ State: { EnteredTime: new Date(enteredAt).toISOString(), Name: name } }),
    ],
  });
  const entry = { id: entered.id, after: entered.previousEventId };
  thread.open.push(state.Type);
  const end = await runState({ name, state, scope, run, enteredAt, entry });
  thread.open.pop();
  return end;
}

/** A paused execution waits: it keeps no place among those that work. */
export function untilResumed({ thread, execution }: BlockRun): Promise<void> {
  const { interventions, work } = execution;
  return work.resting(interventions.untilResumed(thread), thread.cancellation);
}

function assignedTexts(details: JsonObject): Readonly<Record<string, string>> {
  const assigned = details['assignedVariables'];
  if (!isJsonObject(assigned)) return {};
  return Object.fromEntries(Object.entries(assigned).map(([name, text]) => [name, String(text)]));
}

function parseVariables(texts: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseJson(text)]));
}

function parseJson(text: string): Json {
  return JSON.parse(text);
}
