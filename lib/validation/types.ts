import type { Json, JsonObject } from '#core/json.ts';
import { iterationsAround } from './names.ts';
import type { Site } from './sites.ts';
import type { StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** What is known of the value of a name. */
export interface ValueType {
  readonly schema: Json;
  /** Whether the value has no other fields for sure: it is ours, or is checked. What devices answer is not. */
  readonly isPromised: boolean;
}

/** A device as `devices` selects it. */
const DEVICE: JsonObject = {
  properties: Object.fromEntries(
    ['id', 'type', 'zone', 'status', 'tags', 'capabilities', 'reported'].map((field) => [field, {}]),
  ),
};
const EXECUTION: JsonObject = { properties: { id: {}, startedAt: {} } };
const CAUGHT: JsonObject = { properties: { error: {}, cause: {} } };

/** The type of the value that a name has at a place, or undefined when nothing is known of it. */
export function typeOfName(name: string, site: Site, subject: Subject): ValueType | undefined {
  switch (name) {
    case 'input': {
      const { inputSchema } = subject.workflow;
      return inputSchema && { schema: inputSchema, isPromised: true };
    }
    case 'execution':
      return { schema: EXECUTION, isPromised: true };
    case 'error':
      return { schema: CAUGHT, isPromised: true };
    case 'result':
      return site.node && typeOfOutput(site.node, subject);
    default:
      return typeOfItem(name, site, subject) ?? typeOfStep(name, subject);
  }
}

function typeOfStep(id: string, subject: Subject): ValueType | undefined {
  const node = subject.steps.get(id);
  return node && typeOfOutput(node, subject);
}

function typeOfOutput({ step }: StepNode, { catalogue }: Subject): ValueType | undefined {
  switch (step.kind) {
    case 'command': {
      const schema = catalogue?.get(step.command)?.result;
      return schema && { schema, isPromised: false };
    }
    case 'devices':
      return { schema: { type: 'array', items: DEVICE }, isPromised: true };
    case 'set':
      return { schema: { properties: fieldsOf(step.values) }, isPromised: true };
    case 'parallel':
      return { schema: { properties: fieldsOf(step.branches) }, isPromised: true };
    default:
      return undefined;
  }
}

function fieldsOf(record: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.keys(record).map((field) => [field, {}]));
}

/** The item of an iteration over the devices of a selection, named as they are: `forEach: "{% $targets %}"`. */
function typeOfItem(name: string, site: Site, subject: Subject): ValueType | undefined {
  const iterations = iterationsAround(site);
  const iteration = iterations.find(
    ({ step }, depth) => step.kind === 'forEach' && (step.as === name || (name === 'item' && depth === 0)),
  );
  if (iteration?.step.kind !== 'forEach') return undefined;
  const source = wholeName(iteration.step.items);
  const node = source === undefined ? undefined : subject.steps.get(source);
  return node?.step.kind === 'devices' ? { schema: DEVICE, isPromised: true } : undefined;
}

/** The name, when an expression is nothing else. */
function wholeName(text: string): string | undefined {
  return /^\$([A-Za-z]\w*)$/.exec(text)?.[1];
}
