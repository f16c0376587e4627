import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { SecretsManagerSecrets } from '#integrations/secrets-manager.ts';

const region = 'eu-central-1';
const secretsManager = mockClient(SecretsManagerClient);
beforeEach(() => {
  secretsManager.reset();
});

test('a secret is read under its prefix; one that is not there is undefined', async () => {
  secretsManager
    .on(GetSecretValueCommand, { SecretId: 'stepwright/plant' })
    .resolves({ SecretString: 's3cret' });
  secretsManager
    .on(GetSecretValueCommand, { SecretId: 'stepwright/none' })
    .rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
  secretsManager.on(GetSecretValueCommand, { SecretId: 'stepwright/denied' }).rejects(new Error('denied'));
  const secrets = new SecretsManagerSecrets(new SecretsManagerClient({ region }), 'stepwright/');
  expect(await secrets.read('plant')).toBe('s3cret');
  expect(await secrets.read('none')).toBeUndefined();
  await expect(secrets.read('denied')).rejects.toThrow('denied');
});
