import type { Json } from '#core/json.ts';
import type { Thread } from './thread.ts';

/** Where operators reach into an execution that runs: they hold it up, and give states results in place of their own. */
export class Interventions {
  // Made when they are needed: there are as many of these as executions, and hardly anybody reaches into one.
  #skipped: Map<number, Json> | undefined;
  #interrupts: Map<number, () => void> | undefined;
  #claimed: Set<number> | undefined;
  #held: Set<() => void> | undefined;
  #isPaused: boolean;
  /** Those of the execution that a child is part of, and is paused with. */
  readonly #root: Interventions | undefined;

  constructor(
    { isPaused, skips }: { readonly isPaused: boolean; readonly skips: ReadonlyMap<number, Json> },
    root?: Interventions,
  ) {
    this.#isPaused = isPaused;
    this.#root = root;
    if (skips.size > 0) this.#skipped = new Map(skips);
  }

  /** Whether a state that a thread is about to enter, or to try again, has to wait: it has not done so before a crash. */
  holdsUp(thread: Thread): boolean {
    return this.isPaused && thread.peek() === undefined;
  }

  /** Whether it is paused, or what it is part of. */
  get isPaused(): boolean {
    return this.#isPaused || this.#root?.isPaused === true;
  }

  /** Resolves when the execution is resumed. Until then, what has been done is made durable. */
  untilResumed(thread: Thread): Promise<void> {
    if (!this.#isPaused && this.#root !== undefined) return this.#root.untilResumed(thread);
    const { cancellation, journal } = thread;
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

  /**
   * Makes sure that a state that waits does so until {@link skip}, however long that takes to become durable; false where none
   * waits that was entered so, or somebody else skips it.
   */
  claim(enteredId: number): boolean {
    if (this.#interrupts?.has(enteredId) !== true || this.#claimed?.has(enteredId) === true) return false;
    this.#claimed ??= new Set();
    this.#claimed.add(enteredId);
    return true;
  }

  /** Whether a state that waits is about to be given a result, so that it is not to go on by itself. */
  isClaimed(enteredId: number): boolean {
    return this.#claimed?.has(enteredId) === true;
  }

  /** Lets a state that waits be interrupted, until the returned function is called. */
  onSkip(enteredId: number, interrupt: () => void): () => void {
    this.#interrupts = (this.#interrupts ?? new Map()).set(enteredId, interrupt);
    return () => this.#interrupts?.delete(enteredId);
  }
}
