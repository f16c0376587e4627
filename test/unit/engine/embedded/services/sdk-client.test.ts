import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadInstalled } from '#engine/embedded/services/load-package.ts';
import { sdkSettings } from '#engine/embedded/services/sdk-client.ts';

const AT_AN_ENDPOINT = { forcePathStyle: true, useQueueUrlAsEndpoint: false };

test.each([
  [{}, {}],
  [{ AWS_ENDPOINT_URL: '' }, {}],
  [{ AWS_REGION: 'eu-west-1' }, { region: 'eu-west-1' }],
  [{ AWS_DEFAULT_REGION: 'eu-west-2' }, { region: 'eu-west-2' }],
  [{ AWS_ENDPOINT_URL: 'http://all' }, { endpoint: 'http://all', ...AT_AN_ENDPOINT }],
  [
    { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://secrets' },
    { endpoint: 'http://secrets', ...AT_AN_ENDPOINT },
  ],
  [{ AWS_ENDPOINT_URL_SQS: 'http://queues' }, {}],
])('%j leads to the settings %j', (environment, settings) => {
  expect(sdkSettings('@aws-sdk/client-secrets-manager', { environment })).toEqual(settings);
});

test('what is said outright comes before the environment', () => {
  const environment = { AWS_ENDPOINT_URL_SQS: 'http://queues', AWS_REGION: 'eu-west-1' };
  const options = { environment, endpoint: 'http://mine', region: 'eu-west-2' };
  expect(sdkSettings('@aws-sdk/client-sqs', options)).toEqual({
    ...{ endpoint: 'http://mine', region: 'eu-west-2' },
    ...AT_AN_ENDPOINT,
  });
});

const before = process.cwd();
let folder: string | undefined;
afterEach(() => {
  process.chdir(before);
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

test('a package of the folder that the process was started in is found', async () => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  const home = join(folder, 'node_modules', 'client-of-the-folder');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{"name":"client-of-the-folder","main":"index.cjs"}');
  writeFileSync(join(home, 'index.cjs'), 'exports.answer = 42;');
  await expect(loadInstalled('client-of-the-folder')).rejects.toThrow();
  process.chdir(folder);
  expect(await loadInstalled('client-of-the-folder')).toMatchObject({ answer: 42 });
});
