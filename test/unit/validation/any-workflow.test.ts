import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { anyWorkflow } from '#support/random-workflow.ts';
import { documentOf } from '#support/workflow-document.ts';
import { type ValidatedWorkflow, validateWorkflow } from '#validation/validate.ts';

function validate(document: Json): ValidatedWorkflow {
  return validateWorkflow(Source.parse('any.json', JSON.stringify(document)), NO_PROJECT);
}

function errorsOf(document: Json): string[] {
  return validate(document).diagnostics.flatMap(({ code, severity, message }) =>
    severity === 'error' ? [`${code} ${message}`] : [],
  );
}

test('a workflow that reads nothing but what it sees has no errors, and is read as it was meant', () => {
  fc.assert(
    fc.property(anyWorkflow, (workflow) => {
      const document = documentOf(workflow);
      expect(errorsOf(document)).toEqual([]);
      const { workflow: read } = validate(document);
      const ids = (each: Workflow | undefined) => [...allSteps(each?.steps ?? [])].map(({ id }) => id);
      expect(ids(read)).toEqual(ids(workflow));
    }),
  );
});

/** The step of a document that has an id, at whatever depth. */
function findStep(value: Json, id: string): JsonObject | undefined {
  if (isJsonObject(value) && value['id'] === id) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.values(value).reduce<JsonObject | undefined>(
    (found, entry) => found ?? findStep(entry, id),
    undefined,
  );
}

test('a workflow that reads one step more than it sees is told of that step', () => {
  const drawn = fc.record({ workflow: anyWorkflow, pick: fc.nat(), other: fc.nat() });
  fc.assert(
    fc.property(drawn, ({ workflow, pick, other }) => {
      const steps = [...allSteps(workflow.steps)];
      const commands = steps.filter((step) => step.kind === 'command');
      const reader = commands[pick % commands.length];
      const seen = reader?.with['names'];
      if (reader === undefined || !Array.isArray(seen)) return;
      const unseen = steps.map(({ id }) => id).filter((id) => !seen.includes(id));
      const read = unseen[other % unseen.length];
      const document = documentOf(workflow);
      Object.assign(findStep(document, reader.id) ?? {}, { device: `{% $${read} %}` });
      const errors = errorsOf(document);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/^SW120[67] /);
      expect(errors[0]).toMatch(new RegExp(`["$]${read}\\b`));
    }),
  );
});

const junk: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  ...[
    null,
    true,
    0,
    -1,
    1e9,
    '',
    's0',
    '{% $s0 %}',
    '{% $s1.x & %}',
    '{% $missing %}',
    '{% s0 %}',
    '1s',
    'continue',
  ],
  ...[
    [],
    ['s0'],
    ['s1.failed'],
    [[]],
    {},
    { id: 's0' },
    { id: 'x', succeed: true },
    { id: 'y', wait: { for: '1s' } },
  ],
  ...[
    { id: 'z', set: { a: '{% $vars.b %}' } },
    { else: true, steps: [{ id: 'w', fail: { error: 'A.B' } }] },
  ],
);

const key = fc.constantFrom(
  ...[
    'id',
    'if',
    'needs',
    'catch',
    'steps',
    'with',
    'device',
    'command',
    'forEach',
    'as',
    'choose',
    'parallel',
  ],
  ...['retry', 'timeout', 'compensate', 'expect', 'input', 'output', 'version', 'tolerate', 'on', 'name'],
);

/** A document with one part of it, however deep, put in, taken away or replaced. */
function damaged(value: Json, way: readonly number[], [name, part]: readonly [string, Json]): Json {
  const [turn, ...rest] = way;
  if (turn === undefined || typeof value !== 'object' || value === null) return part;
  if (Array.isArray(value)) {
    if (turn % 4 === 0 || value.length === 0) return [...value, part];
    return value.map((entry: Json, index) =>
      index === turn % value.length ? damaged(entry, rest, [name, part]) : entry,
    );
  }
  const keys = Object.keys(value);
  const picked = keys[turn % keys.length];
  if (turn % 4 === 0 || picked === undefined) return { ...value, [name]: part };
  return { ...value, [picked]: damaged(Object(value)[picked], rest, [name, part]) };
}

test('a damaged workflow is told of, or compiles', () => {
  const damage = fc.tuple(fc.array(fc.nat(), { maxLength: 12 }), fc.tuple(key, junk));
  fc.assert(
    fc.property(anyWorkflow, fc.array(damage, { minLength: 1, maxLength: 3 }), (workflow, damages) => {
      const document = damages.reduce<Json>(
        (at, [way, what]) => damaged(at, way, what),
        documentOf(workflow),
      );
      const { workflow: read, diagnostics } = validate(document);
      if (read === undefined) expect(hasErrors(diagnostics)).toBe(true);
      else if (!hasErrors(diagnostics)) expect(compileWorkflow(read).name).toBe(read.name);
    }),
    { numRuns: 200 },
  );
});
