import type { Cancellation } from '../cancellation.ts';
import type { Admission } from './admission.ts';

/** States after which an execution lets others, and what else the process does, have a turn. */
const STATES_A_TURN = 32;

/**
 * What one execution does: how many of its threads work, and whether it has a place among those that may. It gives its place
 * back when the last thread waits.
 */
export class Work {
  readonly #admission: Admission;
  readonly #machine: string;
  #threads = 1;
  #hasPlace = true;
  #isOver = false;
  #states = 0;
  /** While it stands in line. */
  #turn: Promise<void> | undefined;

  /** The work of an execution that begins with a place, and one thread. */
  constructor(admission: Admission, machine: string) {
    this.#admission = admission;
    this.#machine = machine;
  }

  /** Tells that a thread waits, or has ended. */
  rest(): void {
    this.#threads -= 1;
    if (this.#threads === 0) this.#leave();
  }

  /** Waits without a place for what `waiting` gives, and then for a place. What ends the thread needs none. */
  async resting<T>(waiting: Promise<T>, cancellation: Cancellation): Promise<T> {
    this.rest();
    try {
      return await waiting;
    } finally {
      const turn = this.wake(cancellation);
      if (turn !== undefined) await turn;
    }
  }

  /**
   * Tells that a thread goes on: undefined, or resolves when it may. A thread that is cancelled goes on at once, to its end.
   */
  wake(cancellation: Cancellation): Promise<void> | undefined {
    this.#threads += 1;
    const turn = this.#turn ?? this.#goOn();
    return turn === undefined || cancellation.isCancelled ? undefined : unlessCancelled(turn, cancellation);
  }

  /** Called between two states of a thread: undefined, or resolves when it may go on. */
  turn(cancellation: Cancellation): Promise<void> | undefined {
    if (this.#admission.isHeld) return unlessCancelled(new Promise(() => {}), cancellation);
    if (this.#turn !== undefined) return unlessCancelled(this.#turn, cancellation);
    this.#states += 1;
    if (this.#states < STATES_A_TURN) return undefined;
    this.#states = 0;
    if (!this.#admission.isContended) return nextTurn();
    this.#leave();
    return unlessCancelled(this.#goOn() ?? nextTurn(), cancellation);
  }

  /** Gives up everything, when the execution has ended. */
  end(): void {
    this.#isOver = true;
    this.#leave();
  }

  #goOn(): Promise<void> | undefined {
    if (this.#hasPlace || this.#isOver) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hasPlace = this.#admission.goOn(this.#machine, () => {
      this.#turn = undefined;
      resolve();
      this.#hasPlace = !this.#isOver && this.#threads > 0;
      return this.#hasPlace;
    });
    if (!this.#hasPlace) this.#turn = promise;
    return this.#turn;
  }

  #leave(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#admission.leave();
  }
}

function unlessCancelled(turn: Promise<void>, cancellation: Cancellation): Promise<void> {
  return cancellation.wait<void>((resolve) => {
    void turn.then(resolve);
    return () => {};
  });
}

/** Resolves when the event loop has gone round: a long line of states is not to keep timers and sockets waiting. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
