import type { Clock } from '#core/clock.ts';
import type { ExecutionDescription, ExecutionEnded, ExecutionRef } from '../engine.ts';
import type { JournalStore } from './journal-store.ts';
import { notifyEnded } from './notify-ended.ts';

type Listener = (description: ExecutionDescription) => void;

/** What {@link Ends} works with. */
export interface EndsParts {
  readonly store: JournalStore;
  readonly clock: Clock;
  /** Told of each end, at least once. */
  readonly onEnded: ((event: ExecutionEnded) => Promise<void>) | undefined;
  /** Whether nobody is told any more, until the store is opened again. */
  isOver(): boolean;
}

/** Who is told when executions have ended: who waits in this process, and who is told of all, at least once. */
export class Ends {
  readonly #parts: EndsParts;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Ends that are being told. */
  readonly #telling = new Map<number, Promise<void>>();

  constructor(parts: EndsParts) {
    this.#parts = parts;
  }

  /** Adds somebody who waits for one execution; gives what takes them away again. */
  listen(ref: ExecutionRef, listener: Listener): () => void {
    const key = keyOf(ref);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells everybody of an end that is durable; `id` is the row id of the execution. */
  tell(id: number, description: ExecutionDescription): void {
    const key = keyOf(description.ref);
    for (const listener of this.#listeners.get(key) ?? []) listener(description);
    this.#listeners.delete(key);
    this.#notify(id, description);
  }

  /** Resolves when the end of an execution is not being told any more. */
  async untilTold(id: number): Promise<void> {
    await this.#telling.get(id);
  }

  #notify(id: number, description: ExecutionDescription): void {
    const { store, clock, onEnded, isOver } = this.#parts;
    const isItem = description.ref.machine.includes('/');
    const told = notifyEnded(description, {
      // Of the children of a distributed Map, its parent tells.
      onEnded: (isItem ? undefined : onEnded) ?? (() => Promise.resolve()),
      clock,
      isClosed: isOver,
      markNotified: () => store.markNotified(id),
    }).finally(() => this.#telling.delete(id));
    this.#telling.set(id, told);
  }
}

/** A text that names an execution. */
export function keyOf({ machine, name }: ExecutionRef): string {
  return `${machine}:${name}`;
}
