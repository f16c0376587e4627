import type { HttpStep } from '#definition/model.ts';
import { handlerBindings } from '../deferred.ts';
import { boundTemplate, type Emitting } from '../emitting.ts';
import { taskIdentity } from '../place.ts';
import { defined, type Emission } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { cacheValue } from './cache.ts';
import { emitHandlerTask } from './handler-task.ts';

/** A call over HTTP is one Task. The names of secrets stay names: only the handler knows what they hold. */
export function emitHttp(step: HttpStep, at: Emitting): Emission {
  const headers = Object.entries(step.headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? boundTemplate(value, at) : { secret: value.secret },
  ]);
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    method: step.method,
    url: boundTemplate(step.url, at),
    headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
    body: step.body === undefined ? undefined : boundTemplate(step.body, at),
    expect: step.expect,
    bindings: step.expect === undefined ? undefined : handlerBindings([step.expect], at),
    timeoutSeconds: step.timeoutMs / 1_000,
    cache: cacheValue(step, at),
  });
  return emitHandlerTask(step, at, {
    token: MACHINE_TOKENS.callHttp,
    payload,
    deadlineMs: step.timeoutMs,
  });
}
