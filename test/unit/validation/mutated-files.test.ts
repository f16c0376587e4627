import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileWorkflow } from '#compiler/compile.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { LISTED_KINDS } from '#definition/document-kind.ts';
import type { Workflow } from '#definition/model.ts';
import { calleesOf, decidingSteps } from '#definition/pin-versions.ts';
import { NO_PROJECT } from '#definition/project.ts';
import { Source } from '#definition/source.ts';
import { validateProject } from '#validation/read-project.ts';
import { validateWorkflow } from '#validation/validate.ts';

/** Every shipped file, and as many broken ones. */
const TEXTS = globSync(['workflows/**/*.yaml', 'test/golden/broken/definitions/*'])
  .toSorted()
  .map((file) => readFileSync(file, 'utf8'));

/** What people and programs leave in files, and what parsers stumble over. */
const PIECES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    '-',
    '- ',
    ',',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!x ',
    '#',
    '%',
    '@',
    '\t',
  ],
  ...[
    '\n',
    '\n  ',
    '\n---\n',
    '\0',
    '\uFEFF',
    '\uD800',
    '{% ',
    ' %}',
    '{%%}',
    '$',
    '$input',
    '$$',
    '(',
    ')',
    '/',
  ],
  ...[
    'null',
    'true',
    '1e999',
    '-0',
    '.inf',
    '~',
    '__proto__',
    'constructor',
    '<<: ',
    '? ',
    '"\\uD800"',
    '\\',
  ],
  ...['id: a', 'needs: [a]', 'steps: []', 'catch: continue', '{% $a.b.c %}', '{{ x }}', '/(a+)+$/'],
];

type Mutation = (text: string) => string;

const at = fc.double({ min: 0, max: 1, noNaN: true });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, fc.constantFrom(...PIECES)).map(([where, piece]) => inserted(where, piece)),
  fc.tuple(at, fc.integer({ min: 1, max: 40 })).map(([where, length]) => removed(where, length)),
  fc
    .tuple(at, at, fc.integer({ min: 1, max: 200 }))
    .map(([from, to, length]) => copied({ from, to, length })),
  fc.tuple(at, at).map(([one, other]) => linesSwapped(one, other)),
);

function inserted(where: number, piece: string): Mutation {
  return (text) => {
    const index = Math.floor(where * text.length);
    return text.slice(0, index) + piece + text.slice(index);
  };
}

function removed(where: number, length: number): Mutation {
  return (text) => {
    const index = Math.floor(where * text.length);
    return text.slice(0, index) + text.slice(index + length);
  };
}

function copied({ from, to, length }: { from: number; to: number; length: number }): Mutation {
  return (text) => {
    const start = Math.floor(from * text.length);
    return inserted(to, text.slice(start, start + length))(text);
  };
}

function linesSwapped(one: number, other: number): Mutation {
  return (text) => {
    const lines = text.split('\n');
    const [first, second] = [one, other].map((where) => Math.floor(where * (lines.length - 1)));
    const swap = new Map([
      [first, second],
      [second, first],
    ]);
    return lines.map((line, index) => lines[swap.get(index) ?? index] ?? line).join('\n');
  };
}

const mutated = fc
  .tuple(fc.constantFrom(...TEXTS), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([text, mutations]) => mutations.reduce((at, mutate) => mutate(at), text));

function compiledName(workflow: Workflow): string {
  const versions = new Map(calleesOf(workflow).map(({ id }) => [id, '1.0.0']));
  const decisions = new Map(decidingSteps(workflow).map(({ id }) => [id, '1.0.0']));
  return compileWorkflow(workflow, { versions, decisions }).name;
}

/** Milliseconds that no small file may take. */
const MOST_MS = 2_000;

test('a mutated workflow is told of, or compiles', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const started = performance.now();
      const { workflow, diagnostics } = validateWorkflow(Source.parse('any.yaml', text), NO_PROJECT);
      if (workflow === undefined) expect(hasErrors(diagnostics)).toBe(true);
      else if (!hasErrors(diagnostics)) expect(compiledName(workflow)).toBe(workflow.name);
      expect(performance.now() - started).toBeLessThan(MOST_MS);
    }),
    { numRuns: 1_500 },
  );
});

test('a mutated file of any kind gets diagnostics inside of it', () => {
  fc.assert(
    fc.property(mutated, (text) => {
      const source = Source.parse('any.yaml', text);
      const lines = text.split('\n').length;
      const diagnostics = validateProject({
        folder: '.',
        file: source,
        neighbours: [source],
        commands: [source],
        documents: LISTED_KINDS.map((kind) => ({ kind, source })),
        workflows: [source],
      });
      for (const { line, column } of diagnostics) {
        expect(line).toBeLessThanOrEqual(lines);
        expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 500 },
  );
});

test('a JSON document with any value in any place is read without a throw', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), (text) => {
      const { diagnostics } = validateWorkflow(Source.parse('any.json', text), NO_PROJECT);
      expect(hasErrors(diagnostics)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
