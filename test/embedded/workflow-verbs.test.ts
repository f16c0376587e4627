import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, stepwright } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

const EXAMPLE = join(import.meta.dirname, '../../workflows/firmware-rollout.yaml');

const GATE = `stepwright: 1
name: gate
version: 1.0.0
steps: [{ id: way, command: open, device: gate, compensate: { command: shut } }]
`;
const GATE_TEST = `stepwright: 1
test: gate.yaml
fleet:
  devices: [{ id: gate, reported: { open: false } }]
  behaviour: { commands: { open: { sets: { open: true } }, shut: { sets: { open: false } } } }
cases: [{ name: it opens, expect: { devices: { gate: { open: true } } } }]
`;

const folder = new ServedFolder({ 'gate.yaml': GATE, 'gate.test.yaml': GATE_TEST });
beforeAll(() => folder.serve());
afterAll(() => folder.close());

/** A verb, called from the folder that has the data directory. */
function verb(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return stepwright(['workflows', ...args], {
    cwd: folder.path,
    env: { STEPWRIGHT_ENDPOINT: folder.url, ...env },
  });
}

test('the server of a data directory is asked with the token that it has there', async () => {
  expect(await verb(['publish', EXAMPLE, '--data', 'data'])).toMatchObject({
    exitCode: 0,
    stdout: 'published firmware-rollout 1.0.0\n',
  });
  const { exitCode, stdout } = await verb(['diff', 'firmware-rollout@latest', EXAMPLE, '--data', 'data']);
  expect([exitCode, stdout]).toEqual([0, 'firmware-rollout 1.0.0 → 1.0.0\n\nnothing has changed\n']);
});

test('without a token, or with another, the command ends with exit code 1', async () => {
  expect(await verb(['list'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SW3062') });
  const refused = await verb(['list'], { STEPWRIGHT_TOKEN: 'another-token-of-mine' });
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SW3063') });
});

test('what a drill has proven is put on record with what is published, and with nothing else', async () => {
  const drill = () => folder.verb('drill', 'gate.yaml', 'gate.test.yaml', '--publish');
  expect(await drill()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('SW4043') });
  await folder.verb('workflows', 'publish', 'gate.yaml');
  const { exitCode, stdout } = await drill();
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringMatching(/1 proven of 1 undo\nput on record for gate 1\.0\.0\n$/),
  ]);
  const known = await folder.document('GET', '/v1/workflows/gate/versions/1.0.0/drill');
  expect(known).toMatchObject({ undos: 1, unproven: 0, steps: [{ step: 'way', isProven: true }] });
  writeFileSync(folder.file('gate.yaml'), `${GATE}# changed\n`);
  expect(await drill()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SW4021') });
  const json = await folder.verb('drill', 'gate.yaml', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    workflows: [{ digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
  });
}, 60_000);
