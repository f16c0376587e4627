import { MACHINE_TOKENS } from '#compiler/task-payload.ts';
import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { Random } from '#core/random.ts';
import type { Transport } from '#devices/transport/transport.ts';
import { EmbeddedEngine, type EngineFunction } from '#engine/embedded/engine.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { createCommand } from '#functions/command/command.ts';
import { createDeadline } from '#functions/deadline/deadline.ts';
import { createDeviceMessage } from '#functions/device-message/device-message.ts';
import { createExecutionEnded } from '#functions/execution-ended/execution-ended.ts';
import { createSelectDevices } from '#functions/select-devices/select-devices.ts';
import { createSettleIteration } from '#functions/settle-iteration/settle-iteration.ts';
import { createUnwind } from '#functions/unwind/unwind.ts';
import type { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { TimerDeadlines } from './timer-deadlines.ts';

/** What the parts are put together from. */
export interface AssemblyOptions {
  readonly database: Database;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of an execution when something has happened in it. */
  onChange(execution: string): void;
  /** Told when an execution, or its unwind, has ended and been settled. */
  onEnded?(execution: string): void;
  /** Told of what went wrong where nobody waits for an answer. */
  onDefect(error: unknown): void;
}

/** Engine, table and handlers, put together in this process. */
export interface Assembly {
  readonly ports: ExecutionPorts;
  readonly engine: EmbeddedEngine;
  /** Takes what a device said, with its topic. */
  takeMessage(message: unknown): Promise<unknown>;
  /** Stops the engine and the deadlines; the database stays open. */
  close(): void;
}

/** Puts the same handlers that Lambda gets behind the embedded engine. */
export function assemble(options: AssemblyOptions): Assembly {
  const { database, clock, random, transport, onChange, onDefect } = options;
  const table = new SqliteTable(database);
  const deadlines = new TimerDeadlines(clock, (commandId) => void expire({ commandId }).catch(onDefect));
  const ports: ExecutionPorts = {
    ...{ table, clock, random, deadlines, transport },
    // The engine calls the handlers, and they answer it: one of the two has to be found later.
    get engine() {
      return engine;
    },
  };
  const expire = createDeadline(ports);
  const executionEnded = createExecutionEnded(ports);
  const engine = new EmbeddedEngine({
    ...{ database, clock, random },
    functions: handlers(ports),
    machines: { [MACHINE_TOKENS.unwindMachine]: UNWIND_MACHINE.name },
    onEnded: async (ended) => {
      await executionEnded(ended);
      onChange(executionOf(ended.ref));
      options.onEnded?.(executionOf(ended.ref));
    },
    onEvents: (ref) => onChange(executionOf(ref)),
  });
  return {
    ports,
    engine,
    takeMessage: createDeviceMessage(ports),
    close: () => {
      engine.close();
      deadlines.close();
    },
  };
}

/** Each answers by the token of its task; what the calls themselves give is for Lambda's log. */
function handlers(ports: ExecutionPorts): Record<string, EngineFunction> {
  return {
    [MACHINE_TOKENS.command]: answering(createCommand(ports)),
    [MACHINE_TOKENS.selectDevices]: answering(createSelectDevices(ports)),
    [MACHINE_TOKENS.settleIteration]: answering(createSettleIteration(ports)),
    [MACHINE_TOKENS.unwind]: answering(createUnwind(ports)),
  };
}

function answering(handler: (payload: Json) => Promise<unknown>): EngineFunction {
  return async (payload) => {
    await handler(payload);
    return null;
  };
}

/** The execution that a run of the engine belongs to: an unwind is part of the one that it unwinds. */
export function executionOf({ machine, name }: ExecutionRef): string {
  return machine === UNWIND_MACHINE.name ? name.replace(/-unwind$/, '') : name;
}
