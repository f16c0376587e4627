import { setImmediate } from 'node:timers/promises';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Json } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { Device } from '#devices/device.ts';
import { receiveAnswer, receivePresence } from '#devices/device-messages.ts';
import type { AnswerMessage, CommandMessage } from '#devices/messages.ts';
import { registerDevice } from '#devices/registry.ts';
import { type Assembly, assemble, type Between, DIRECT } from '#embedded/assembly.ts';
import { createMonitoring } from '#embedded/monitoring.ts';
import { describeExecution, type ExecutionView } from '#executions/describe.ts';
import { isFinal } from '#executions/execution.ts';
import { getExecution } from '#executions/execution-store.ts';
import { startExecution } from '#executions/start.ts';
import type { UnwindLimits } from '#executions/unwind.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import type { Exchange } from '#integrations/call-http.ts';
import type { Mailer } from '#notifications/send/mailer.ts';
import type { ApprovalLinks } from '#signals/links.ts';
import { Database } from '#storage/database.ts';
import type { ItemChange } from '#table/change.ts';
import { compileText } from './compile-text.ts';

/** What a device does with a command: its answer, without the id; undefined keeps silent. */
export type Behaviour = (
  device: string,
  message: CommandMessage,
) => Omit<Extract<AnswerMessage, { status: 'SUCCEEDED' | 'FAILED' }>, 'id'> | undefined;

/** Every command succeeds and reports its own arguments as state. */
export const OBEDIENT: Behaviour = (_device, { with: reported }) => ({
  status: 'SUCCEEDED',
  result: { done: true },
  reported,
});

/** What a world begins with. */
export interface WorldOptions {
  readonly devices?: readonly (Partial<Device> & { readonly id: string })[];
  readonly behave?: Behaviour;
  /** What links by which people answer approvals are made of. Default: none are sent. */
  readonly links?: ApprovalLinks;
  /** Sends mails. Default: none are sent. */
  readonly mailer?: Mailer;
  /** How much one unwind machine takes on. */
  readonly unwind?: UnwindLimits;
  /** What services answer. Default: the network is called. */
  readonly exchange?: Exchange;
  /** Stands around the functions of tasks, by their tokens. */
  readonly task?: Between['task'];
}

/** Turns of the event loop without news after which nothing but time can bring any. */
const QUIET_TURNS = 40;

/**
 * The whole of Stepwright on a clock of its own: engine, table and handlers as the embedded runtime puts them together,
 * and devices that answer at once, as told, without a broker between.
 */
export class World {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  /** Every command that was sent, in order. */
  readonly sent: { readonly device: string; readonly message: CommandMessage }[] = [];
  readonly defects: unknown[] = [];
  readonly #database = new Database(':memory:');
  readonly #assembly: Assembly;
  /** What is on record of what happens. */
  readonly monitoring = createMonitoring({
    database: this.#database,
    clock: this.clock,
    onDefect: (error) => this.defects.push(error),
  });
  behave: Behaviour;
  #news = 0;
  #recorded: ItemChange[] | undefined;

  private constructor({
    behave = OBEDIENT,
    links,
    mailer,
    unwind,
    exchange,
    task = DIRECT.task,
  }: WorldOptions) {
    this.behave = behave;
    this.#assembly = assemble({
      database: this.#database,
      clock: this.clock,
      random: seededRandom(1),
      ...{ links, mailer, unwind },
      between: { ...DIRECT, exchange, task },
      changes: {
        concerns: (key) => this.monitoring.changes.concerns(key),
        take: (change, read) => {
          this.#recorded?.push(change);
          this.monitoring.changes.take(change, read);
        },
      },
      transport: { send: async (device, message) => this.#send(device, message) },
      onChange: () => {
        this.#news++;
      },
      onDefect: (error) => this.defects.push(error),
    });
  }

  static async create(options: WorldOptions = {}): Promise<World> {
    const world = new World(options);
    await world.#assembly.engine.deploy(UNWIND_MACHINE);
    for (const device of options.devices ?? [])
      await registerDevice(world.ports, { status: 'online', ...device });
    return world;
  }

  get ports(): Assembly['ports'] {
    return this.#assembly.ports;
  }

  /** The changes of the table that some work makes, as far as anybody is told of them. */
  async recordChanges(work: () => Promise<void>): Promise<readonly ItemChange[]> {
    const recorded: ItemChange[] = [];
    this.#recorded = recorded;
    await work();
    this.#recorded = undefined;
    return recorded;
  }

  /** Publishes a workflow given by its fields after the name, and starts it. Gives the id of the execution. */
  async start(fields: string | CompiledWorkflow, input: Json = {}): Promise<string> {
    const compiled = typeof fields === 'string' ? compileText(fields) : fields;
    await publishWorkflow(this.ports, compiled, '');
    const { id } = await startExecution(this.ports, { workflow: compiled.name, input });
    return id;
  }

  /** Runs a workflow to its final status. */
  async run(fields: string | CompiledWorkflow, input: Json = {}): Promise<ExecutionView> {
    return this.settle(await this.start(fields, input));
  }

  /** Lets time go by until an execution has its final status. */
  async settle(id: string): Promise<ExecutionView> {
    await this.until(async () => isFinal((await getExecution(this.ports.table, id)).status));
    return describeExecution(this.ports, id);
  }

  /** An execution with the states of its steps, as it now is. */
  view(id: string): Promise<ExecutionView> {
    return describeExecution(this.ports, id);
  }

  /** Lets things happen, and time go by when nothing does, until a condition holds. */
  async until(condition: () => Promise<boolean> | boolean): Promise<void> {
    for (;;) {
      await this.quiet();
      if (await condition()) return;
      if (!(await this.clock.advanceToNext())) throw new Error('nothing more will happen');
    }
  }

  /** Lets everything happen that needs no time. */
  async quiet(): Promise<void> {
    for (let seen = this.#news, turns = 0; turns < QUIET_TURNS; turns++) {
      await setImmediate();
      if (this.#news !== seen) [seen, turns] = [this.#news, 0];
    }
  }

  /** A device says that it is there, or is not. */
  async presence(device: string, status: 'online' | 'offline'): Promise<void> {
    await receivePresence(this.ports, device, { status });
  }

  /** A device answers a command. */
  async answer(device: string, message: AnswerMessage): Promise<string> {
    this.#news++;
    return receiveAnswer(this.ports, device, message);
  }

  [Symbol.dispose](): void {
    this.#assembly.close();
    this.#database.close();
  }

  #send(device: string, message: CommandMessage): void {
    this.sent.push({ device, message });
    this.#news++;
    const answer = this.behave(device, message);
    if (answer === undefined) return;
    globalThis.setImmediate(() => {
      this.answer(device, { ...answer, id: message.id }).catch((error: unknown) => this.defects.push(error));
    });
  }
}
