import type { JsonObject } from '#core/json.ts';
import type { Step } from '#definition/model.ts';
import type { PoolUnits } from '#definition/step-parts.ts';
import { boundTemplate, boundValue, type Emitting } from '../emitting.ts';
import { callHandler } from '../handler-call.ts';
import { taskIdentity } from '../place.ts';
import { releaseState } from '../release.ts';
import { defined, type Emission, KEEP_ENVIRONMENT, type NamedState } from '../states.ts';
import { MACHINE_TOKENS } from '../task-payload.ts';
import { seconds } from './handler-task.ts';
import { triesName } from './told-failure.ts';

/** The units of pools that a step holds while it runs; undefined for none. */
export function poolsOf(step: Step): PoolUnits | undefined {
  if (step.kind === 'lock') return step.pools;
  return 'uses' in step ? step.uses : undefined;
}

/** Name of the state in which a step stands in line for units of pools. */
export function acquireStateName({ id }: Pick<Step, 'id'>): string {
  return `${id} acquire`;
}

/**
 * Puts waiting in line before a step's own states, and giving back behind them. When the step fails, `failure` gives back;
 * when the execution is stopped, its end does.
 */
export function emitHeld(step: Step, at: Emitting, emit: (at: Emitting) => Emission): Emission {
  const pools = poolsOf(step);
  if (pools === undefined) return emit(at);
  const release = `${step.id} release`;
  const inner = emit({ ...at, exit: { kind: 'next', state: release }, held: true });
  const acquire: NamedState = [acquireStateName(step), acquireState(step, pools, { at, inner })];
  return {
    start: acquire[0],
    states: [acquire, ...inner.states, [release, releaseState(step.id, at.exit, at)]],
  };
}

interface Around {
  readonly at: Emitting;
  readonly inner: Emission;
}

/** What fails in line is caught as what fails later: to release what is not held changes nothing. */
function acquireState(step: Step, pools: PoolUnits, { at, inner }: Around): JsonObject {
  const lock = step.kind === 'lock' ? step : undefined;
  const [, own] = inner.states.find(([name]) => name === step.id || name === triesName(step)) ?? [];
  const payload = defined({
    ...taskIdentity(at.place, step.id),
    action: 'acquire',
    pools: Object.fromEntries(
      Object.entries(pools).map(([pool, units]) => [
        pool,
        typeof units === 'number' ? units : boundValue(units, at),
      ]),
    ),
    timeoutSeconds: seconds(lock?.timeoutMs),
    priority: lock?.priority,
    key: lock?.key === undefined ? undefined : boundTemplate(lock.key, at),
  });
  return defined({
    Type: 'Task',
    ...callHandler(MACHINE_TOKENS.lock, payload),
    Catch: own?.['Catch'],
    Output: KEEP_ENVIRONMENT,
    Next: inner.start,
  });
}
