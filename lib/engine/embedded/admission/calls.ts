import type { Clock, Timer } from '#core/clock.ts';

/** How the functions of the engine may be called. */
export interface CallLimits {
  /** Calls of one function at once; the others wait for their turn, and hold nobody up. Default: {@link MAX_CALLS}. */
  readonly maxCallsPerFunction?: number | undefined;
  /** The same for single functions, by their token. */
  readonly maxCallsOf?: Readonly<Record<string, number>> | undefined;
  /** How long a call may take before its task fails, in ms. Default: {@link CALL_TIMEOUT_MS}. */
  readonly callTimeoutMs?: number | undefined;
}

/** Calls of one function at once, where it is not said: half of what may run, so that there is room for others. */
export const MAX_CALLS = 500;
/** How long a call may take where it is not said, in ms: as long as a Lambda function (AWS Lambda, "Quotas": 15 minutes). */
export const CALL_TIMEOUT_MS = 900_000;

/** Whoever calls. */
export interface Caller {
  /** Whether nobody waits for the result any more. */
  readonly isEnded: boolean;
  /** Calls back when nobody waits any more. */
  whenDone(tell: () => void): void;
  /** Told that the call waits for its turn. */
  rest(): void;
  /** Told that it has its turn; resolves when it may go on. */
  wake(): Promise<void>;
}

/** Thrown where a call took longer than it may. Named as Lambda names it. */
export class CallTimedOut extends Error {
  override readonly name = 'Sandbox.Timedout';
}

/** Thrown to a call whose task has ended before: nobody sees it. */
class CallGivenUp extends Error {
  override readonly name = 'CallGivenUp';
}

interface Lane {
  readonly limit: number;
  running: number;
  readonly waiting: Set<() => void>;
}

interface OpenCall {
  readonly due: number;
  giveUp(error: unknown): void;
}

/** Calls that are under way: at most so many of one function at once, each for at most so long. */
export class Calls {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #limitOf: (name: string) => number;
  readonly #lanes = new Map<string, Lane>();
  /** In the order in which they began, and so in which they are due. */
  readonly #open = new Set<OpenCall>();
  readonly #idle = new Set<() => void>();
  #timer: Timer | undefined;
  #underWay = 0;
  #isHeld = false;
  #isStopped = false;

  /** `limitOf` gives how many calls of a function there may be at once. */
  constructor(clock: Clock, limitOf: (name: string) => number, timeoutMs = CALL_TIMEOUT_MS) {
    this.#clock = clock;
    this.#limitOf = limitOf;
    this.#timeoutMs = timeoutMs;
  }

  /** Calls a function when it is its turn. Rejects with what it throws, or {@link CallTimedOut}. */
  async run<T>(name: string, call: () => Promise<T>, caller: Caller): Promise<T> {
    const lane = this.#lane(name);
    const hasToWait = lane.running >= lane.limit;
    if (hasToWait) await this.#inLine(lane, caller);
    else lane.running += 1;
    try {
      if (hasToWait) await caller.wake();
      if (caller.isEnded) throw new CallGivenUp();
      return await this.follow(() => this.#bounded(call, caller));
    } finally {
      this.#leave(name, lane);
    }
  }

  /**
   * Follows a call that is under way until it is over, or calls `settled`: a drain waits for it no longer then. Once all
   * is stopped it gives nothing any more: what our own end makes of a call is not its result.
   */
  async follow<T>(call: (settled: () => void) => Promise<T>): Promise<T> {
    if (this.#isHeld) return never();
    let isOpen = true;
    this.#underWay += 1;
    const settled = (): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const tell of this.#idle) tell();
    };
    try {
      return await call(settled);
    } finally {
      if (this.#isStopped) await never();
      settled();
    }
  }

  /** How many calls are under way, and how many wait for a place. */
  get counts(): { readonly running: number; readonly waiting: number } {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.waiting.size;
    return { running: this.#underWay, waiting };
  }

  /** Resolves when no call is under way, or at a time (ms since the epoch). Gives how many still are. */
  async whenIdle(until: number): Promise<number> {
    if (this.#underWay === 0) return 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.setTimer(until, resolve);
    this.#idle.add(resolve);
    await promise;
    timer.cancel();
    this.#idle.delete(resolve);
    return this.#underWay;
  }

  /** Begins no call any more. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Takes no result any more. */
  stop(): void {
    this.#isHeld = true;
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane = { limit: Math.max(1, this.#limitOf(name)), running: 0, waiting: new Set<() => void>() };
    this.#lanes.set(name, lane);
    return lane;
  }

  async #inLine(lane: Lane, caller: Caller): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    lane.waiting.add(resolve);
    caller.rest();
    caller.whenDone(() => {
      if (lane.waiting.delete(resolve)) reject(new CallGivenUp());
    });
    await promise;
  }

  /** A place goes on to the next in line. */
  #leave(name: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next === undefined) {
      lane.running -= 1;
      if (lane.running === 0) this.#lanes.delete(name);
      return;
    }
    lane.waiting.delete(next);
    next();
  }

  /** A call that nobody waits for keeps no place, although nothing can end it. */
  #bounded<T>(call: () => Promise<T>, caller: Caller): Promise<T> {
    return new Promise((resolve, reject) => {
      const open: OpenCall = { due: this.#clock.now() + this.#timeoutMs, giveUp: reject };
      const close = (): boolean => {
        const wasOpen = this.#open.delete(open);
        if (wasOpen) this.#arm();
        return wasOpen;
      };
      caller.whenDone(() => {
        // Of one that has been answered nobody needs an error: to make one costs more than the call of a small function.
        if (close()) reject(new CallGivenUp());
      });
      this.#open.add(open);
      this.#arm();
      const called = (async () => call())();
      called.then(
        (value) => {
          close();
          resolve(value);
        },
        (error: unknown) => {
          close();
          reject(error);
        },
      );
    });
  }

  /** One timer for all calls: it is set when there is one, and moved on when it fires. */
  #arm(): void {
    const [first] = this.#open;
    if (first === undefined) {
      this.#timer?.cancel();
      this.#timer = undefined;
    } else {
      this.#timer ??= this.#clock.setTimer(first.due, () => this.#endOverdue());
    }
  }

  #endOverdue(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const call of this.#open) {
      if (call.due > now) break;
      this.#open.delete(call);
      call.giveUp(new CallTimedOut(`Task timed out after ${(this.#timeoutMs / 1_000).toFixed(2)} seconds`));
    }
    this.#arm();
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
