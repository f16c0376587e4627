/**
 * `npm run bench:rollout`: one rollout over many devices, embedded, on disk, with fsync: engine, table, MQTT broker, simulated
 * devices, and back, with an undo that is kept for each device. Prints a line for each size, writes
 * bench/results/rollout.json with the machine and the date, and the lines into docs/performance.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { publishText } from '#api/publish.ts';
import { Source } from '#definition/source.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { startRuntime } from '#embedded/runtime.ts';
import { startExecution } from '#executions/start.ts';
import { round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const SIZES = [250, 500, 1_000];
const DEVICE_MS = 20;
const CONCURRENCY = 100;

const fleetOf = (devices: number): string => `
stepwright: 1
fleet: bench
devices: [{ count: ${devices}, id: "device-{n}", type: pump, zone: hall, reported: { firmware: "1.0.0" } }]
behaviour: { latency: { min: ${DEVICE_MS}ms, max: ${DEVICE_MS}ms } }
`;

const WORKFLOW = `
stepwright: 1
name: rollout
version: 1.0.0
steps:
  - { id: targets, devices: {} }
  - id: rollout
    forEach: "{% $targets %}"
    as: device
    waves: [{ count: 1 }, { percent: 10 }, { rest: true }]
    maxConcurrency: ${CONCURRENCY}
    tolerate: { percent: 5 }
    steps:
      - id: flash
        command: firmware.install
        device: "{% $device.id %}"
        with: { release: "2.0.0" }
        compensate: { command: firmware.install, with: { release: "{% $target.reported.firmware %}" } }
output: { updated: "{% $count($rollout) %}" }
`;

/** What a rollout of one size took. */
interface RolloutFigures {
  readonly devices: number;
  readonly wallMs: number;
  readonly devicesPerSecond: number;
}

async function measure(devices: number): Promise<RolloutFigures> {
  const { fleet } = readFleet(Source.parse('fleet.yaml', fleetOf(devices)));
  if (fleet === undefined) throw new Error('the fleet of the benchmark is not valid');
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const runtime = stack.adopt(
    await startRuntime({
      databasePath: join(folder, 'rollout.db'),
      broker: { host: '127.0.0.1', port: 0 },
      onDefect: (error) => {
        throw error;
      },
    }),
    (started) => started.close(),
  );
  const simulated = stack.adopt(await startFleet({ fleet, brokerUrl: runtime.broker.url }), (started) =>
    started.stop(),
  );
  await runtime.whenOnline(simulated.online);
  await publishText(runtime.ports, WORKFLOW);
  const wallMs = await timeMs(async () => {
    const { id } = await startExecution(runtime.ports, { workflow: 'rollout', input: {} });
    const { status, cause, output } = await runtime.whenSettled(id);
    const isWhole = isDeepStrictEqual(output, { updated: devices });
    if (status !== 'SUCCEEDED' || !isWhole) throw new Error(`the rollout ended ${status}: ${cause}`);
  });
  return { devices, wallMs: round(wallMs), devicesPerSecond: round((devices * 1_000) / wallMs) };
}

const figures: RolloutFigures[] = [];
for (const devices of SIZES) {
  const figure = await measure(devices);
  figures.push(figure);
  process.stdout.write(`${lineOf(figure)}\n`);
}
const report = {
  date: new Date().toISOString(),
  machine: thisMachine(),
  ...{ deviceMs: DEVICE_MS, concurrency: CONCURRENCY },
  rollouts: figures,
};
writeFileSync(join(import.meta.dirname, 'results/rollout.json'), `${JSON.stringify(report, undefined, 2)}\n`);
const page = join(import.meta.dirname, '../docs/performance.md');
writeFileSync(page, withFigures(readFileSync(page, 'utf8')));

function lineOf({ devices, wallMs, devicesPerSecond }: RolloutFigures): string {
  return `${String(devices).padStart(5)} devices in ${String(wallMs).padStart(5)} ms, ${devicesPerSecond} a second`;
}

/** The page with the figures of this run between its marks. */
function withFigures(text: string): string {
  const lines = [machineLine(report.machine, report.date), '', ...figures.map(lineOf)];
  const block = `<!-- bench:rollout -->\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n<!-- /bench:rollout -->`;
  return text.replace(/<!-- bench:rollout -->[\s\S]*<!-- \/bench:rollout -->/, () => block);
}
