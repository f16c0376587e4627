import { type CommandRequest, CommandRequestSchema } from '#compiler/task-payload.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { Command } from '#devices/command.ts';
import { getCommand } from '#devices/command-store.ts';
import type { Device } from '#devices/device.ts';
import { receiveAnswer } from '#devices/device-messages.ts';
import { dispatchCommand } from '#devices/dispatch.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import type { DevicePorts } from '#devices/ports.ts';
import { getDevice, registerDevice } from '#devices/registry.ts';
import type { TaskAnswer } from '#engine/engine.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Table } from '#table/table.ts';

/** When a bench begins. */
export const BENCH_START = Date.UTC(2026, 0, 1);

/** The devices part by itself: a real table in memory, and beside it fakes that write down what is asked of them. */
export class DeviceBench {
  readonly clock = new VirtualClock(BENCH_START);
  /** What was sent: the device and the id of the command. */
  readonly sent: string[] = [];
  readonly messages: CommandMessage[] = [];
  /** What tasks were answered: token, and output or name of the error. */
  readonly answers: { readonly token: string; readonly outcome: unknown }[] = [];
  /** Tokens of tasks that have ended. */
  readonly gone = new Set<string>();
  /** When commands are to be looked at again, by id. */
  readonly deadlines = new Map<string, number>();
  /** Something that others do, just before the next transaction is written. */
  interfere: (() => Promise<unknown>) | undefined;
  /** What the transport fails with. */
  transportFault: Error | undefined;
  readonly #database = new Database(':memory:');
  readonly ports: DevicePorts = {
    table: this.#interruptible(new SqliteTable(this.#database)),
    clock: this.clock,
    random: seededRandom(1),
    engine: {
      succeedTask: async (token, outcome) => this.#answer(token, outcome),
      failTask: async (token, { error }) => this.#answer(token, error),
    },
    transport: { send: async (device, message) => this.#send(device, message) },
    deadlines: { schedule: async ({ id }, dueAt) => void this.deadlines.set(id, dueAt) },
  };

  /** Registers a device; online, unless it is told otherwise. */
  async device(id: string, fields: Partial<Device> = {}): Promise<void> {
    await registerDevice(this.ports, { id, status: 'online', ...fields });
  }

  /** Issues a command for a step. Its id is `run:<path>:<attempt>`, its task's token the path. */
  dispatch(request: Partial<CommandRequest> = {}): Promise<Command> {
    return dispatchCommand(this.ports, commandRequest(request));
  }

  answer(device: string, answer: AnswerMessage): Promise<string> {
    return receiveAnswer(this.ports, device, answer);
  }

  command(id: string): Promise<Command> {
    return getCommand(this.ports.table, id);
  }

  async reported(device: string): Promise<Device['reported']> {
    return (await getDevice(this.ports.table, device)).reported;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #send(device: string, message: CommandMessage): void {
    if (this.transportFault !== undefined) throw this.transportFault;
    this.sent.push(`${device} ${message.id}`);
    this.messages.push(message);
  }

  #answer(token: string, outcome: unknown): TaskAnswer {
    if (this.gone.has(token)) return 'gone';
    this.answers.push({ token, outcome });
    return 'accepted';
  }

  #interruptible(table: Table): Table {
    return {
      get: (key) => table.get(key),
      put: (item, condition) => table.put(item, condition),
      update: (update) => table.update(update),
      delete: (key, condition) => table.delete(key, condition),
      putAll: (items) => table.putAll(items),
      query: (query) => table.query(query),
      transact: async (writes) => {
        const interfere = this.interfere;
        this.interfere = undefined;
        await interfere?.();
        await table.transact(writes);
      },
    };
  }
}

/** A request for `firmware.install` on `pump`, of step `flash`. */
export function commandRequest(request: Partial<CommandRequest> = {}): CommandRequest {
  const path = request.path ?? 'flash';
  return CommandRequestSchema.parse({
    taskToken: path,
    execution: 'run',
    step: 'flash',
    path,
    attempt: 0,
    ...(request.on === undefined ? { device: 'pump' } : {}),
    command: 'firmware.install',
    with: { release: '2.1.0' },
    timeoutSeconds: 30,
    ...request,
  });
}
