import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validateCommand } from '#cli/validate.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const FILES = {
  'stepwright.yaml': 'stepwright: 1\n',
  'decisions/speed.yaml':
    'stepwright: 1\ndecision: speed\nversion: 1.0.0\ninputs: {}\noutputs: {}\nexpression: {}\n',
  'alerts/plant.yaml':
    'stepwright: 1\nalerts: plant\nrules: [{ id: late, severity: bad, when: { absence: { of: step.ended, for: 1d } } }]\n',
  'reports/week.yaml':
    'stepwright: 1\nreport: week\nsource: steps\nmeasures: { all: count }\nsort: [{ by: al }]\n',
  'fleets/berlin.yaml': 'stepwright: 1\nfleet: berlin\ndevices: [{ id: pump-1 }, { id: pump-1 }]\n',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-validate-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function told(path: string): Promise<[exitCode: number, codes: readonly string[]]> {
  const terminal = recordingTerminal({ json: true });
  const exitCode = await validateCommand({ paths: [join(folder, path)] }, terminal);
  return [exitCode, terminal.printed.join('\n').match(/SW\d+/g) ?? []];
}

test('of a project, every kind of file is looked at', async () => {
  expect(await told('.')).toEqual([2, ['SW1103', 'SW2001', 'SW1813']]);
});

test.each([
  ['decisions/speed.yaml', 0, []],
  ['alerts/plant.yaml', 2, ['SW1103']],
  ['reports/week.yaml', 2, ['SW1813']],
  ['fleets/berlin.yaml', 2, ['SW2001']],
])('%s by itself is told what is wrong with it', async (path, exitCode, codes) => {
  expect(await told(path)).toEqual([exitCode, codes]);
});
