import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { escalationMachines } from '#monitoring/alerts/escalation/escalation-machine.ts';
import { runProgram } from '#support/run-program.ts';
import { alertFile } from '../../../support/alerts.ts';

const PLANT = `
stepwright: 1
alerts: plant
rules: [{ id: starts, title: Starts, severity: critical, when: { rate: { of: execution.started, above: 0, over: 1h } } }]
receivers: { ana: { email: a@x.org }, ben: { email: b@x.org } }
escalations:
  trouble: { levels: [{ to: [ana], repeat: 5m }, { after: 15m, to: [ben] }], rounds: 2 }
  late: { levels: [{ after: 5m, to: [ben] }] }
routes: [{ match: { severity: [critical] }, escalate: trouble }, { escalate: late }]
`;
const SILENT = `
stepwright: 1
alerts: silent
rules: [{ id: starts, title: Starts, severity: info, when: { rate: { of: execution.started, above: 0, over: 1h } } }]
receivers: { ana: { email: a@x.org } }
routes: [{ to: [ana] }]
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-compile-'));
  mkdirSync(join(folder, 'alerts'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What is deployed, by name of the escalation. */
function deployed(before = ''): Readonly<Record<string, unknown>> {
  const machines = [...escalationMachines(alertFile(PLANT.replace(/^\nstepwright: 1\nalerts: plant\n/, '')))];
  return Object.fromEntries(machines.map(([name, { definition }]) => [`${before}${name}`, definition]));
}

test.each([[[]], [['--json']]])(
  'the escalations of a file are printed as they are deployed (%o)',
  async (more) => {
    const { exitCode, stdout, stderr } = await runProgram([
      ...['alerts', 'compile', write('alerts/plant.yaml', PLANT), ...more],
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual(deployed());
    expect(Object.keys(deployed())).toEqual(['trouble', 'late']);
  },
);

test('a file without escalations becomes no machine', async () => {
  const { exitCode, stdout } = await runProgram(['alerts', 'compile', write('alerts/silent.yaml', SILENT)]);
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, {}]);
});

test('of a folder with several files, all escalations are printed, by group and name', async () => {
  write('stepwright.yaml', 'stepwright: 1\n');
  write('alerts/a-silent.yaml', SILENT);
  write('alerts/plant.yaml', PLANT);
  write('alerts/works.yaml', PLANT.replace('alerts: plant', 'alerts: works'));
  const { exitCode, stdout } = await runProgram(['alerts', 'compile', folder]);
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { ...deployed('plant/'), ...deployed('works/') }]);
});

test.each([
  ['what has no alerts', 'stepwright.yaml', 'stepwright: 1\n', 'SW1007'],
  ['a file with errors', 'alerts/plant.yaml', PLANT.replace('escalate: late', 'escalate: lat'), 'lat'],
])('%s is refused', async (_what, name, text, said) => {
  const path = write(name, text);
  const { exitCode, stdout, stderr } = await runProgram([
    'alerts',
    'compile',
    name === 'stepwright.yaml' ? folder : path,
  ]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said);
});
