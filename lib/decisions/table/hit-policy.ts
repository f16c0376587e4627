import { assertNever } from '#core/assert-never.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import type { Compiling } from '../compiling.ts';
import { decisionFault } from '../fault.ts';
import type { Outputs } from '../outputs.ts';
import type { Run } from '../run.ts';
import type { Steps } from '../steps.ts';
import type { CompiledRule } from './rule.ts';

/** The rules that hold, in their order, and what they give; where none holds, what `otherwise` gives, if it is there. */
interface Hits {
  readonly held: readonly CompiledRule[];
  readonly given: readonly Outputs[];
  readonly run: Run;
}

/** What a table makes of the rules that hold. */
interface Policy {
  /** With so many rules that hold, no more need be looked for; undefined: all are. */
  readonly enough: number | undefined;
  decide(hits: Hits): Steps<Json>;
}

/** The hit policies of DMN 1.3 (8.2.10). */
export function compilePolicy({ hit = 'unique', aggregate }: DecisionTable, compiling: Compiling): Policy {
  switch (hit) {
    case 'first':
      return { enough: 1, decide: decideFirst };
    case 'unique':
      return { enough: 2, decide: decideUnique };
    case 'any':
      return { enough: undefined, decide: decideAny };
    case 'priority': {
      const compare = byPriority(compiling);
      return {
        enough: undefined,
        *decide(hits) {
          return (yield* all(hits)).sort(compare)[0] ?? null;
        },
      };
    }
    case 'output-order': {
      const compare = byPriority(compiling);
      return {
        enough: undefined,
        *decide(hits) {
          return (yield* all(hits)).sort(compare);
        },
      };
    }
    case 'rule-order':
      return { enough: undefined, decide: all };
    case 'collect':
      return {
        enough: undefined,
        *decide(hits) {
          const outputs = yield* all(hits);
          return aggregate === undefined ? outputs : aggregated(aggregate, outputs);
        },
      };
    default:
      return assertNever(hit);
  }
}

function* give(outputs: Outputs, run: Run): Steps<JsonObject> {
  return outputs.constant ?? (yield* outputs.evaluate(run));
}

function* all({ given, run }: Hits): Steps<JsonObject[]> {
  const found: JsonObject[] = [];
  for (const outputs of given) found.push(yield* give(outputs, run));
  return found;
}

function* decideFirst({ given: [first], run }: Hits): Steps<Json> {
  return first === undefined ? null : yield* give(first, run);
}

function* decideUnique(hits: Hits): Steps<Json> {
  const [one, other] = hits.held;
  if (one === undefined || other === undefined) return yield* decideFirst(hits);
  throw conflict(one, other, 'both hold, and the table is of the policy unique');
}

function* decideAny(hits: Hits): Steps<Json> {
  const [first, ...others] = yield* all(hits);
  if (first === undefined) return null;
  const text = canonical(first);
  for (const [at, other] of others.entries()) {
    const [one, two] = [hits.held[0], hits.held[at + 1]];
    if (one !== undefined && two !== undefined && canonical(other) !== text)
      throw conflict(one, two, 'both hold and give different outputs, and the table is of the policy any');
  }
  return first;
}

function conflict(one: CompiledRule, other: CompiledRule, reason: string): Error {
  return decisionFault(
    'Decision.Conflict',
    `table.rules.${other.index}`,
    `rules ${one.index + 1} and ${other.index + 1} ${reason}`,
  );
}

/** The same text for equal values, whatever the order of their fields. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, part: Json) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** Outputs with an `enum` count in their order; of each, the value that stands first in it comes first. */
function byPriority({ file }: Compiling): (one: JsonObject, other: JsonObject) => number {
  const ranks = Object.entries(file.outputs).flatMap(([name, { enum: values }]) =>
    Array.isArray(values)
      ? [[name, new Map(values.map((value: Json, at) => [canonical(value), at]))] as const]
      : [],
  );
  return (one, other) => {
    for (const [name, rank] of ranks) {
      const difference = rankIn(rank, one[name]) - rankIn(rank, other[name]);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function rankIn(rank: ReadonlyMap<string, number>, value: Json | undefined): number {
  return rank.get(canonical(value ?? null)) ?? rank.size;
}

/** One value of all that is collected; null of nothing, as in DMN. The one output is a number: validation demands it. */
function aggregated(
  aggregate: NonNullable<DecisionTable['aggregate']>,
  outputs: readonly JsonObject[],
): Json {
  if (aggregate === 'count') return outputs.length;
  const numbers = outputs.flatMap((each) => Object.values(each)).map(Number);
  if (numbers.length === 0) return null;
  const result = numbers.reduce(AGGREGATES[aggregate]);
  if (Number.isFinite(result)) return result;
  throw decisionFault(
    'Decision.Failed',
    'table.aggregate',
    `the ${aggregate} is no number that JSON can hold`,
  );
}

const AGGREGATES = {
  sum: (one: number, other: number) => one + other,
  min: (one: number, other: number) => Math.min(one, other),
  max: (one: number, other: number) => Math.max(one, other),
};
