/**
 * `npm run emulator:fleet -- FILE`: connects the simulated devices of a fleet file to the emulator's own MQTT
 * broker, or to the one that STEPWRIGHT_BROKER_URL names.
 */
import { once } from 'node:events';
import { StepwrightError } from '#core/error.ts';
import { loadSource } from '#definition/load.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { waitForEmulator } from './endpoint.ts';
import { emulatedBroker } from './mqtt.ts';

const endpoint = process.env['AWS_ENDPOINT_URL'] ?? 'http://127.0.0.1:4566';
const file = process.argv[2];

try {
  if (file === undefined) throw usage();
  const { fleet, diagnostics } = readFleet(loadSource(file));
  for (const { line, column, code, message } of diagnostics)
    console.error(`${file}:${line}:${column} ${code} ${message}`);
  if (fleet === undefined) process.exit(2);
  await waitForEmulator(endpoint, 1_000);
  const brokerUrl = process.env['STEPWRIGHT_BROKER_URL'];
  const broker = brokerUrl === undefined ? await emulatedBroker(endpoint) : { brokerUrl };
  const running = await startFleet({ fleet, ...broker });
  console.log(
    `${running.online.length} devices of fleet ${fleet.name} connected to ${brokerUrl ?? endpoint}`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await running.stop();
} catch (error) {
  if (!(error instanceof StepwrightError)) throw error;
  console.error(`error[${error.code}]: ${error.message}\n  ${error.hint ?? ''}`);
  process.exitCode = error.kind === 'invalid' ? 2 : 1;
}

function usage(): StepwrightError {
  return new StepwrightError({
    code: 'SW3000',
    kind: 'invalid',
    message: 'name the fleet file',
    hint: 'npm run emulator:fleet -- workflows/fleets/berlin.yaml',
  });
}
