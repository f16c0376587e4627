/**
 * `npm run emulator:bridge`: on LocalStack, which has no IoT Core, brings what devices say on the broker that
 * STEPWRIGHT_BROKER_URL names to the function that hears it.
 */
import { once } from 'node:events';
import { StepwrightError } from '#core/error.ts';
import { startBridge } from './bridge.ts';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? 'http://127.0.0.1:4566';
const brokerUrl = process.env['STEPWRIGHT_BROKER_URL'] ?? 'mqtt://127.0.0.1:1883';

try {
  const bridge = await startBridge({
    brokerUrl,
    endpoint,
    onDefect: (error) => console.error(String(error)),
  });
  console.log(`from ${brokerUrl} to ${endpoint}`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await bridge.close();
} catch (error) {
  if (!(error instanceof StepwrightError)) throw error;
  console.error(`error[${error.code}]: ${error.message}\n  ${error.hint ?? ''}`);
  process.exitCode = 1;
}
