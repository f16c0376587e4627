import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SFNClient, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { validateCommand } from '#cli/validate.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const WORKFLOW = `stepwright: 1
name: asked
version: 1.0.0
steps:
  - { id: first, wait: { for: 5s } }
  - id: raw
    asl:
      Type: Parallel
      Branches:
        - { StartAt: a, States: { a: { Type: Pass, End: true } } }
`;

const sfn = mockClient(SFNClient);
let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-remote-'));
  file = join(folder, 'asked.yaml');
  writeFileSync(file, WORKFLOW);
  writeFileSync(join(folder, 'broken.yaml'), WORKFLOW.replace('5s', 'long').replace('asked', 'broken'));
});
beforeEach(() => sfn.reset());
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

async function validated(path: string): Promise<{ exitCode: number; found: string[][] }> {
  const terminal = recordingTerminal({ json: true });
  const args = { paths: [path], remote: true, endpointUrl: 'http://127.0.0.1:1' };
  const exitCode = await validateCommand(args, terminal);
  const { diagnostics } = JSON.parse(terminal.printed.join('\n'));
  const place = (one: Record<string, unknown>) => [`${one['code']}`, `${one['line']}`, `${one['path']}`];
  return { exitCode, found: diagnostics.map(place) };
}

test.each([
  ['/States/first/Seconds', '5', 'steps[0]'],
  ['/States/raw/Branches[0]/States/raw a/End', '10', 'steps[1].asl.Branches[0].States.a.End'],
  ['/States/raw/Branches/0/States/raw a', '10', 'steps[1].asl.Branches[0].States.a'],
  ['/States/workflow output/Output', '1', ''],
  ['', '1', ''],
  [undefined, '1', ''],
])('what Step Functions finds at %j is told of at line %s', async (location, line, path) => {
  const diagnostic = { severity: 'ERROR' as const, code: 'SCHEMA_VALIDATION_FAILED', message: 'no' };
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({
    result: 'FAIL',
    diagnostics: [location === undefined ? diagnostic : { ...diagnostic, location }],
  });
  expect(await validated(file)).toEqual({ exitCode: 2, found: [['SW1791', line, path]] });
});

test('a warning of Step Functions is a warning', async () => {
  const diagnostics = [
    { severity: 'WARNING' as const, code: 'NO_PATH', message: 'no', location: '/States/first' },
  ];
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'OK', diagnostics });
  expect(await validated(file)).toEqual({ exitCode: 0, found: [['SW1792', '5', 'steps[0]']] });
});

test('Step Functions is not asked of workflows that have errors', async () => {
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'OK', diagnostics: [] });
  const { exitCode, found } = await validated(join(folder, 'broken.yaml'));
  expect([exitCode, found.map(([code]) => code)]).toEqual([2, ['SW1103']]);
  expect(sfn.calls()).toEqual([]);
});

test('without --remote nothing is asked', async () => {
  expect(await validateCommand({ paths: [file] }, recordingTerminal())).toBe(0);
  expect(sfn.calls()).toEqual([]);
});

test.each([
  [
    'the one that is named',
    { region: 'eu-north-1', endpointUrl: 'http://127.0.0.1:1' },
    'eu-west-1',
    'eu-north-1',
  ],
  ['that of the environment', { endpointUrl: 'http://127.0.0.1:1' }, 'eu-west-1', 'eu-west-1'],
  ['that of the environment, too, without an endpoint', {}, 'eu-west-1', 'eu-west-1'],
  ['any, of an emulator', { endpointUrl: 'http://127.0.0.1:1' }, undefined, 'us-east-1'],
])('the region that is asked in is %s', async (_which, where, environment, region) => {
  vi.stubEnv('AWS_REGION', environment);
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'OK', diagnostics: [] });
  await validateCommand({ paths: [file], remote: true, ...where }, recordingTerminal());
  const [call] = sfn.commandCalls(ValidateStateMachineDefinitionCommand);
  expect(await call?.thisValue.config.region()).toBe(region);
});
