import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, stepwright } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

const EXAMPLE = join(import.meta.dirname, '../../workflows/firmware-rollout.yaml');

const folder = new ServedFolder();
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
