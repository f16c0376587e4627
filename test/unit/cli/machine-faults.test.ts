import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlreadyTold } from '#cli/already-told.ts';
import { compileCommand } from '#cli/compile.ts';
import { validateCommand } from '#cli/validate.ts';
import { compileProject } from '#infra/workflows.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

/** Validation has nothing against it; Step Functions has. */
const LOST = `
stepwright: 1
name: lost
version: 1.0.0
steps:
  - id: raw
    asl: { Type: Parallel, Branches: [{ StartAt: a, States: { a: { Type: Pass, Next: b } } }] }
`;

const MALFORMED = 'stepwright: 1\nname: malformed\nversion: 1.0.0\nsteps: [{ id: a, asl: { Type: Tusk } }]\n';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-machine-'));
  writeFileSync(join(folder, 'lost.yaml'), LOST);
  writeFileSync(join(folder, 'malformed.yaml'), MALFORMED);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('what Step Functions would refuse is told of by validate', async () => {
  const terminal = recordingTerminal();
  expect(await validateCommand({ paths: [join(folder, 'lost.yaml')] }, terminal)).toBe(2);
  expect(terminal.printed.join('\n')).toContain('lost.yaml:7:86 error[SW1704]');
});

test('the machine of a workflow that has errors itself is not looked at', async () => {
  const terminal = recordingTerminal({ json: true });
  await validateCommand({ paths: [join(folder, 'malformed.yaml')] }, terminal);
  expect(terminal.printed.join('\n').match(/SW\d+/g)).toEqual(['SW1111']);
});

test('what Step Functions would refuse is not compiled', async () => {
  const terminal = recordingTerminal();
  await expect(compileCommand({ file: join(folder, 'lost.yaml') }, terminal)).rejects.toThrow(AlreadyTold);
  expect(terminal.noted.join('\n')).toContain('error[SW1704]');
});

test('what Step Functions would refuse is not deployed', () => {
  expect(() => compileProject(join(folder, 'lost.yaml'))).toThrow(/lost\.yaml:7:86 SW1704/);
});
