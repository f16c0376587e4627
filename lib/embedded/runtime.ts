import { EventEmitter } from 'node:events';
import { KEEP_ALL, type RetentionTimes } from '#archive/retention-times.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import { type Clock, systemClock } from '#core/clock.ts';
import type { StepwrightError } from '#core/error.ts';
import { type Random, systemRandom } from '#core/random.ts';
import type { EventSource } from '#definition/event-sources.ts';
import type { Device } from '#devices/device.ts';
import { recoverOpenCommands } from '#devices/expire.ts';
import { findDevice } from '#devices/registry.ts';
import { deviceTopic } from '#devices/topics.ts';
import { connectBroker } from '#devices/transport/broker.ts';
import { isEscalationMachine } from '#executions/escalation-machine-name.ts';
import { type Execution, isFinal } from '#executions/execution.ts';
import { findExecution } from '#executions/execution-store.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { watchUnwinds } from '#executions/unwind-watch.ts';
import type { Secrets } from '#integrations/secrets.ts';
import { alertPager } from '#monitoring/alerts/alert-pager.ts';
import { recoverDeliveries } from '#notifications/recover.ts';
import type { Mailer } from '#notifications/send/mailer.ts';
import type { ReportFiles } from '#reports/made/report-files.ts';
import { startReportTimer } from '#reports/schedule/report-timer.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import type { ServedParts } from '#step-functions-api/parts.ts';
import { Database } from '#storage/database.ts';
import { isStorageFault } from '#storage/storage-fault.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { startAlerts } from './alerts.ts';
import { assemble, type EngineLimits, executionOf } from './assembly.ts';
import { type Broker, type BrokerOptions, startBroker } from './broker.ts';
import { Bulletin } from './bulletin.ts';
import { listenToTopics } from './event-topics.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type Metrics, startMetrics } from './metrics.ts';
import { createMonitoring, type Monitoring } from './monitoring.ts';
import { FolderReportFiles } from './report-files.ts';
import { markThoseThatStayAway, RETURN_MS } from './returning.ts';
import { type Rollups, startRollups } from './rollups.ts';
import { spanTeller } from './telemetry/span-teller.ts';
import type { Telemetry, TelemetryOptions } from './telemetry/telemetry.ts';

/** How the runtime is started. */
export interface RuntimeOptions {
  /** The one SQLite file. */
  readonly databasePath: string;
  readonly broker: BrokerOptions;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Values that `http` steps may name. Default: none. */
  readonly secrets?: Secrets;
  /** Hosts of private networks that `http` steps may call. Default: none. */
  readonly allowedHosts?: ReadonlySet<string>;
  /** What links by which people answer approvals are made of. Default: none are sent. */
  readonly links?: ApprovalLinks | undefined;
  /** Sends mails. Default: none are sent. */
  readonly mailer?: Mailer | undefined;
  /** What comes from elsewhere and is told as events: messages of topics of the broker. Default: nothing. */
  readonly events?: readonly EventSource[] | undefined;
  /** How long each kind of what is on record is kept. Default: for ever, but for what expires by itself. */
  readonly retention?: RetentionTimes | undefined;
  /** Where records go before they are deleted. Default: nowhere. */
  readonly archive?: ArchiveStore | undefined;
  /** The environment that says where AWS is; default: machines may not call it. */
  readonly aws?: Readonly<Record<string, string | undefined>> | undefined;
  /** How much is taken on at once. */
  readonly limits?: EngineLimits | undefined;
  /** Folder in which reports are kept that are made by schedule. Default: none are made. */
  readonly reportsPath?: string | undefined;
  /** Whether events of what happens are put on record. Default: yes. */
  readonly monitored?: boolean | undefined;
  /** Where telemetry goes. Default: nowhere. */
  readonly telemetry?: Pick<TelemetryOptions, 'settings' | 'version' | 'report'> | undefined;
  /** Told of what went wrong where nobody waits for an answer. */
  onDefect(error: unknown): void;
}

/** The embedded runtime: engine, table, broker and handlers in this process. */
export interface Runtime {
  readonly ports: ExecutionPorts;
  /** What the Step Functions API serves. */
  readonly served: ServedParts;
  readonly broker: Broker;
  /** What is on record of what happens; undefined where that is switched off. */
  readonly monitoring: Monitoring | undefined;
  /** Where reports are kept; undefined where none are. */
  readonly reportFiles: ReportFiles | undefined;
  /** What is counted and measured; undefined where nothing is put on record. */
  readonly metrics: Metrics | undefined;
  /** What tells a collector; undefined where nothing is told. */
  readonly telemetry: Telemetry | undefined;
  /** Counts what happens by hour and day; undefined where nothing is put on record. */
  readonly rollups: Rollups | undefined;
  /** Ids of the executions that had not been settled when the process before ended, and go on here. */
  readonly resumed: readonly string[];
  /** Resolves when an execution has its final status, rolled back where that is due. */
  whenSettled(execution: string): Promise<Execution>;
  /** Calls `listener` whenever something has happened in an execution, until the returned function is called. */
  watch(execution: string, listener: () => void): () => void;
  /** Resolves when all these devices are online. */
  whenOnline(devices: readonly string[]): Promise<void>;
  /** Resolves with the fault when the store could not write: nothing more is taken then, until it is started again. */
  readonly failed: Promise<StepwrightError>;
  /**
   * Takes no more starts, and lets the calls of functions that are under way end, for at most so many ms. Resolves when what has
   * been done is durable, with how many calls were still under way.
   */
  drain(forMs: number): Promise<number>;
  /** Stops. What runs goes on when the runtime is started again on the same file. */
  close(): Promise<void>;
}

/** Starts the runtime and goes on with whatever was running when it ended. Throws SW3001 when the port is taken. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { clock = systemClock, random = systemRandom } = options;
  // Of a store that has failed everybody hears by `failed`, and not of each thing that it stops.
  const onDefect = (error: unknown): void => {
    if (!isStorageFault(error)) options.onDefect(error);
  };
  await using started = new AsyncDisposableStack();
  const database = started.adopt(new Database(options.databasePath), (opened) => opened.close());
  const broker = started.adopt(await startBroker(options.broker), (opened) => opened.close());
  const transport = started.adopt(
    await connectBroker({ url: broker.url, password: options.broker.password }),
    (connected) => connected.close(),
  );
  const bulletin = new Bulletin();
  const watchers = new EventEmitter().setMaxListeners(0);
  const monitoring =
    options.monitored === false ? undefined : createMonitoring({ database, clock, onDefect });
  const assembly = started.adopt(
    assemble({
      ...{ database, transport, clock, random, onDefect },
      secrets: options.secrets,
      allowedHosts: options.allowedHosts,
      links: options.links,
      mailer: options.mailer,
      events: options.events,
      aws: options.aws,
      limits: options.limits,
      traced: options.telemetry?.settings.exports.traces,
      changes: monitoring?.changes,
      onChange: (execution) => watchers.emit(execution),
      onEnded: (execution) => bulletin.post(execution),
    }),
    (assembled) => assembled.close(),
  );
  const { ports, engine } = assembly;
  const table = new SqliteTable(database);
  const alerts =
    monitoring &&
    started.adopt(startAlerts({ monitoring, ports, pager: alertPager(ports), onDefect }), (running) =>
      running.close(),
    );
  const metrics =
    monitoring &&
    alerts &&
    started.adopt(
      startMetrics({ ...{ database, table, engine, monitoring, alerts }, handlersTable: ports.table }),
      (counting) => counting.close(),
    );
  const telemetry = options.telemetry && (await startTelemetry(options.telemetry, metrics));
  if (telemetry !== undefined) started.adopt(telemetry, (telling) => telling.close());
  const rollups =
    monitoring &&
    started.adopt(startRollups({ monitoring, ports, clock, onDefect }), (counting) => counting.close());
  const startedAt = clock.now();
  await engine.deploy(UNWIND_MACHINE);
  await transport.subscribe({
    onDefect,
    take: async (message) => {
      await assembly.takeMessage(message);
      bulletin.post(message.topic);
    },
  });
  const filters = (options.events ?? []).flatMap((source) => ('topic' in source ? [source.topic] : []));
  if (filters.length > 0) {
    const connection = { url: broker.url, password: options.broker.password };
    const topics = { ...connection, filters, onDefect, take: assembly.takeOutside };
    started.adopt(await listenToTopics(topics), (listening) => listening.close());
  }
  started.adopt(
    clock.setTimer(startedAt + RETURN_MS, () => void markThoseThatStayAway(ports, startedAt).catch(onDefect)),
    (timer) => timer.cancel(),
  );
  started.adopt(
    startHousekeeping({
      ...{ database, table, engine, clock, random, onDefect },
      times: options.retention ?? KEEP_ALL,
      archive: options.archive,
      events: monitoring?.log,
      eventsUnread: async () =>
        Math.max(monitoring?.stepEventsBehind() ?? 0, (await rollups?.eventsBehind()) ?? 0),
      forget: (revision) => engine.forget(revision),
    }),
    (keeping) => keeping.close(),
  );
  if (monitoring !== undefined) {
    const onDescribed = telemetry && spanTeller(ports, telemetry);
    started.adopt(monitoring.follow(ports, onDescribed), (following) => following.close());
  }
  const resumed = engine
    .recover()
    .filter(({ machine }) => !isEscalationMachine(machine))
    .map(executionOf);
  await recoverOpenCommands(ports);
  await watchUnwinds(ports, resumed);
  await recoverDeliveries(ports);
  const { reportsPath } = options;
  const reportFiles = reportsPath === undefined ? undefined : new FolderReportFiles(reportsPath);
  if (reportFiles !== undefined)
    started.adopt(startReportTimer({ ...reportPorts(ports), files: reportFiles, onDefect }), (timer) =>
      timer.close(),
    );
  const running = started.move();
  return {
    ports,
    served: assembly.served,
    broker,
    monitoring,
    metrics,
    telemetry,
    rollups,
    reportFiles,
    resumed,
    failed: database.failed,
    whenSettled: (id) => bulletin.when(id, () => finalExecution(ports, id)),
    watch: (execution, listener) => {
      watchers.on(execution, listener);
      return () => watchers.off(execution, listener);
    },
    whenOnline: async (devices) => {
      await Promise.all(
        devices.map((id) => bulletin.when(deviceTopic(id, 'presence'), () => onlineDevice(ports, id))),
      );
    },
    drain: (forMs) => engine.drain(clock.now() + forMs),
    close: () => running.disposeAsync(),
  };
}

/** Who asks for no telemetry has not loaded what it takes. */
async function startTelemetry(
  options: Pick<TelemetryOptions, 'settings' | 'version' | 'report'>,
  metrics: Metrics | undefined,
): Promise<Telemetry> {
  const { startOtlp } = await import('./telemetry/otlp.ts');
  return startOtlp({ ...options, readMetrics: metrics?.read });
}

/** By name: the engine is found only when it is asked for. */
function reportPorts({ table, clock, notifier, engine }: ExecutionPorts) {
  return { table, clock, notifier, engine };
}

async function finalExecution({ table }: ExecutionPorts, id: string): Promise<Execution | undefined> {
  const execution = await findExecution(table, id);
  return execution !== undefined && isFinal(execution.status) ? execution : undefined;
}

async function onlineDevice({ table }: ExecutionPorts, id: string): Promise<Device | undefined> {
  const device = await findDevice(table, id);
  return device?.status === 'online' ? device : undefined;
}
