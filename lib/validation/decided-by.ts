import type { JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecideStep } from '#definition/model.ts';
import { highestInRange } from '#definition/pin-versions.ts';
import type { Project } from '#definition/project.ts';

/** The decision that a step asks, where it is known. */
export function decidedBy(step: DecideStep, { decisions }: Project): DecisionFile | undefined {
  const versions = decisions?.get(step.decision);
  const version = versions && highestInRange([...versions.keys()], step.version);
  return version === undefined ? undefined : versions?.get(version);
}

/** Policies by which several rules give something. */
const LISTING: readonly unknown[] = ['collect', 'rule-order', 'output-order'];

/** JSON Schema of what is decided; undefined where a table makes one value of all that it collects. */
export function schemaOfDecided({ outputs, table }: DecisionFile): JsonObject | undefined {
  if (table?.aggregate !== undefined) return undefined;
  const one: JsonObject = { type: 'object', properties: outputs };
  return LISTING.includes(table?.hit) ? { type: 'array', items: one } : one;
}
