import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishDecisionSource } from '#api/decisions.ts';
import { toExecutionDocument } from '#api/documents.ts';
import { publishValid } from '#api/publish.ts';
import { publishGroups } from '#api/publish-groups.ts';
import { systemClock } from '#core/clock.ts';
import { selfContained } from '#decisions/sourced-decision.ts';
import type { Device } from '#devices/device.ts';
import { allDevices } from '#devices/registry.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import type { Fleet } from '#devices/simulator/read-fleet.ts';
import { openDataDirectory } from '#embedded/data-directory.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '#embedded/runtime.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { checkInput } from '#executions/input.ts';
import { resumeOrStart } from '#executions/resume.ts';
import { callSettings } from './call-settings.ts';
import { followExecution } from './follow.ts';
import { loadValidWorkflow } from './load.ts';
import { loadFleet } from './load-fleet.ts';
import type { ExitCode } from './print-fault.ts';
import { printSummary } from './print-summary.ts';
import { createProgressReporter } from './progress-reporter.ts';
import { readInput } from './read-input.ts';
import { reportDefect } from './report-defect.ts';
import { printJson, type Terminal } from './terminal.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What `stepwright run` was called with. */
export interface RunArguments {
  readonly file: string;
  readonly input?: string;
  readonly fleet?: string;
  readonly data?: string;
  /** Port of the MQTT broker; 0 takes any free one. */
  readonly mqttPort: number;
}

/** So long calls of functions that are under way have to end when a run is interrupted that can be gone on with. */
const DRAIN_MS = 5_000;

/** `stepwright run`: runs a workflow durably in this process, to its end. */
export async function runCommand(args: RunArguments, terminal: Terminal): Promise<ExitCode> {
  const sourced = loadValidWorkflow(args.file, terminal);
  const fleet = args.fleet === undefined ? undefined : loadFleet(args.fleet, terminal);
  const { name, version, inputSchema } = sourced.workflow;
  const input = checkInput(`${name} ${version}`, inputSchema, await readInput(args.input));

  await using stack = new AsyncDisposableStack();
  const runtime = await openRuntime({ ...args, events: sourced.project.events }, terminal, stack);
  await publishGroups(runtime.ports, sourced.project);
  for (const each of sourced.decisions) await publishDecisionSource(runtime.ports, selfContained(each));
  for (const each of [...sourced.called, sourced]) await publishValid(runtime.ports, each, sourced.project);
  if (fleet !== undefined) await attachFleet(runtime, fleet, stack);
  else terminal.note(`devices may connect to ${runtime.broker.url}`);
  const { execution, isResumed } = await resumeOrStart(
    runtime.ports,
    { workflow: name, version, input },
    runtime.resumed,
  );
  if (isResumed) terminal.note(`going on with execution ${execution.id}`);
  const reporter = await createProgressReporter(terminal, systemClock);
  const interrupted = untilInterrupted().then(() => undefined);
  const failed = runtime.failed.then((fault) => Promise.reject(fault));
  const view = await Promise.race([followExecution(runtime, execution.id, reporter), interrupted, failed]);
  if (view === undefined) {
    reporter.finish();
    await interruptRun(runtime, args.data !== undefined, terminal);
    return 1;
  }
  const devices = await Array.fromAsync(allDevices(runtime.ports.table));
  if (terminal.json) printJson(terminal, runDocument(view, devices));
  else printSummary(view, devices, terminal);
  return view.status === 'SUCCEEDED' ? 0 : 1;
}

/** What can be gone on with has calls that are under way end first: they would be made twice. */
async function interruptRun(runtime: Runtime, isKept: boolean, terminal: Terminal): Promise<void> {
  if (!isKept) return terminal.note('interrupted');
  const draining = runtime.drain(DRAIN_MS);
  terminal.note('interrupted; the same command goes on with it');
  const left = await draining;
  if (left > 0) terminal.note(`calls that were still under way: ${left}; they are made again then`);
}

async function openRuntime(
  { data, mqttPort, events }: RunArguments & Pick<RuntimeOptions, 'events'>,
  terminal: Terminal,
  stack: AsyncDisposableStack,
): Promise<Runtime> {
  const directory = stack.adopt(openDataDirectory(data ?? temporaryDirectory(stack)), (opened) =>
    opened.release(),
  );
  return stack.adopt(
    await startRuntime({
      ...callSettings(process.env),
      databasePath: directory.databasePath,
      events,
      broker: { host: '127.0.0.1', port: mqttPort },
      onDefect: (error) => reportDefect(error, terminal),
    }),
    (runtime) => runtime.close(),
  );
}

function temporaryDirectory(stack: AsyncDisposableStack): string {
  return stack.adopt(mkdtempSync(join(tmpdir(), 'stepwright-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
}

/** Connects a simulated fleet and waits until its devices are known to be online. */
async function attachFleet(runtime: Runtime, fleet: Fleet, stack: AsyncDisposableStack): Promise<void> {
  const running = stack.adopt(await startFleet({ fleet, brokerUrl: runtime.broker.url }), (started) =>
    started.stop(),
  );
  await runtime.whenOnline(running.online);
}

/** The document of `--json`. */
function runDocument(view: ExecutionView, devices: readonly Device[]): unknown {
  const { progress: _progress, ...document } = toExecutionDocument(view);
  return {
    ...document,
    durationMs: (view.endedAt ?? view.startedAt) - view.startedAt,
    devices: devices.map(({ id, reported }) => ({ id, reported })),
  };
}
