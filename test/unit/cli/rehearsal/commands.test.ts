import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { drillCommand } from '#cli/rehearsal/drill.ts';
import { simulateCommand } from '#cli/rehearsal/simulate.ts';
import { testCommand } from '#cli/rehearsal/test.ts';
import { whatIfCommand } from '#cli/rehearsal/what-if.ts';
import { validateCommand } from '#cli/validate.ts';
import { type RecordingTerminal, recordingTerminal } from '#support/recording-terminal.ts';

const WORKFLOWS = join(import.meta.dirname, '../../../../workflows');
const PARCEL = join(WORKFLOWS, 'parcel-handover.yaml');
const PLANT = join(WORKFLOWS, 'fleets/plant.yaml');
const INPUT = '{"order":"A-7","cents":450,"locker":"locker-1"}';

const GATE = `stepwright: 1
name: gate
version: 1.0.0
steps:
  - { id: way, command: open, device: gate, compensate: { command: shut } }
`;
const CASE = `stepwright: 1
test: gate.yaml
fleet:
  devices: [{ id: gate, reported: { open: false } }]
  behaviour: { commands: { open: { sets: { open: true } } } }
cases:
  - name: it opens
    expect: { devices: { gate: { open: true } } }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-rehearsal-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of its own with these files. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
}

function documentOf({ printed }: RecordingTerminal): unknown {
  return JSON.parse(printed.join('\n'));
}

describe('stepwright simulate', () => {
  const args = { file: PARCEL, fleet: PLANT, input: INPUT, faults: 'standard', seed: 1 };

  test('tells outcomes, figures and promises', async () => {
    const terminal = recordingTerminal();
    expect(await simulateCommand({ ...args, runs: 20 }, terminal)).toBe(0);
    const text = terminal.printed.join('\n');
    expect(text).toMatch(/SUCCEEDED +\d+ +\d+\.\d %/);
    expect(text).toContain('✔ 0 commands carried out twice');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('gives the same document for the same seed', async () => {
    const documents = [recordingTerminal({ json: true }), recordingTerminal({ json: true })];
    for (const terminal of documents) await simulateCommand({ ...args, runs: 3 }, terminal);
    const [one, other] = documents.map(documentOf);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ workflow: 'parcel-handover', runs: 3, mix: 'standard' });
  });

  test('prints with --trace what happens, within 80 columns', async () => {
    const terminal = recordingTerminal();
    await simulateCommand({ ...args, faults: 'none', runs: 1, trace: true }, terminal);
    expect(terminal.printed[0]).toBe('seed 1');
    expect(terminal.printed.some((line) => /locker-1 +does locker\.reserve/.test(line))).toBe(true);
    expect(
      terminal.printed
        .join('\n')
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test('draws a bar where stderr is a terminal', async () => {
    const terminal = recordingTerminal({ live: true });
    await simulateCommand({ ...args, runs: 2 }, terminal);
    expect(terminal.drawn()).toContain('of 2 runs');
  });

  test('takes a file of faults, and exits with 1 when a run never ends', async () => {
    const path = project('asleep', {
      'sleep.yaml': `${GATE.replace('name: gate', 'name: sleep')}  - { id: wake, wait: { event: { name: sun.up } } }\n`,
      'calm.yaml': 'stepwright: 1\nfaults: calm\nduplicate: 0.5\n',
    });
    const terminal = recordingTerminal();
    const files = { file: join(path, 'sleep.yaml'), faults: join(path, 'calm.yaml'), fleet: PLANT };
    const gate = project('asleep', { 'fleet.yaml': 'stepwright: 1\nfleet: a\ndevices: [{ id: gate }]\n' });
    const exitCode = await simulateCommand(
      { ...files, fleet: join(gate, 'fleet.yaml'), seed: 1, runs: 2 },
      terminal,
    );
    expect(exitCode).toBe(1);
    expect(terminal.printed.join('\n')).toContain('it waits in wake');
  });
});

describe('stepwright test', () => {
  const run = (paths: readonly string[], terminal: RecordingTerminal, more: object = {}) =>
    testCommand({ paths, seeds: 1, ...more }, terminal);

  test('runs the tests beside a workflow', async () => {
    const path = project('good', { 'gate.yaml': GATE, 'gate.test.yaml': CASE });
    for (const named of ['.', 'gate.yaml', 'gate.test.yaml']) {
      const terminal = recordingTerminal();
      expect(await run([join(path, named)], terminal, { seeds: 3 })).toBe(0);
      expect(terminal.printed[0]).toBe('✔ gate it opens');
      expect(terminal.printed[1]).toMatch(/^\n1 passed, 3 runs in /);
    }
  });

  test('tells what differs, with its place, in JUnit too, and exits with 1', async () => {
    const path = project('bad', {
      'gate.yaml': GATE,
      'gate.test.yaml': CASE.replace('open: true } } }\n', 'open: "<&" } } }\n'),
    });
    const terminal = recordingTerminal();
    const junit = join(path, 'junit.xml');
    expect(await run([path], terminal, { junit })).toBe(1);
    const text = terminal.printed.join('\n');
    expect(text).toMatch(/gate\.test\.yaml:8:\d+/);
    expect(text).toContain('- expected <&');
    const report = readFileSync(junit, 'utf8');
    expect(report).toContain('tests="1" failures="1"');
    expect(report).toContain('expected &quot;&lt;&amp;&quot;');
    const json = recordingTerminal({ json: true });
    await run([path], json);
    expect(documentOf(json)).toMatchObject({
      failed: 1,
      cases: [{ line: 7, passed: false, differences: [{ at: 'devices.gate.open', actual: true }] }],
    });
  });

  test.each<[string, Readonly<Record<string, string>>, object, string]>([
    ['no tests', { 'gate.yaml': GATE }, {}, 'SW3081'],
    [
      'a report that cannot be written',
      { 'gate.yaml': GATE, 'gate.test.yaml': CASE },
      { junit: '/nowhere/a.xml' },
      'SW3082',
    ],
    ['no case of this name', { 'gate.yaml': GATE, 'gate.test.yaml': CASE }, { only: 'shuts' }, 'SW3083'],
  ])('%s is refused with its code', async (name, files, more, code) => {
    const path = project(name.replaceAll(' ', '-'), files);
    await expect(run([path], recordingTerminal(), more)).rejects.toMatchObject({ code });
  });

  test.each([
    ['SW2101', CASE.replace('test: gate.yaml', 'test: gaet.yaml')],
    ['SW2102', CASE.replace('expect: {', 'expect: { path: [wya],')],
    ['SW2103', `${CASE}  - { name: it opens }\n`],
    ['SW2104', CASE.replace(/fleet:\n.*\n.*\n/, 'fleet: nowhere.yaml\n')],
  ])('%s is told by validate and by test', async (code, text) => {
    const path = project(code, { 'gate.yaml': GATE, 'gate.test.yaml': text });
    const told = recordingTerminal({ json: true });
    expect(await validateCommand({ paths: [join(path, 'gate.test.yaml')] }, told)).toBe(2);
    expect(told.printed.join('\n')).toContain(code);
    const terminal = recordingTerminal();
    await expect(run([path], terminal)).rejects.toThrow();
    expect(terminal.noted.join('\n')).toContain(code);
  });
});

describe('stepwright drill', () => {
  test('proves what the tests of a workflow come to', async () => {
    const path = project('drilled', { 'gate.yaml': GATE, 'gate.test.yaml': CASE });
    const terminal = recordingTerminal();
    expect(await drillCommand({ paths: [path] }, terminal)).toBe(1);
    expect(terminal.printed.join('\n')).toContain('open of gate was false, and is true after the undo');
    const good = CASE.replace(
      'sets: { open: true } }',
      'sets: { open: true } }, shut: { sets: { open: false } }',
    );
    project('drilled', { 'gate.test.yaml': good });
    const json = recordingTerminal({ json: true });
    expect(await drillCommand({ paths: [path] }, json)).toBe(0);
    expect(documentOf(json)).toMatchObject({
      isProven: true,
      workflows: [{ steps: [{ step: 'way', undo: 'shut' }] }],
    });
  });

  test('takes a fleet and an input for a workflow without tests', async () => {
    const terminal = recordingTerminal();
    expect(await drillCommand({ paths: [PARCEL], fleet: PLANT, input: INPUT }, terminal)).toBe(0);
    expect(terminal.printed.at(-1)).toBe('2 proven of 2 undos');
  });
});

test('what-if refuses a folder without data', async () => {
  const args = { execution: 'x', workflow: PARCEL, from: join(folder, 'empty'), data: '.stepwright' };
  await expect(whatIfCommand(args, recordingTerminal())).rejects.toMatchObject({ code: 'SW3084' });
});
