import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** One place in the arguments of a task that has another value than was recorded. */
export interface ArgumentChange {
  /** Such as `with.release`. */
  readonly at: string;
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** Where arguments differ, at the innermost places. */
export function argumentChanges(from: JsonObject, to: JsonObject, under = ''): readonly ArgumentChange[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return names.flatMap((name) => {
    const [one, other] = [from[name], to[name]];
    const at = under === '' ? name : `${under}.${name}`;
    if (isJsonObject(one) && isJsonObject(other)) return argumentChanges(one, other, at);
    return JSON.stringify(one) === JSON.stringify(other) ? [] : [{ at, from: one, to: other }];
  });
}
