import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { diffInput } from '#definition/diff/diff-input.ts';
import { diffWorkflows } from '#definition/diff/diff-workflows.ts';
import { checkInput } from '#executions/input.ts';
import { anyWorkflow } from '#support/random-workflow.ts';

const small = fc.integer({ min: 0, max: 4 });
const scalar = fc.oneof(small, fc.constantFrom('a', 'bb', null, true, 1.5));

const scalarSchema: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.constantFrom<Json>('integer', 'number', 'string', ['string', 'null'], 'boolean'),
    enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }),
    const: scalar,
    minimum: small,
    exclusiveMinimum: small,
    maximum: small,
    maxLength: small,
    multipleOf: fc.constantFrom(1, 2, 4, 0.5),
  },
  { requiredKeys: [] },
);

const listSchema: fc.Arbitrary<JsonObject> = fc.record(
  { items: scalarSchema, minItems: small, maxItems: small, uniqueItems: fc.boolean() },
  { requiredKeys: [] },
);

const inputSchema: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.constant('object'),
    required: fc.uniqueArray(fc.constantFrom('a', 'b')),
    properties: fc.record({ a: scalarSchema, b: listSchema }, { requiredKeys: [] }),
    additionalProperties: fc.boolean(),
  },
  { requiredKeys: [] },
);

const input: fc.Arbitrary<Json> = fc.record(
  { a: scalar, b: fc.array(scalar, { maxLength: 4 }), c: scalar },
  { requiredKeys: [] },
);

/** A schema of which one keyword, of the whole or of a field, is as in another. */
function changedOnce(before: JsonObject, other: JsonObject, pick: number): JsonObject {
  const keywords = ['properties', 'required', 'additionalProperties', 'a', 'a', 'a', 'a', 'b', 'b'];
  const keyword = keywords[pick % keywords.length] ?? 'a';
  if (keyword !== 'a' && keyword !== 'b') return replaced(before, other, keyword);
  const [own, others] = [objectAt(before, 'properties'), objectAt(other, 'properties')];
  const inner = Object.keys({ ...objectAt(own, keyword), ...objectAt(others, keyword) });
  const changed = replaced(
    objectAt(own, keyword),
    objectAt(others, keyword),
    inner[pick % inner.length] ?? 'type',
  );
  return { ...before, properties: { ...own, [keyword]: changed } };
}

function replaced(schema: JsonObject, other: JsonObject, keyword: string): JsonObject {
  const { [keyword]: _replaced, ...rest } = schema;
  const value = other[keyword];
  return value === undefined ? rest : { ...rest, [keyword]: value };
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  const value = schema[key];
  return isJsonObject(value) ? value : {};
}

function takes(schema: JsonObject, value: Json): boolean {
  try {
    checkInput('tour', schema, value);
    return true;
  } catch {
    return false;
  }
}

test('where nothing is breaking or unsure, what was taken is taken', () => {
  fc.assert(
    fc.property(
      inputSchema,
      inputSchema,
      fc.nat(),
      fc.array(input, { minLength: 20, maxLength: 20 }),
      (before, other, pick, inputs) => {
        const after = changedOnce(before, other, pick);
        const changes = diffInput(before, after);
        // A field that is described now was anything before; that callers gave something else under its name is not assumed.
        fc.pre(changes.every(({ impact, what }) => impact === 'compatible' && what !== 'added'));
        expect(inputs.filter((value) => takes(before, value) && !takes(after, value))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

test('a workflow does not differ from itself, and any two can be compared', () => {
  fc.assert(
    fc.property(anyWorkflow, anyWorkflow, (before, after) => {
      expect(diffWorkflows(before, before).changes).toEqual([]);
      expect(diffWorkflows(before, after).before).toEqual({ name: before.name, version: before.version });
    }),
    { numRuns: 50 },
  );
});
