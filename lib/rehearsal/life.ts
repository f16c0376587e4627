import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import { recoverOpenCommands } from '#devices/expire.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { type Assembly, assemble, type Between, executionOf } from '#embedded/assembly.ts';
import { markThoseThatStayAway, RETURN_MS } from '#embedded/returning.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { UNWIND_MACHINE } from '#executions/unwind-machine.ts';
import { watchUnwinds } from '#executions/unwind-watch.ts';
import { Database } from '#storage/database.ts';

/** What one life of the engine lives in. */
export interface LifeOptions {
  /** Where its data is; several lives have the same. */
  readonly store: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly between: Between;
  /** Calls back soon to end a group of writes. */
  schedule(endGroup: () => void): void;
  send(device: string, message: CommandMessage): void;
  onEvents(ref: ExecutionRef, events: readonly HistoryEvent[]): void;
  onEnded(execution: string): void;
  onDefect(error: unknown): void;
}

/** One life of engine and handlers, from their start on a store to their death at any instant. */
export class Life {
  readonly assembly: Assembly;
  readonly #database: Database;
  readonly #clock: Clock;
  #isAlive = true;

  constructor({ store, schedule, send, onDefect, ...options }: LifeOptions) {
    this.#clock = options.clock;
    this.#database = new Database(store, { schedule });
    this.assembly = assemble({
      ...options,
      database: this.#database,
      transport: {
        send: async (device, message) => {
          if (!this.#isAlive) return new Promise(() => {});
          send(device, message);
        },
      },
      secrets: { read: async (name) => `rehearsed ${name}` },
      onChange: () => {},
      onEvents: (ref, events) => this.#isAlive && options.onEvents(ref, events),
      onEnded: (execution) => this.#isAlive && options.onEnded(execution),
      onDefect: (error) => this.#isAlive && onDefect(error),
    });
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Goes on with whatever the life before has left, as the embedded runtime does. */
  async begin(): Promise<void> {
    const { ports, engine } = this.assembly;
    const startedAt = this.#clock.now();
    await engine.deploy(UNWIND_MACHINE);
    this.#clock.setTimer(startedAt + RETURN_MS, () => {
      if (this.#isAlive) markThoseThatStayAway(ports, startedAt).catch(() => {});
    });
    const resumed = engine.recover().map(executionOf);
    await recoverOpenCommands(ports);
    await watchUnwinds(ports, resumed);
  }

  /** Dies: what it has not made durable is lost, and nothing that it still does reaches anybody. */
  die(): void {
    this.#isAlive = false;
    this.#database.abandon();
    this.assembly.close();
  }

  /** Lets go of the store. */
  close(): void {
    this.assembly.close();
    this.#database.close();
  }
}
