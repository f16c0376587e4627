import type { JsonObject } from '#core/json.ts';
import type { Step } from '#definition/model.ts';
import type { Emitting } from '../emitting.ts';
import { sideEnding } from '../endings.ts';
import { emitFailureHandling, isRetried } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { attemptValue, blockEnvironment, type Place, pathValue, taskIdentity } from '../place.ts';
import { timedScope } from '../scope.ts';
import { bodyOf, defined, type Emission, leave, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { isTimedBlock, type TimedBlock } from '../timed-block.ts';
import { BLOCK_THROUGH } from '../wait-payload.ts';
import { BACKSTOP_SECONDS, seconds } from './handler-task.ts';

/**
 * Puts a block with a timeout into one branch of a Parallel state, and into the other a Task that waits, so long, for
 * word that the block is through. When none comes, that branch fails, and with it the Parallel state, which cuts the block
 * off; the word itself is the last thing that the block's branch does.
 */
export function emitTimed(step: Step, at: Emitting, emit: (step: Step, at: Emitting) => Emission): Emission {
  if (!isTimedBlock(step)) return emit(step, at);
  const outer = { ...step, retry: step.kind === 'while' ? undefined : step.retry };
  const failure = emitFailureHandling(outer, at);
  const place: Place = {
    ...at.place,
    scope: timedScope(at.place.scope, step.id),
    retried: at.place.retried || isRetried(outer),
  };
  const bringsOut = at.emitter.references.broughtOutOf(place.scope).length > 0;
  const ending = sideEnding(place, at.emitter);
  const through: NamedState = [`${step.id} through`, throughState(step, { ...at, ...ending, place })];
  const inner: Emitting = { ...at, ...ending, place, exit: { kind: 'next', state: through[0] }, held: false };
  const { start, states } = emit(withoutHandling(step), inner);
  const state = {
    ...defined({ Type: 'Parallel', Arguments: blockEnvironment(at.place, isRetried(outer)) }),
    Branches: [bodyOf({ start, states: [...states, through] }), bodyOf(watch(step, place))],
    ...failure.fields,
    ...leave(at.exit, bringsOut ? { [`${step.id}__timed`]: '$states.result[0]' } : {}),
  };
  const name = timedStateName(step);
  return { start: name, states: [[name, state], ...failure.states] };
}

/** Name of the state around a block whose time is limited. */
export function timedStateName({ id }: Pick<Step, 'id'>): string {
  return `${id} timed`;
}

/** What fails in the block is handled around it, like its timeout; a loop goes on trying a failed iteration by itself. */
function withoutHandling(step: TimedBlock): Step {
  return { ...step, catch: undefined, retry: step.kind === 'while' ? step.retry : undefined };
}

function throughState(step: TimedBlock, { place, exit }: Emitting): JsonObject {
  const payload = {
    ...taskIdentity(place, `${step.id}.through`),
    ...{ action: 'tell', event: BLOCK_THROUGH, data: tryOf(step, place) },
  };
  return { Type: 'Task', ...callHandler(MACHINE_TOKENS.awaitEvent, payload), ...leave(exit, {}) };
}

/** Which try of the block is meant: several may run at once, in iterations around. */
function tryOf(step: TimedBlock, place: Place): JsonObject {
  return { path: pathValue(place, step.id), attempt: attemptValue(place) };
}

function watch(step: TimedBlock, place: Place): Emission {
  const [deadline, tooLate] = [`${step.id} deadline`, `${step.id} too late`];
  const payload = {
    ...taskIdentity(place, `${step.id}.deadline`),
    ...{
      action: 'await',
      event: BLOCK_THROUGH,
      where: '$event = $block',
      bindings: { block: tryOf(step, place) },
    },
    timeoutSeconds: seconds(step.timeoutMs) ?? 0,
  };
  const wait = {
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.awaitEvent, payload),
    TimeoutSeconds: Math.ceil(step.timeoutMs / 1_000) + BACKSTOP_SECONDS,
    Catch: [{ ErrorEquals: ['Event.Timeout', 'States.Timeout'], Next: tooLate }],
    End: true,
  };
  const fail = {
    Type: 'Fail',
    Error: 'Step.Timeout',
    Cause: `"${step.id}" was not through within ${step.timeoutMs / 1_000} s`,
  };
  return {
    start: deadline,
    states: [
      [deadline, wait],
      [tooLate, fail],
    ],
  };
}
