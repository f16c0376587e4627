import type { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { CommandStep, Compensate } from '#definition/model.ts';
import { handlerBindings, splitArguments } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { emitFailureHandling } from '../failure.ts';
import { callHandler } from '../handler-call.ts';
import { attemptValue, pathValue } from '../place.ts';
import { defined, type Emission, leave } from '../states.ts';
import { type CommandRequestSchema, type CompensationSchema, MACHINE_TOKENS } from '../task-payload.ts';

/** What the engine waits longer than the command's own deadline, in seconds: the handler is to fail it first. */
const BACKSTOP_SECONDS = 30;

/** The fields of a payload, each as a value of States Language; undefined ones are left out. */
type TemplateOf<Schema extends z.ZodType> = {
  readonly [Field in keyof z.input<Schema>]: Json | undefined;
};

/** A command is one Task that waits until the handler answers its token. */
export function emitCommand(step: CommandStep, at: Emitting): Emission {
  const failure = emitFailureHandling(step, at);
  const longestMs = step.timeoutMs + Math.max(step.expiresMs, step.timeoutMs);
  const task = {
    ...defined({ Type: 'Task', Comment: step.title }),
    ...callHandler(MACHINE_TOKENS.command, requestOf(step, at)),
    TimeoutSeconds: Math.ceil(longestMs / 1_000) + BACKSTOP_SECONDS,
    ...failure.fields,
    ...leave(at.exit, { [step.id]: '$states.result' }),
  };
  return { start: step.id, states: [[step.id, task], ...failure.states] };
}

function requestOf(step: CommandStep, at: Emitting): JsonObject {
  const now = splitArguments(step.with, at);
  const undo = step.compensate && splitArguments(step.compensate.with, at);
  const texts = [now.deferred, undo?.deferred ?? {}].flatMap((deferred) => Object.values(deferred));
  const request: Omit<TemplateOf<typeof CommandRequestSchema>, 'taskToken' | 'undoes'> = {
    execution: '{% $states.context.Execution.Name %}',
    step: step.id,
    path: pathValue(at.place, step.id),
    attempt: attemptValue(at.place),
    device: boundTemplate(step.device, at),
    command: step.command,
    with: now.with,
    deferred: unlessEmpty(now.deferred),
    bindings: handlerBindings(step.expect === undefined ? texts : [...texts, step.expect], at),
    expect: step.expect,
    compensate: undo && step.compensate && compensationOf(step.compensate, undo, at),
    timeoutSeconds: step.timeoutMs / 1_000,
    expiresSeconds: step.expiresMs / 1_000,
    priority: step.priority,
  };
  return defined(request);
}

function compensationOf(
  compensate: Compensate,
  undo: ReturnType<typeof splitArguments>,
  at: Emitting,
): JsonObject {
  const compensation: TemplateOf<typeof CompensationSchema> = {
    command: compensate.command,
    device: compensate.device === undefined ? undefined : boundTemplate(compensate.device, at),
    with: undo.with,
    deferred: unlessEmpty(undo.deferred),
    timeoutSeconds: compensate.timeoutMs / 1_000,
  };
  return defined(compensation);
}

function unlessEmpty(deferred: JsonObject): JsonObject | undefined {
  return Object.keys(deferred).length === 0 ? undefined : deferred;
}
