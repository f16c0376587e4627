import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadProject, loadSource } from '#definition/load.ts';
import { MAX_SOURCE_LENGTH } from '#definition/parse-text.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text = 'a: 1\n'): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('a folder is a project of its workflows and its catalogue', () => {
  for (const name of ['b.yaml', 'a.yml', 'c.json', 'notes.md', 'stepwright.yaml', 'fleets/f.yaml'])
    write(name);
  write('commands/x.yaml');
  const { workflows, commands, folder: root } = loadProject(folder);
  expect(root).toBe(folder);
  expect(workflows.map(({ file }) => file)).toEqual(
    ['a.yml', 'b.yaml', 'c.json'].map((name) => join(folder, name)),
  );
  expect(commands?.map(({ file }) => file)).toEqual([join(folder, 'commands/x.yaml')]);
});

test('a file is read alone, with the catalogue of the project that it is in', () => {
  write('stepwright.yaml');
  write('commands/x.yaml');
  const file = write('sub/a.yaml');
  const { workflows, commands, folder: root } = loadProject(file);
  expect([root, workflows.map((source) => source.file), commands?.length]).toEqual([folder, [file], 1]);
});

test('a file outside of every project has the catalogue beside it, if any', () => {
  const file = write('a.yaml');
  expect(loadProject(file)).toMatchObject({ folder, commands: undefined });
  write('commands/x.yaml');
  expect(loadProject(file).commands).toHaveLength(1);
});

test('what cannot be read is refused by its code', () => {
  const missing = join(folder, 'missing.yaml');
  for (const load of [loadProject, loadSource]) {
    expect(() => load(missing)).toThrow(expect.objectContaining({ code: 'SW1000', kind: 'invalid' }));
  }
});

test('a file that is too long is not read whole', () => {
  const file = write('long.yaml', '#'.repeat(MAX_SOURCE_LENGTH * 4 + 1));
  const { diagnostics, text } = loadSource(file);
  expect(diagnostics.map(({ code }) => code)).toEqual(['SW1002']);
  expect(text.length).toBeLessThan(MAX_SOURCE_LENGTH * 2);
});

test('a folder has its decisions, templates, alerts, reports and fleets, each of its kind', () => {
  for (const name of ['decisions/d', 'templates/t', 'alerts/a', 'reports/r', 'fleets/f'])
    write(`${name}.yaml`);
  expect(loadProject(folder).documents.map(({ kind }) => kind)).toEqual([
    ...['decision', 'template', 'alert', 'report', 'fleet'],
  ]);
});

test.each([
  { name: 'x.yaml', text: 'decision: d', kind: 'decision' },
  { name: 'x.yaml', text: 'template: t\nworkflow: { steps: [] }', kind: 'template' },
  { name: 'x.yaml', text: 'alerts: a', kind: 'alert' },
  { name: 'x.yaml', text: 'report: r', kind: 'report' },
  { name: 'x.yaml', text: 'fleet: f', kind: 'fleet' },
  { name: 'alerts/x.yaml', text: 'rules: []', kind: 'alert' },
])('a file with $text at $name is of the kind $kind', ({ name, text, kind }) => {
  const { documents, workflows } = loadProject(write(name, text));
  expect([documents.map((one) => one.kind), workflows]).toEqual([[kind], []]);
});

test('a file with steps is a workflow in any folder', () => {
  expect(loadProject(write('reports/x.yaml', 'name: x\nsteps: []')).workflows).toHaveLength(1);
});

test('of a command or the project file, the catalogue and the project are read, and nothing else', () => {
  const project = write('stepwright.yaml', 'stepwright: 1');
  const command = write('commands/x.yaml', 'command: x');
  for (const path of [project, command]) {
    expect(loadProject(path)).toMatchObject({ workflows: [], documents: [], commands: [{ file: command }] });
  }
});
