/** Thrown through a branch that is no longer wanted. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Tells a branch, and all inside it, that it is no longer wanted. */
export class Cancellation {
  #cancelled: Cancelled | undefined;
  readonly #listeners = new Set<() => void>();

  get isCancelled(): boolean {
    return this.#cancelled !== undefined;
  }

  /** Cancels; a second call has no effect. */
  cancel(): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = new Cancelled();
    for (const listener of [...this.#listeners]) listener();
    this.#listeners.clear();
  }

  /** Throws when cancelled. */
  check(): void {
    if (this.#cancelled !== undefined) throw this.#cancelled;
  }

  /** A part that ends with this one, and may end before it. */
  child(): Cancellation {
    const child = new Cancellation();
    if (this.#cancelled === undefined) {
      const forward = (): void => child.cancel();
      this.#listeners.add(forward);
      child.#listeners.add(() => this.#listeners.delete(forward));
    } else child.cancel();
    return child;
  }

  /** Forgets the parent, once the part has ended by itself. */
  release(): void {
    for (const listener of [...this.#listeners]) if (this.#cancelled === undefined) listener();
  }

  /**
   * Waits for what `start` settles, or for the cancellation, whichever is first. `start` returns how to clean up; it is
   * called once, however the waiting ends.
   */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#cancelled !== undefined) {
        reject(this.#cancelled);
        return;
      }
      let cleanUp: (() => void) | undefined;
      let settled = false;
      const settle = (finish: () => void): void => {
        if (settled) return;
        settled = true;
        this.#listeners.delete(onCancel);
        cleanUp?.();
        finish();
      };
      const onCancel = (): void => settle(() => reject(this.#cancelled ?? new Cancelled()));
      this.#listeners.add(onCancel);
      cleanUp = start(
        (value) => settle(() => resolve(value)),
        (error) => settle(() => reject(error)),
      );
      if (settled) cleanUp();
    });
  }
}
