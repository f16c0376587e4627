import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { Clock } from '#core/clock.ts';
import { ClosableClock } from '#core/closable-clock.ts';
import { HandlerFailed } from '#core/error.ts';
import type { Json } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { TimerDeadlines } from '#deadlines/timers.ts';
import type { EventSource } from '#definition/event-sources.ts';
import { recordedTraces } from '#devices/traces.ts';
import type { Transport } from '#devices/transport/transport.ts';
import type { AdmissionLimits } from '#engine/embedded/admission/admission.ts';
import type { CallLimits } from '#engine/embedded/admission/calls.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ServiceCaller } from '#engine/embedded/services/caller.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { UnwindLimits } from '#executions/unwind.ts';
import { isUnwindMachine, UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { readUnwindName } from '#executions/unwind-run.ts';
import { createAwaitEvent } from '#functions/await-event/await-event.ts';
import { createCallHttp } from '#functions/call-http/call-http.ts';
import { createCommand } from '#functions/command/command.ts';
import { createDeadline } from '#functions/deadline/deadline.ts';
import { createDecide } from '#functions/decide/decide.ts';
import { createDeliver } from '#functions/deliver/deliver.ts';
import { createDeviceMessage } from '#functions/device-message/device-message.ts';
import { createEscalate } from '#functions/escalate/escalate.ts';
import { createExecutionEnded } from '#functions/execution-ended/execution-ended.ts';
import { createLock } from '#functions/lock/lock.ts';
import { createNotify } from '#functions/notify/notify.ts';
import { createOutsideEvent } from '#functions/outside-event/outside-event.ts';
import { createRequestApproval } from '#functions/request-approval/request-approval.ts';
import { createRollout } from '#functions/rollout/rollout.ts';
import { createSelectDevices } from '#functions/select-devices/select-devices.ts';
import { createSettleIteration } from '#functions/settle-iteration/settle-iteration.ts';
import { createStartWorkflow } from '#functions/start-workflow/start-workflow.ts';
import { createUnwind } from '#functions/unwind/unwind.ts';
import type { Exchange } from '#integrations/call-http.ts';
import type { Secrets } from '#integrations/secrets.ts';
import { openLanes } from '#notifications/lanes.ts';
import { outboxNotifier } from '#notifications/outbox.ts';
import type { Mailer } from '#notifications/send/mailer.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import { activityQueue } from '#step-functions-api/api.ts';
import { openCatalogue } from '#step-functions-api/catalogue/catalogue.ts';
import { catalogueRevisions } from '#step-functions-api/catalogue/revisions.ts';
import type { ServedParts } from '#step-functions-api/parts.ts';
import { MOCK_FUNCTION, TestMocks } from '#step-functions-api/test-state/mocks.ts';
import type { Database } from '#storage/database.ts';
import type { ChangeListener } from '#table/change.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Table } from '#table/table.ts';
import { engineMapRuns } from './engine-map-runs.ts';
import { engineRedrives } from './engine-redrives.ts';
import { machineServices } from './machine-services.ts';

/** What the parts are put together from. */
export interface AssemblyOptions {
  readonly database: Database;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Values that `http` steps may name. Default: none. */
  readonly secrets?: Secrets | undefined;
  /** Hosts of private networks that `http` steps may call, such as `gateway.plant:8080`. Default: none. */
  readonly allowedHosts?: ReadonlySet<string> | undefined;
  /** What links by which people answer approvals are made of. Default: none are sent. */
  readonly links?: ApprovalLinks | undefined;
  /** Sends mails. Default: none are sent. */
  readonly mailer?: Mailer | undefined;
  /** What comes from elsewhere and is told as events. Default: nothing. */
  readonly events?: readonly EventSource[] | undefined;
  /** The environment that says where AWS is; undefined: machines may not call it. */
  readonly aws?: Readonly<Record<string, string | undefined>> | undefined;
  /** How much is taken on at once. */
  readonly limits?: EngineLimits | undefined;
  /** Whether devices are told of the traces that executions are in. Default: no. */
  readonly traced?: boolean | undefined;
  /** Told of what changes in the table. Default: nobody. */
  readonly changes?: ChangeListener | undefined;
  /** Stands between the parts; for rehearsals of what may go wrong there. */
  readonly between?: Between | undefined;
  /** How much one unwind machine takes on before another goes on; by default as much as Step Functions lets it. */
  readonly unwind?: UnwindLimits | undefined;
  /** Told of an execution when something has happened in it. */
  onChange(execution: string): void;
  /** Told of what is appended to a history, or to that of a child execution of a distributed Map; it is not durable yet. */
  onEvents?(ref: ExecutionRef, events: readonly HistoryEvent[]): void;
  /** Told when an execution, or its unwind, has ended and been settled. */
  onEnded?(execution: string): void;
  /** Told of what went wrong where nobody waits for an answer. */
  onDefect(error: unknown): void;
}

/** Stands between handlers and those who call them, and what they call. */
export interface Between {
  /** The table as handlers see it. */
  table(table: Table): Table;
  /** The function of a task, by its token, as the engine sees it. */
  task(token: string, called: EngineFunction): EngineFunction;
  /** What is told of something, as those who tell it see it. */
  listener<Told>(name: ListenerName, listener: Listener<Told>): Listener<Told>;
  /** What `http` steps call. */
  readonly exchange: Exchange | undefined;
  /** What tasks call besides functions; undefined: the services that there are. */
  readonly services: ServiceCaller | undefined;
  /** With what task tokens are signed. */
  readonly secret: Buffer | undefined;
}

/** What is told of something without being a task's. */
export type ListenerName = 'deadline' | 'deviceMessage' | 'executionEnded';

/** Takes what it is told. */
export type Listener<Told> = (told: Told) => Promise<unknown>;

/** Nothing stands between them. */
export const DIRECT: Between = {
  table: (table) => table,
  task: (_token, called) => called,
  listener: (_name, listener) => listener,
  exchange: undefined,
  services: undefined,
  secret: undefined,
};

/** How much the engine of a server takes on at once. Each has a default. */
export interface EngineLimits extends Omit<AdmissionLimits, 'workflowOf' | 'memory'>, CallLimits {}

/** Engine, table and handlers, put together in this process. */
export interface Assembly {
  readonly ports: ExecutionPorts;
  readonly engine: EmbeddedEngine;
  /** What the Step Functions API serves. */
  readonly served: ServedParts;
  /** Takes what a device said, with its topic. */
  takeMessage(message: unknown): Promise<unknown>;
  /** Takes a message of a topic that is told as an event: `{topic, payload}`, the payload in base64. */
  takeOutside(message: unknown): Promise<unknown>;
  /** Stops the engine, the deadlines and what waits for services; the database stays open. */
  close(): void;
}

const NO_SECRETS: Secrets = { read: async () => undefined };

/** Puts the same handlers that Lambda gets behind the embedded engine. */
export function assemble(options: AssemblyOptions): Assembly {
  const { database, clock, random, transport, onChange, onDefect } = options;
  const { between = DIRECT } = options;
  const table = between.table(new SqliteTable(database, options.changes));
  const deadlines = new TimerDeadlines(clock, (due) => {
    if (due.kind === 'delivery') return lanes.take(due.id);
    // A rollback that gets no further is settled by its watch.
    const settled = (): void => {
      if (due.kind === 'unwind') options.onEnded?.(due.id);
    };
    void expire(due).then(settled).catch(onDefect);
  });
  const ports: ExecutionPorts = {
    ...{ table, clock, random, deadlines, transport },
    notifier: outboxNotifier({
      ...{ table, deadlines, clock },
      ways: { mail: options.mailer !== undefined, topics: false },
    }),
    secrets: options.secrets ?? NO_SECRETS,
    allowedHosts: options.allowedHosts ?? new Set(),
    links: options.links,
    exchange: between.exchange,
    traces: options.traced === true ? recordedTraces(table) : undefined,
    // The engine calls the handlers, and they answer it: one of the two has to be found later.
    get engine() {
      return engine;
    },
  };
  const deliver = createDeliver(ports, { mailer: options.mailer, topics: undefined });
  const lanes = openLanes(async (id) => void (await deliver({ kind: 'delivery', id })), onDefect);
  const expire = between.listener('deadline', createDeadline(ports));
  const executionEnded = between.listener('executionEnded', createExecutionEnded(ports));
  const catalogue = openCatalogue(database);
  const mocks = new TestMocks();
  const activities = activityQueue(catalogue);
  const serviceClock = new ClosableClock(clock);
  const services = machineServices({
    clock: serviceClock,
    allowedHosts: ports.allowedHosts,
    aws: options.aws,
  });
  const engine = new EmbeddedEngine({
    ...{ database, clock, random, activities, ...services },
    ...(between.services === undefined ? {} : { services: between.services }),
    functions: { ...guarded(handlers(ports, options), between), [MOCK_FUNCTION]: mocks.call },
    secret: between.secret,
    admission: { ...options.limits, workflowOf },
    calls: options.limits ?? {},
    revisions: catalogueRevisions(catalogue, random),
    machines: { [MACHINE_TOKENS.unwindMachine]: UNWIND_MACHINE.name },
    onEnded: async (ended) => {
      await executionEnded(ended);
      onChange(executionOf(ended.ref));
      options.onEnded?.(executionOf(ended.ref));
    },
    onEvents: (ref, events) => {
      const root = engine.mapRuns.rootOf(ref)?.ref ?? ref;
      options.onEvents?.(root, events);
      onChange(executionOf(root));
    },
    onDefect,
  });
  return {
    ports,
    engine,
    served: {
      ...{ engine, catalogue, mocks, activities, clock, redrive: engineRedrives(engine, clock) },
      mapRuns: engineMapRuns(engine, database),
    },
    takeMessage: between.listener('deviceMessage', createDeviceMessage(ports)),
    takeOutside: createOutsideEvent(ports, options.events ?? []),
    close: () => {
      engine.close();
      deadlines.close();
      lanes.close();
      serviceClock.close();
      void services.services?.close().catch(onDefect);
    },
  };
}

/** Each answers by the token of its task; what the calls themselves give is for Lambda's log. */
function handlers(
  ports: ExecutionPorts,
  { unwind }: Pick<AssemblyOptions, 'unwind'>,
): Record<string, EngineFunction> {
  return {
    [MACHINE_TOKENS.command]: answering(createCommand(ports)),
    [MACHINE_TOKENS.selectDevices]: answering(createSelectDevices(ports)),
    [MACHINE_TOKENS.settleIteration]: answering(createSettleIteration(ports)),
    [MACHINE_TOKENS.rollout]: answering(createRollout(ports)),
    [MACHINE_TOKENS.unwind]: answering(createUnwind(ports, unwind)),
    [MACHINE_TOKENS.awaitEvent]: answering(createAwaitEvent(ports)),
    [MACHINE_TOKENS.requestApproval]: answering(createRequestApproval(ports)),
    [MACHINE_TOKENS.startWorkflow]: answering(createStartWorkflow(ports)),
    [MACHINE_TOKENS.callHttp]: answering(createCallHttp(ports)),
    [MACHINE_TOKENS.decide]: answering(createDecide(ports)),
    [MACHINE_TOKENS.notify]: answering(createNotify(ports)),
    [MACHINE_TOKENS.lock]: answering(createLock(ports)),
    [MACHINE_TOKENS.escalate]: answering(createEscalate(ports)),
  };
}

function guarded(
  functions: Readonly<Record<string, EngineFunction>>,
  { task }: Between,
): Record<string, EngineFunction> {
  return Object.fromEntries(
    Object.entries(functions).map(([token, called]) => [token, task(token, failingAsLambda(called))]),
  );
}

/** What a handler breaks off by arrives under the same name as on AWS. */
function failingAsLambda(called: EngineFunction): EngineFunction {
  return async (payload, context) =>
    called(payload, context).catch((error: unknown) => {
      throw new HandlerFailed(error);
    });
}

function answering(handler: (payload: Json) => Promise<unknown>): EngineFunction {
  return async (payload) => {
    await handler(payload);
    return null;
  };
}

/** Versions of a workflow, `rollout-2_1_0`, take turns together. */
function workflowOf(machine: string): string {
  return machine.replace(/-\d+_\d+_\d+.*$/, '');
}

/** The execution that a run of the engine belongs to: an unwind is part of the one that it unwinds. */
export function executionOf({ machine, name }: ExecutionRef): string {
  return isUnwindMachine(machine) ? (readUnwindName(name)?.execution ?? name) : name;
}
