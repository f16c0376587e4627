import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { anyWorkflow } from '#support/random-workflow.ts';

const ADDED: Step = {
  id: 'added',
  title: undefined,
  at: '',
  if: undefined,
  needs: undefined,
  kind: 'wait',
  wait: { ms: 1_000 },
};

/** Every state of a machine by its name, also of those inside it, without the states inside the state. */
function statesOf(value: Json, states = new Map<string, Json>()): Map<string, Json> {
  if (typeof value !== 'object' || value === null) return states;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'States' && isJsonObject(inner)) {
      for (const [name, state] of Object.entries(inner)) {
        if (isJsonObject(state)) states.set(name, withoutBlocks(state));
      }
    }
    statesOf(inner, states);
  }
  return states;
}

function withoutBlocks(state: JsonObject): JsonObject {
  const { Branches: _branches, ItemProcessor: _processor, ...rest } = state;
  return rest;
}

/** Names of states that are in both machines, and not the same. */
function changedBy(before: Workflow, after: Workflow): string[] {
  const [old, fresh] = [before, after].map((workflow) => statesOf(compileWorkflow(workflow).definition));
  return [...(old ?? [])].flatMap(([name, state]) => {
    const other = fresh?.get(name);
    return other === undefined || isDeepStrictEqual(other, state) ? [] : [name];
  });
}

function isSequential({ steps }: Workflow): boolean {
  return steps.every(({ needs }) => needs === undefined);
}

test('the same workflow gives the same text', () => {
  fc.assert(
    fc.property(anyWorkflow, (workflow) => {
      const [one, other] = [workflow, structuredClone(workflow)].map((each) =>
        JSON.stringify(compileWorkflow(each)),
      );
      expect(one).toBe(other);
    }),
  );
});

test('a step more at the end changes no state of the steps before the last', () => {
  fc.assert(
    fc.property(anyWorkflow.filter(isSequential), (workflow) => {
      const changed = changedBy(workflow, { ...workflow, steps: [...workflow.steps, ADDED] });
      const others = new Set([...allSteps(workflow.steps.slice(0, -1))].map(({ id }) => id));
      const foreign = changed.filter((name) => others.has(name.split(' ')[0] ?? ''));
      expect(foreign).toEqual([]);
    }),
  );
});

test('a step more at the beginning changes no state but that of the output', () => {
  fc.assert(
    fc.property(anyWorkflow.filter(isSequential), (workflow) => {
      const changed = changedBy(workflow, { ...workflow, steps: [ADDED, ...workflow.steps] });
      expect(changed.length).toBeLessThanOrEqual(1);
    }),
  );
});
