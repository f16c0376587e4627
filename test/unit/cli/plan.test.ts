import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlanArguments, planCommand } from '#cli/plan.ts';
import { type RecordingTerminal, recordingTerminal } from '#support/recording-terminal.ts';

const WORKFLOW = `
stepwright: 1
name: pumps
version: 1.0.0
input: { type: object, required: [pumps], properties: { pumps: { type: array } } }
steps:
  - { id: each, forEach: "{% $input.pumps %}", steps: [{ id: flash, command: flash, device: "{% $item %}" }] }
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-plan-'));
  writeFileSync(join(folder, 'pumps.yaml'), WORKFLOW);
  writeFileSync(join(folder, 'times.json'), '{"flash": 12500}');
  writeFileSync(join(folder, 'words.json'), '{"flash": "long"}');
  writeFileSync(join(folder, 'broken.json'), '{');
});

afterAll(() => rmSync(folder, { recursive: true }));

function plan(part: Partial<PlanArguments>, terminal: RecordingTerminal = recordingTerminal()) {
  return planCommand({ file: join(folder, 'pumps.yaml'), assume: new Map(), ...part }, terminal);
}

async function printed(part: Partial<PlanArguments>): Promise<string> {
  const terminal = recordingTerminal();
  await plan(part, terminal);
  return terminal.printed.join('\n');
}

test('a plan counts the items of its input', async () => {
  expect(await printed({ input: '{"pumps": [1, 2, 3]}' })).toContain('3 items of each (in the input)');
});

test('a plan without input says what it assumes, and how to say otherwise', async () => {
  expect(await printed({})).toContain('10 items of each (by default); --assume each=50');
});

test('a plan takes measured times', async () => {
  expect(await printed({ profile: join(folder, 'times.json') })).toMatch(/flash +command +10× +12\.5 s/);
});

test('a plan that goes over a limit says so, and is no success', async () => {
  const terminal = recordingTerminal();
  expect(await plan({ assume: new Map([['each', 4_000]]) }, terminal)).toBe(1);
  expect(terminal.printed.at(-2)).toMatch(/^✖ 32,0\d\d history events, and Step Functions takes 25,000/);
  expect(terminal.printed.at(-1)).toMatch(/^✖ 1,028,008 payload bytes, and Step Functions takes 262,144/);
});

test('an input that does not fit is refused', async () => {
  await expect(plan({ input: '{}' })).rejects.toMatchObject({ code: 'SW4004' });
});

test.each([
  ['words.json', /expected number/],
  ['broken.json', /JSON/],
  ['missing.json', /no such file/],
])('the profile %s is refused', async (name, message) => {
  const refused = expect(plan({ profile: join(folder, name) })).rejects;
  await refused.toMatchObject({ code: 'SW3022', message: expect.stringMatching(message) });
});

test('what is read of a file that is no JSON object is told', async () => {
  const file = join(folder, 'list.json');
  writeFileSync(file, '[1]');
  await expect(plan({ profile: file })).rejects.toMatchObject({ code: 'SW3022' });
});

test('a count of a step that counts nothing is refused', async () => {
  await expect(plan({ assume: new Map([['flash', 3]]) })).rejects.toMatchObject({
    code: 'SW3023',
    hint: 'counts are assumed of each',
  });
});

test('a count is refused where no step counts anything', async () => {
  const file = join(folder, 'plain.yaml');
  writeFileSync(
    file,
    'stepwright: 1\nname: plain\nversion: 1.0.0\nsteps: [{ id: a, command: go, device: d }]\n',
  );
  await expect(plan({ file, assume: new Map([['a', 3]]) })).rejects.toMatchObject({
    hint: 'the workflow has no forEach, while or devices step',
  });
});
