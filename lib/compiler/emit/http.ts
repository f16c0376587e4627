import type { JsonObject } from '#core/json.ts';
import type { HttpCall, HttpCompensate, HttpStep } from '#definition/model.ts';
import { handlerBindings, type SplitArguments, splitArguments } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { cacheValue } from './cache.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A call over HTTP is one Task. The names of secrets stay names: only the handler knows what they hold. */
export function emitHttp(step: HttpStep, at: Emitting): Emission {
  const undo = step.compensate && splitArguments(templateOf(step.compensate), at);
  const asked = step.compensate?.verify?.expect;
  const reading = [step.expect ?? [], Object.values(undo?.deferred ?? {}), asked ?? []].flat();
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    ...callValue(step, at),
    expect: step.expect,
    bindings: reading.length === 0 ? undefined : handlerBindings(reading, at),
    timeoutSeconds: step.timeoutMs / 1_000,
    cache: cacheValue(step, at),
    compensate: undo && step.compensate && compensationOf(step.compensate, undo, at),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.callHttp,
    payload,
    deadlineMs: step.timeoutMs,
  });
}

function callValue({ method, url, headers, body }: HttpCall, at: Emitting): JsonObject {
  const bound = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? boundTemplate(value, at) : { secret: value.secret },
  ]);
  return defined({
    method,
    url: boundTemplate(url, at),
    headers: bound.length === 0 ? undefined : Object.fromEntries(bound),
    body: body === undefined ? undefined : boundTemplate(body, at),
  });
}

function templateOf({ method, url, headers, body }: HttpCall): JsonObject {
  const named = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : { secret: value.secret },
  ]);
  return defined({
    method,
    url,
    headers: named.length === 0 ? undefined : Object.fromEntries(named),
    body,
  });
}

function compensationOf(
  { timeoutMs, verify }: HttpCompensate,
  { with: call, deferred }: SplitArguments,
  at: Emitting,
): JsonObject {
  const left = Object.keys(deferred).length === 0 ? undefined : { ...deferred };
  const asks = verify && {
    call: callValue(verify, at),
    expect: verify.expect,
    timeoutSeconds: verify.timeoutMs / 1_000,
  };
  return defined({ call, deferred: left, timeoutSeconds: timeoutMs / 1_000, verify: asks });
}
