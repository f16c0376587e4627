import type { JsonObject } from '#core/json.ts';
import type { Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { resultOf, type WorkStep } from '../result.ts';
import { defined, type Emission, leave } from '../states.ts';

/** A call of a handler. */
export interface HandlerCall {
  /** From `MACHINE_TOKENS`. */
  readonly token: string;
  readonly payload: JsonObject;
  /** When the handler ends the task itself; the engine does so a little later, in case even that is lost. */
  readonly deadlineMs?: number | undefined;
}

/** What the engine waits longer than a handler's own deadline, in seconds: the handler is to fail the task first. */
export const BACKSTOP_SECONDS = 30;

/** A step that is one call of a handler: one Task that waits until the handler answers its token. */
export function emitHandlerTask(step: WorkStep, at: Emitting, call: HandlerCall): Emission {
  const failure = emitFailureHandling(step, at);
  const { Retry: ownRetry, ...handling } = failure.fields;
  const task = {
    ...defined({ Type: 'Task', Comment: step.title }),
    ...callHandler(call.token, call.payload, ownRetry),
    ...(call.deadlineMs === undefined
      ? {}
      : { TimeoutSeconds: Math.ceil(call.deadlineMs / 1_000) + BACKSTOP_SECONDS }),
    ...handling,
    ...leave(at.exit, resultOf(step, '$states.result', at)),
  };
  return { start: step.id, states: [[step.id, task], ...failure.states] };
}

/** Seconds of an optional time. */
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1_000;
}
