import type { ExecutionDescription, ExecutionRef } from '../engine.ts';

type Listener = (description: ExecutionDescription) => void;

/** Who waits in this process for executions to end. */
export class EndListeners {
  readonly #byExecution = new Map<string, Set<Listener>>();

  /** Adds a listener; gives what takes it away again. */
  add(ref: ExecutionRef, listener: Listener): () => void {
    const key = keyOf(ref);
    const listeners = this.#byExecution.get(key) ?? new Set();
    this.#byExecution.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Tells those who wait for this execution, once. */
  tell(description: ExecutionDescription): void {
    const key = keyOf(description.ref);
    for (const listener of this.#byExecution.get(key) ?? []) listener(description);
    this.#byExecution.delete(key);
  }
}

/** A text that names an execution. */
export function keyOf({ machine, name }: ExecutionRef): string {
  return `${machine}:${name}`;
}
