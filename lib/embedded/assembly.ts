import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { Clock } from '#core/clock.ts';
import { ClosableClock } from '#core/closable-clock.ts';
import type { Json } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import { TimerDeadlines } from '#deadlines/timers.ts';
import type { Transport } from '#devices/transport/transport.ts';
import type { AdmissionLimits } from '#engine/embedded/admission/admission.ts';
import type { CallLimits } from '#engine/embedded/admission/calls.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { UnwindLimits } from '#executions/unwind.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { readUnwindName } from '#executions/unwind-run.ts';
import { createAwaitEvent } from '#functions/await-event/await-event.ts';
import { createCallHttp } from '#functions/call-http/call-http.ts';
import { createCommand } from '#functions/command/command.ts';
import { createDeadline } from '#functions/deadline/deadline.ts';
import { createDeviceMessage } from '#functions/device-message/device-message.ts';
import { createExecutionEnded } from '#functions/execution-ended/execution-ended.ts';
import { createLock } from '#functions/lock/lock.ts';
import { createNotify } from '#functions/notify/notify.ts';
import { createRequestApproval } from '#functions/request-approval/request-approval.ts';
import { createSelectDevices } from '#functions/select-devices/select-devices.ts';
import { createSettleIteration } from '#functions/settle-iteration/settle-iteration.ts';
import { createStartWorkflow } from '#functions/start-workflow/start-workflow.ts';
import { createUnwind } from '#functions/unwind/unwind.ts';
import type { Notifier } from '#integrations/notifier.ts';
import { recordingNotifier } from '#integrations/notify.ts';
import type { Secrets } from '#integrations/secrets.ts';
import { activityQueue } from '#step-functions-api/api.ts';
import { openCatalogue } from '#step-functions-api/catalogue/catalogue.ts';
import { catalogueRevisions } from '#step-functions-api/catalogue/revisions.ts';
import type { ServedParts } from '#step-functions-api/parts.ts';
import { MOCK_FUNCTION, TestMocks } from '#step-functions-api/test-state/mocks.ts';
import type { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
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
  /** The environment that says where AWS is; undefined: machines may not call it. */
  readonly aws?: Readonly<Record<string, string | undefined>> | undefined;
  /** How much is taken on at once. */
  readonly limits?: EngineLimits | undefined;
  /** How much one unwind machine takes on before another goes on; by default as much as Step Functions lets it. */
  readonly unwind?: UnwindLimits | undefined;
  /** Told of an execution when something has happened in it. */
  onChange(execution: string): void;
  /** Told when an execution, or its unwind, has ended and been settled. */
  onEnded?(execution: string): void;
  /** Told of what went wrong where nobody waits for an answer. */
  onDefect(error: unknown): void;
}

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
  /** Stops the engine, the deadlines and what waits for services; the database stays open. */
  close(): void;
}

/** Embedded, a notification is told by its record: whoever wants to know reads it. */
const SILENT: Notifier = { send: async () => {} };

const NO_SECRETS: Secrets = { read: async () => undefined };

/** Puts the same handlers that Lambda gets behind the embedded engine. */
export function assemble(options: AssemblyOptions): Assembly {
  const { database, clock, random, transport, onChange, onDefect } = options;
  const table = new SqliteTable(database);
  const deadlines = new TimerDeadlines(clock, (due) => void expire(due).catch(onDefect));
  const ports: ExecutionPorts = {
    ...{ table, clock, random, deadlines, transport },
    notifier: recordingNotifier({ table, clock, notifier: SILENT }),
    secrets: options.secrets ?? NO_SECRETS,
    allowedHosts: options.allowedHosts ?? new Set(),
    // The engine calls the handlers, and they answer it: one of the two has to be found later.
    get engine() {
      return engine;
    },
  };
  const expire = createDeadline(ports);
  const executionEnded = createExecutionEnded(ports);
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
    functions: { ...handlers(ports, options), [MOCK_FUNCTION]: mocks.call },
    admission: { ...options.limits, workflowOf },
    calls: options.limits ?? {},
    revisions: catalogueRevisions(catalogue, random),
    machines: { [MACHINE_TOKENS.unwindMachine]: UNWIND_MACHINE.name },
    onEnded: async (ended) => {
      await executionEnded(ended);
      onChange(executionOf(ended.ref));
      options.onEnded?.(executionOf(ended.ref));
    },
    onEvents: (ref) => onChange(executionOf(ref)),
    onDefect,
  });
  return {
    ports,
    engine,
    served: {
      ...{ engine, catalogue, mocks, activities, clock, redrive: engineRedrives(engine, clock) },
      mapRuns: engineMapRuns(engine, database),
    },
    takeMessage: createDeviceMessage(ports),
    close: () => {
      engine.close();
      deadlines.close();
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
    [MACHINE_TOKENS.unwind]: answering(createUnwind(ports, unwind)),
    [MACHINE_TOKENS.awaitEvent]: answering(createAwaitEvent(ports)),
    [MACHINE_TOKENS.requestApproval]: answering(createRequestApproval(ports)),
    [MACHINE_TOKENS.startWorkflow]: answering(createStartWorkflow(ports)),
    [MACHINE_TOKENS.callHttp]: answering(createCallHttp(ports)),
    [MACHINE_TOKENS.notify]: answering(createNotify(ports)),
    [MACHINE_TOKENS.lock]: answering(createLock(ports)),
  };
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
  return machine === UNWIND_MACHINE.name ? (readUnwindName(name)?.execution ?? name) : name;
}
