import type { JsonObject } from '#core/json.ts';
import type { CommandStep, HttpStep, WorkflowStep } from '#definition/model.ts';
import { delimit, readExpression } from '#expression/delimiters.ts';
import { boundText, type Emitting } from '../emitting.ts';
import { literal } from '../text.ts';

/** How a step's result is shared, as a handler takes it: among runs of the same step of the same workflow. */
export function cacheValue(
  { id, cache }: CommandStep | HttpStep | WorkflowStep,
  at: Emitting,
): JsonObject | undefined {
  if (cache === undefined) return undefined;
  const prefix = `${at.emitter.workflow}/${id}/`;
  const text = readExpression(cache.key)?.text;
  const key =
    text === undefined ? `${prefix}${cache.key}` : delimit(boundText(`${literal(prefix)} & (${text})`, at));
  return { key, ttlSeconds: cache.ttlMs / 1_000 };
}
