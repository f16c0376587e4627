import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { matches, StateFailure } from '#engine/embedded/failure.ts';

/** What a state says of an error. */
export type FailureRule =
  | { readonly kind: 'retry'; readonly index: number; readonly backoffSeconds: number }
  | { readonly kind: 'catch'; readonly index: number }
  /** A retrier without tries left, where nothing catches. */
  | { readonly kind: 'exhausted'; readonly index: number };

/** The first rule for an error: a retrier that has tries left after `retries`, else a catcher. */
export function ruleFor(state: JsonObject, error: string, retries: number): FailureRule | undefined {
  const retrier = firstMatch(state['Retry'], error);
  if (retrier !== undefined && retries < numberOr(retrier.rule['MaxAttempts'], 3)) {
    const { rule, index } = retrier;
    const grown = numberOr(rule['IntervalSeconds'], 1) * numberOr(rule['BackoffRate'], 2) ** retries;
    const longest = numberOr(rule['MaxDelaySeconds'], Number.POSITIVE_INFINITY);
    return { kind: 'retry', index, backoffSeconds: Math.min(grown, longest) };
  }
  const catcher = firstMatch(state['Catch'], error);
  if (catcher !== undefined) return { kind: 'catch', index: catcher.index };
  return retrier === undefined ? undefined : { kind: 'exhausted', index: retrier.index };
}

function firstMatch(
  rules: Json | undefined,
  error: string,
): { readonly rule: JsonObject; readonly index: number } | undefined {
  if (!Array.isArray(rules)) return undefined;
  const index = rules.findIndex(
    (rule) => isJsonObject(rule) && matches(names(rule['ErrorEquals']), new StateFailure(error)),
  );
  const rule: Json | undefined = rules[index];
  return isJsonObject(rule) ? { rule, index } : undefined;
}

function names(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
