import { isJsonObject, type Json } from '#core/json.ts';
import type { Step } from '#definition/model.ts';
import type { Subject } from './subject.ts';

/** What is known of a workflow whose steps are counted. */
export type Counted = Pick<Subject, 'workflow'>;

/** How often a step runs what is inside it, at most; undefined where the definition does not say. */
export function mostRuns(step: Step, subject: Counted): number | undefined {
  if (step.kind === 'while') return step.maxIterations;
  if (step.kind !== 'forEach') return undefined;
  return rangeLength(step.items) ?? mostItems(step.items, subject);
}

/** Of `[1..100]`. */
function rangeLength(items: string): number | undefined {
  const [, from, to] = /^\s*\[\s*(\d+)\s*\.\.\s*(\d+)\s*\]\s*$/.exec(items) ?? [];
  return from === undefined ? undefined : Math.max(0, Number(to) - Number(from) + 1);
}

/** Of a list in the input, by its schema. */
function mostItems(items: string, { workflow }: Counted): number | undefined {
  const [, path] = /^\s*\$input((?:\.\w+)+)\s*$/.exec(items) ?? [];
  if (path === undefined) return undefined;
  let schema: Json | undefined = workflow.inputSchema;
  for (const field of path.slice(1).split('.')) schema = fieldOf(schema, field);
  const most = isJsonObject(schema) ? schema['maxItems'] : undefined;
  return typeof most === 'number' ? most : undefined;
}

function fieldOf(schema: Json | undefined, field: string): Json | undefined {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? properties[field] : undefined;
}
