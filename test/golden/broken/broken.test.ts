import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#core/diagnostic.ts';
import { loadProject } from '#definition/load.ts';
import { Source } from '#definition/source.ts';
import { validateProject } from '#validation/read-project.ts';

/**
 * Broken definitions, one a file, each named after what is wrong and after its verdict: the codes and places of its
 * diagnostics, in their order, such as `needs-misspelt.SW1203@6-20.yaml` for line 6, column 20. They are validated as
 * files of one project, so that its commands, pools and workflows are known.
 */
const DEFINITIONS = join(import.meta.dirname, 'definitions');
const PROJECT = loadProject(join(import.meta.dirname, 'project'));
/** Milliseconds that the diagnostics of a file may take. */
const MOST_MS = 100;

function diagnosticsOf(file: string): readonly Diagnostic[] {
  const source = Source.parse(file, readFileSync(join(DEFINITIONS, file), 'utf8'));
  return validateProject({ ...PROJECT, workflows: [source], neighbours: PROJECT.workflows });
}

function verdictOf(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ code, line, column }) => `${code}@${line}-${column}`).join('+');
}

/** Of three times, so that a machine that is busy with something else does not matter. */
function leastMs(work: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
  return Math.min(...times);
}

const files = readdirSync(DEFINITIONS).toSorted();
const cases = files.map((file) => {
  const [name = '', verdict = ''] = file.split('.');
  return { file, name, verdict };
});

test('there are as many as make a difference', () => {
  expect(cases.length).toBeGreaterThanOrEqual(200);
});

describe.each(cases)('$name', ({ file, verdict }) => {
  test(`is told ${verdict}`, () => {
    expect(verdictOf(diagnosticsOf(file))).toBe(verdict);
  });

  test('is told at once, in words', () => {
    expect(leastMs(() => diagnosticsOf(file))).toBeLessThan(MOST_MS);
    for (const { message } of diagnosticsOf(file)) {
      expect(message).not.toMatch(/\bundefined\b|\[object|Invalid input|Error:/);
    }
  });
});
