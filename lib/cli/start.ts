import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createApi } from '#api/api.ts';
import type { RetentionTimes } from '#archive/retention-times.ts';
import { openStore } from '#archive/stores/open-store.ts';
import { formatDuration } from '#core/duration.ts';
import { startFleet } from '#devices/simulator/fleet.ts';
import { openDataDirectory } from '#embedded/data-directory.ts';
import { startHttpServer } from '#embedded/http-server.ts';
import { liveUrlAt } from '#embedded/live-server.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';
import { tracedApi } from '#embedded/telemetry/traced-api.ts';
import { ensureLinkSecret, ensureToken } from '#embedded/token.ts';
import { createStepFunctionsApi } from '#step-functions-api/api.ts';
import { callSettings } from './call-settings.ts';
import type { LimitArguments } from './limit-options.ts';
import { loadFleet } from './load-fleet.ts';
import { mailSettings } from './mail-settings.ts';
import { packageVersion } from './package-version.ts';
import type { ExitCode } from './print-fault.ts';
import { loadPublished, publishAll } from './publish-all.ts';
import { reportCollector } from './report-collector.ts';
import { reportDefect } from './report-defect.ts';
import { printJson, type Terminal } from './terminal.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** What `stepwright start` was called with. */
export interface StartArguments extends LimitArguments {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly mqttPort: number;
  readonly project?: string;
  readonly fleet?: string;
  /** How long each kind of what is on record is kept. */
  readonly retain: RetentionTimes;
  /** Where records go before they are deleted: a folder, or `s3://bucket/prefix`. */
  readonly archive?: string;
  /** Where people reach this server, for the links that are sent to them; default: where it listens. */
  readonly publicUrl?: string;
  /** Base address of a collector of traces and metrics; default: what the environment says, by OpenTelemetry's own names. */
  readonly otlp?: string;
  /** Whether machines may call AWS with the credentials of this process. */
  readonly aws?: boolean;
}

const TOKEN_BYTES = 32;
const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

/** `stepwright start`: serves the API, the MQTT broker and the engine until it is interrupted, and drains them then. */
export async function startCommand(args: StartArguments, terminal: Terminal): Promise<ExitCode> {
  const loaded = args.project === undefined ? undefined : loadPublished(args.project, terminal);
  const fleet = args.fleet === undefined ? undefined : loadFleet(args.fleet, terminal);
  const onDefect = (error: unknown): void => reportDefect(error, terminal);
  const otlp = otlpSettings(args.otlp, process.env);

  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(openDataDirectory(args.data), (opened) => opened.release());
  const token = ensureToken(directory.path, process.env['STEPWRIGHT_TOKEN'], makeSecret);
  const linkSecret = ensureLinkSecret(directory.path, makeSecret);
  const listening = Promise.withResolvers<string>();
  const runtime: Runtime = stack.adopt(
    await startRuntime({
      ...callSettings(process.env),
      mailer: await mailSettings(process.env),
      aws: args.aws === true ? process.env : undefined,
      databasePath: directory.databasePath,
      reportsPath: join(directory.path, 'reports'),
      events: loaded?.project.events,
      links: {
        secret: async () => linkSecret,
        baseUrl: async () => args.publicUrl ?? (await listening.promise),
      },
      retention: args.retain,
      archive: args.archive === undefined ? undefined : await openStore(args.archive, process.env),
      limits: {
        ...{ maxRunning: args.maxRunning, maxQueued: args.maxQueued },
        ...{ maxCallsPerFunction: args.maxCalls, memoryLimitBytes: args.memoryLimit },
      },
      broker: {
        host: args.host,
        port: args.mqttPort,
        // Whoever is on this machine may be a device; from elsewhere, it takes the token.
        ...(LOOPBACK.includes(args.host) ? {} : { password: token }),
      },
      telemetry: otlp && {
        ...{ settings: otlp, version: packageVersion() },
        report: (trouble) => reportCollector(trouble, terminal),
      },
      onDefect,
    }),
    (started) => started.close(),
  );
  if (loaded !== undefined) await publishAll(runtime.ports, loaded);
  const { monitoring, metrics, telemetry } = runtime;
  const api = createApi({
    ports: runtime.ports,
    monitoring: monitoring && {
      ...{ feed: monitoring.log, liveUrl: liveUrlAt },
      metrics: async () => metrics?.text(packageVersion()),
    },
    reportFiles: runtime.reportFiles,
    version: packageVersion(),
  });
  const server = stack.adopt(
    await startHttpServer({
      host: args.host,
      port: args.port,
      token,
      handle: telemetry === undefined ? api : tracedApi(api, telemetry, runtime.ports.clock),
      live: monitoring && { log: monitoring.log, tail: monitoring.tail, clock: runtime.ports.clock },
      stepFunctions: createStepFunctionsApi({ served: runtime.served, secret: token, onDefect }),
      onDefect,
    }),
    (started) => started.close(),
  );
  listening.resolve(server.url);
  if (fleet !== undefined) {
    const running = stack.adopt(await startFleet({ fleet, brokerUrl: runtime.broker.url }), (started) =>
      started.stop(),
    );
    await runtime.whenOnline(running.online);
  }
  const ready = { url: server.url, broker: runtime.broker.url, data: directory.path };
  if (terminal.json) printJson(terminal, ready);
  else terminal.print(`Stepwright serves ${ready.url} (MQTT ${ready.broker}, token in ${ready.data}/token)`);
  await Promise.race([untilInterrupted(), failureOf(runtime)]);
  await drain(runtime, args.drain, terminal);
  return 0;
}

function makeSecret(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** A server whose store has failed ends, so that whoever looks after it starts it again. */
async function failureOf(runtime: Runtime): Promise<never> {
  throw await runtime.failed;
}

/** Lets calls of functions end that are under way. Meanwhile everything is answered but starts. */
async function drain(runtime: Runtime, forMs: number, terminal: Terminal): Promise<void> {
  const end = `calls under way have ${formatDuration(forMs)} to end, and what runs goes on at the next start`;
  terminal.note(`ending: ${end}; a second signal ends at once`);
  const left = await runtime.drain(forMs);
  if (left > 0)
    terminal.note(`calls that were still under way: ${left}; they are made again at the next start`);
}
