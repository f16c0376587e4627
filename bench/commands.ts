import { join } from 'node:path';
import { publishText } from '#api/publish.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { startRuntime } from '#embedded/runtime.ts';
import { startExecution } from '#executions/start.ts';
import { type Distribution, distribution, repeatMs, round } from './measure.ts';

const DEVICES = 100;
const FLEET = `
stepwright: 1
fleet: bench
devices: [{ count: ${DEVICES}, id: "device-{n}" }]
`;
const FIVE_COMMANDS = `
stepwright: 1
name: five-commands
version: 1.0.0
steps:
${[1, 2, 3, 4, 5].map((at) => `  - { id: step${at}, command: ping, device: device-1 }`).join('\n')}
`;
const WHOLE_FLEET = `
stepwright: 1
name: whole-fleet
version: 1.0.0
steps:
  - { id: all, devices: {} }
  - id: each
    forEach: "{% $all %}"
    as: device
    maxConcurrency: ${DEVICES}
    steps: [{ id: ping, command: ping, device: "{% $device.id %}" }]
`;

/** What commands to devices take, by the whole path: engine, table, MQTT broker, device, and back. */
export interface CommandFigures {
  readonly fiveCommandsMs: Distribution;
  readonly fleet: { readonly devices: number; readonly ms: Distribution; readonly commandsPerSecond: number };
}

/** Measures commands to simulated devices that answer at once. */
export async function measureCommands(folder: string): Promise<CommandFigures> {
  const { fleet } = readFleet(Source.parse('fleet.yaml', FLEET));
  if (fleet === undefined) throw new Error('the fleet of the benchmark is not valid');
  await using stack = new AsyncDisposableStack();
  const runtime = stack.adopt(
    await startRuntime({
      databasePath: join(folder, 'commands.db'),
      broker: { host: '127.0.0.1', port: 0 },
      onDefect: (error) => {
        throw error;
      },
    }),
    (started) => started.close(),
  );
  const devices = stack.adopt(await startFleet({ fleet, brokerUrl: runtime.broker.url }), (started) =>
    started.stop(),
  );
  await runtime.whenOnline(devices.online);
  await publishText(runtime.ports, FIVE_COMMANDS);
  await publishText(runtime.ports, WHOLE_FLEET);
  const run = async (workflow: string): Promise<void> => {
    const { id } = await startExecution(runtime.ports, { workflow, input: {} });
    const { status } = await runtime.whenSettled(id);
    if (status !== 'SUCCEEDED') throw new Error(`${workflow} ended ${status}`);
  };
  const five = await repeatMs(100, 10, () => run('five-commands'));
  const whole = await repeatMs(10, 2, () => run('whole-fleet'));
  const mean = distribution(whole).mean;
  return {
    fiveCommandsMs: distribution(five),
    fleet: { devices: DEVICES, ms: distribution(whole), commandsPerSecond: round((DEVICES * 1_000) / mean) },
  };
}
