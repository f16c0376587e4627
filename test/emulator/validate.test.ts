import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { JsonObjectSchema } from '#core/json.ts';
import { connectValidator } from '#engine/step-functions-validation.ts';
import { deployed, describeEmulated } from './stacks.ts';

const GOLDENS = join(import.meta.dirname, '../golden/asl');

describeEmulated('on the emulator', () => {
  beforeAll(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  test('Step Functions has nothing against any golden machine', async () => {
    const validateMachine = connectValidator({ endpointUrl: deployed().endpoint, region: 'us-east-1' });
    for (const file of readdirSync(GOLDENS).filter((name) => name.endsWith('.asl.json'))) {
      const definition = JsonObjectSchema.parse(JSON.parse(readFileSync(join(GOLDENS, file), 'utf8')));
      expect(await validateMachine(definition), file).toEqual([]);
    }
  });
});
