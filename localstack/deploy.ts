/** `npm run deploy:emulator`: bootstraps the emulated account, deploys all stacks, and tells how to reach the API. */
import { StepwrightError } from '#core/error.ts';
import { waitForEmulator } from './endpoint.ts';
import { deployStacks } from './stacks.ts';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? 'http://127.0.0.1:4566';
const brokerUrl = process.env['STEPWRIGHT_BROKER_URL'];

try {
  const emulator = await waitForEmulator(endpoint, 5_000);
  const say = (line: string): void => console.error(line);
  const api = await deployStacks(emulator, endpoint, {
    say,
    ...(brokerUrl === undefined ? {} : { brokerUrl }),
  });
  console.log(`API:   ${api.url}/v1`);
  console.log(`token: ${api.token}`);
  console.log(`try:   curl -H "Authorization: Bearer ${api.token}" ${api.url}/v1/workflows`);
} catch (error) {
  if (!(error instanceof StepwrightError)) throw error;
  console.error(`error[${error.code}]: ${error.message}\n  ${error.hint ?? ''}`);
  process.exitCode = 1;
}
