import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import { errorsAgainst } from '#validation/json-schema.ts';
import { checksOf } from './compiling.ts';
import { decisionFault } from './fault.ts';

/**
 * Makes the check of what a decision is asked with: every input, each of its type. One that is left out has the `default`
 * of its schema. Throws Decision.InvalidInput.
 */
export function compileInputs({ inputs }: Pick<DecisionFile, 'inputs'>): (given: Json) => JsonObject {
  const checks = checksOf(inputs);
  return (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      throw decisionFault('Decision.InvalidInput', 'input', 'values by input belong here');
    const values = given as JsonObject;
    const complete = withDefaults(values, inputs);
    for (const [name, check] of checks) {
      const value = complete[name];
      if (value === undefined || isNoNumber(value) || !check(value))
        throw unfit(name, value, inputs[name] ?? {});
    }
    for (const name in values) {
      if (checks.has(name)) continue;
      const known = [...checks.keys()].join(', ') || 'none';
      throw decisionFault(
        'Decision.InvalidInput',
        `input.${name}`,
        `there is no such input; there are: ${known}`,
      );
    }
    return complete;
  };
}

/** JSON cannot say NaN and Infinity, and JSON Schema does not refuse them; a caller in this process may give them. */
function isNoNumber(value: Json): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

function withDefaults(given: JsonObject, inputs: DecisionFile['inputs']): JsonObject {
  let complete: Record<string, Json> | undefined;
  for (const name in inputs) {
    if (Object.hasOwn(given, name)) continue;
    const value = inputs[name]?.['default'];
    if (value === undefined) continue;
    complete ??= { ...given };
    complete[name] = value;
  }
  return complete ?? given;
}

function unfit(name: string, value: Json | undefined, schema: JsonObject): Error {
  if (value === undefined)
    return decisionFault('Decision.InvalidInput', `input.${name}`, 'this input is missing');
  const [error] = errorsAgainst(schema, value);
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value).slice(0, 200);
  return decisionFault(
    'Decision.InvalidInput',
    `input.${name}`,
    `${shown} ${error?.message ?? (typeof value === 'number' ? 'is no number of JSON' : 'does not fit')}`,
  );
}
