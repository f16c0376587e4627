import type { Json } from '#core/json.ts';
import type { Thread } from './thread.ts';

/** Where operators reach into an execution that runs: they hold it up, and give states results in place of their own. */
export class Interventions {
  // Made when they are needed: there are as many of these as executions, and hardly anybody reaches into one.
  #skipped: Map<number, Json> | undefined;
  #interrupts: Map<number, () => void> | undefined;
  #held: Set<() => void> | undefined;
  #isPaused: boolean;

  constructor({
    isPaused,
    skips,
  }: { readonly isPaused: boolean; readonly skips: ReadonlyMap<number, Json> }) {
    this.#isPaused = isPaused;
    if (skips.size > 0) this.#skipped = new Map(skips);
  }

  /** Whether a state that a thread is about to enter, or to try again, has to wait: it has not done so before a crash. */
  holdsUp(thread: Thread): boolean {
    return this.#isPaused && thread.peek() === undefined;
  }

  /** Resolves when the execution is resumed. Until then, what has been done is made durable. */
  untilResumed({ cancellation, journal }: Thread): Promise<void> {
    // The next flush tells whoever waits for it of a journal that cannot be written.
    void journal.flush().catch(() => undefined);
    return cancellation.wait<void>((resolve) => {
      this.#held ??= new Set();
      const held = this.#held;
      held.add(resolve);
      return () => held.delete(resolve);
    });
  }

  /** Lets no thread enter a state from now on. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Lets everything go on. */
  resume(): void {
    this.#isPaused = false;
    for (const goOn of [...(this.#held ?? [])]) goOn();
  }

  /** The result that an operator has given a state; undefined where nobody has. */
  resultOf(enteredId: number): Json | undefined {
    return this.#skipped?.get(enteredId);
  }

  /** Gives a state a result; false where none waits that was entered so. */
  skip(enteredId: number, result: Json): boolean {
    const interrupt = this.#interrupts?.get(enteredId);
    if (interrupt === undefined) return false;
    this.#skipped = new Map(this.#skipped).set(enteredId, result);
    interrupt();
    return true;
  }

  /** Whether a state waits that was entered so, and can be given a result. */
  canSkip(enteredId: number): boolean {
    return this.#interrupts?.has(enteredId) === true;
  }

  /** Lets a state that waits be interrupted, until the returned function is called. */
  onSkip(enteredId: number, interrupt: () => void): () => void {
    this.#interrupts = (this.#interrupts ?? new Map()).set(enteredId, interrupt);
    return () => this.#interrupts?.delete(enteredId);
  }
}
