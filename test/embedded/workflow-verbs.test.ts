import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, type RunningCommand, startStepwright, stepwright } from './command-line.ts';

const EXAMPLE = join(import.meta.dirname, '../../workflows/firmware-rollout.yaml');

let folder = '';
let server: RunningCommand;
let endpoint = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-verbs-'));
  server = startStepwright(['start', '--data', join(folder, 'data'), '--port', '0', '--mqtt-port', '0']);
  const line = await server.line(/^Stepwright serves /);
  endpoint = /serves (\S+) /.exec(line)?.[1] ?? '';
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
});

/** A verb, called from the folder that has the data directory. */
function verb(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return stepwright(['workflows', ...args], { cwd: folder, env: { STEPWRIGHT_ENDPOINT: endpoint, ...env } });
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
