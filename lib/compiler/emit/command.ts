import type { z } from 'zod';
import type { Json, JsonObject } from '#core/json.ts';
import type { CommandStep } from '#definition/model.ts';
import type { Compensate, Verify } from '#definition/step-parts.ts';
import { handlerBindings, splitArguments } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { tellsTarget } from '../result.ts';
import { defined, type Emission } from '../states.ts';
import {
  type CommandRequestSchema,
  type CompensationSchema,
  MACHINE_TOKENS,
  type StepTask,
  type VerificationSchema,
} from '../task-payload.ts';
import { cacheValue } from './cache.ts';
import { emitHandlerTask } from './handler-task.ts';
import { routeOf, textsOfRoute } from './routing.ts';

/** The fields of a payload, each as a value of States Language; undefined ones are left out. */
type TemplateOf<Schema extends z.ZodType> = {
  readonly [Field in keyof z.input<Schema>]: Json | undefined;
};

/** A command is one Task that waits until the handler answers its token. */
export function emitCommand(step: CommandStep, at: Emitting): Emission {
  const waitMs = step.on?.whenNone?.waitMs ?? 0;
  const deadlineMs = waitMs + step.timeoutMs + Math.max(step.expiresMs, step.timeoutMs);
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.command,
    payload: requestOf(step, at),
    deadlineMs,
  });
}

function requestOf(step: CommandStep, at: Emitting): JsonObject {
  const now = splitArguments(step.with, at);
  const undo = step.compensate && splitArguments(step.compensate.with, at);
  const ask = step.verify && splitArguments(step.verify.with, at);
  const deferred = [now, undo, ask].flatMap((each) => Object.values(each?.deferred ?? {}));
  const conditions = [step.expect, step.verify?.expect].filter((text) => text !== undefined);
  const routing = step.on === undefined ? [] : textsOfRoute(step.on, at);
  const request: Omit<
    TemplateOf<typeof CommandRequestSchema>,
    'taskToken' | 'undoes' | 'verifies' | keyof StepTask
  > = {
    step: step.id,
    device: step.device === undefined ? undefined : boundTemplate(step.device, at),
    on: step.on && routeOf(step.on, step, at),
    command: step.command,
    with: now.with,
    deferred: unlessEmpty(now.deferred),
    bindings: handlerBindings([...deferred, ...conditions, ...routing], at),
    expect: step.expect,
    compensate: undo && step.compensate && compensationOf(step.compensate, undo, at),
    verify: ask && step.verify && verificationOf(step.verify, ask),
    isPivot: step.isPivot ? true : undefined,
    timeoutSeconds: step.timeoutMs / 1_000,
    expiresSeconds: step.expiresMs / 1_000,
    priority: step.priority,
    await: step.await === 'response' ? undefined : step.await,
    cache: cacheValue(step, at),
    tellsTarget: tellsTarget(step) ? true : undefined,
  };
  return { ...taskIdentity(at.place, step.id), ...defined(request) };
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

function verificationOf(verify: Verify, ask: ReturnType<typeof splitArguments>): JsonObject {
  const verification: TemplateOf<typeof VerificationSchema> = {
    command: verify.command,
    with: verify.command === undefined ? undefined : ask.with,
    deferred: unlessEmpty(ask.deferred),
    expect: verify.expect,
    timeoutSeconds: verify.timeoutMs / 1_000,
  };
  return defined(verification);
}

function unlessEmpty(deferred: JsonObject): JsonObject | undefined {
  return Object.keys(deferred).length === 0 ? undefined : deferred;
}
