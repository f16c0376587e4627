import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatDuration } from '#core/duration.ts';
import { BehaviourSchema } from '#definition/fleet.ts';
import { InjectionSchema, TestFileSchema } from '#definition/rehearsal/test-file.ts';
import { Source } from '#definition/source.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { STANDARD_FAULTS } from '#rehearsal/faults.ts';
import { runProgram } from '#support/run-program.ts';

const ROOT = join(import.meta.dirname, '../..');
const SIMULATE = readFileSync(join(ROOT, 'docs/guide/simulate.md'), 'utf8');
const TEST = readFileSync(join(ROOT, 'docs/guide/test.md'), 'utf8');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-guide-'));
  cpSync(join(ROOT, 'workflows'), folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The blocks of a language, in their order. */
function blocks(guide: string, language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

const PARCEL = [
  ...[join(ROOT, 'workflows/parcel-handover.yaml'), '--fleet', join(ROOT, 'workflows/fleets/plant.yaml')],
  ...['--input', '{"order":"A-7","cents":450,"locker":"locker-1"}'],
];

test('a simulation prints what the guide shows of it', async () => {
  const { exitCode, stdout } = await runProgram(['simulate', ...PARCEL, '--runs', '20']);
  expect(exitCode).toBe(0);
  const shown = (blocks(SIMULATE, 'text')[0] ?? '').split('\n');
  for (const line of shown.filter((each) => /^✔ 0/.test(each))) {
    expect(stdout).toContain(line);
  }
});

test('a trace begins as the guide shows', async () => {
  const { stdout } = await runProgram(['simulate', ...PARCEL, '--faults', 'none', '--runs', '1', '--trace']);
  expect(stdout.startsWith((blocks(SIMULATE, 'text')[1] ?? '').trimEnd())).toBe(true);
});

test('the file of faults of the guide is taken', async () => {
  const file = join(folder, 'faults.yaml');
  writeFileSync(file, blocks(SIMULATE, 'yaml')[0] ?? '');
  const { exitCode } = await runProgram(['simulate', ...PARCEL, '--faults', file, '--runs', '5']);
  expect(exitCode).toBe(0);
});

test('the table of faults has the standard mix', () => {
  const { longestDelayMs, longestFlapMs, clockSkewMs, ...chances } = STANDARD_FAULTS;
  for (const [name, chance] of Object.entries(chances)) {
    expect(SIMULATE).toMatch(new RegExp(`\\| \`${name}\`[^|]*\\|[^|]*\\| ${chance}(?:,| )`));
  }
  expect([longestDelayMs, longestFlapMs, clockSkewMs].map(formatDuration)).toEqual([
    '20.0 s',
    '20.0 s',
    '1 h 0 min',
  ]);
});

test('the tests of the guide pass', async () => {
  const file = join(folder, 'parcel-handover.test.yaml');
  writeFileSync(file, blocks(TEST, 'yaml')[0] ?? '');
  const { exitCode, stdout } = await runProgram(['test', file]);
  expect(stdout).toContain('2 passed');
  expect(exitCode).toBe(0);
});

test('the answers of the guide fit their schema, and every injection is in its table', () => {
  const { answers } = parse(blocks(TEST, 'yaml')[1] ?? '');
  const file = { stepwright: 1, test: 'a.yaml', answers, cases: [{ name: 'a' }] };
  expect(TestFileSchema.safeParse(file).error).toBeUndefined();
  const kinds = InjectionSchema.options.flatMap(({ shape }) => Object.keys(shape));
  expect(kinds.filter((kind) => !TEST.includes(`\`${kind}`))).toEqual([]);
});

test('a drill prints what the guide shows', async () => {
  const files = ['parcel-handover', 'install-packages'].map((name) => join(ROOT, `workflows/${name}.yaml`));
  const { stdout } = await runProgram(['drill', ...files]);
  expect(blocks(TEST, 'text')).toContain(`${stdout}\n`);
});

test('the fleet of the guide has no errors, and its table names every behaviour', () => {
  const guide = readFileSync(join(ROOT, 'docs/guide/fleets.md'), 'utf8');
  const { fleet, diagnostics } = readFleet(Source.parse('fleet.yaml', blocks(guide, 'yaml')[0] ?? ''));
  expect(diagnostics).toEqual([]);
  expect(fleet?.devices).toHaveLength(52);
  expect(Object.keys(BehaviourSchema.shape).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});
