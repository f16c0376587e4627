import { StepwrightError } from '#core/error.ts';
import { FairQueue } from './fair-queue.ts';
import { type MemoryGauge, processMemory } from './memory.ts';

/** How much the engine takes on at once. Each has a default. */
export interface AdmissionLimits {
  /** Executions that do work at once; those that only wait do not count. Default: {@link MAX_RUNNING}. */
  readonly maxRunning?: number | undefined;
  /** Executions that have been accepted, and wait for their beginning. Default: {@link MAX_QUEUED}. */
  readonly maxQueued?: number | undefined;
  /** Bytes of memory beyond which nothing is started. Default: what V8 and the container allow. */
  readonly memoryLimitBytes?: number | undefined;
  /** Measures memory; for tests. */
  readonly memory?: MemoryGauge | undefined;
  /** How many turns a workflow has while others have one. Default: 1 for all. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /** The workflow that a machine belongs to, by whose name turns are taken. Default: the machine itself. */
  readonly workflowOf?: ((machine: string) => string) | undefined;
}

/** Executions that do work at once, where it is not said. */
export const MAX_RUNNING = 1_000;
/** Executions that wait for their beginning, where it is not said. */
export const MAX_QUEUED = 10_000;

/** The part of the memory limit that is used for what runs already, and not for starts. */
const NEAR_LIMIT = 0.9;
/** When a client may ask again, in seconds: a line moves on at once, memory comes back with the next executions that end. */
const RETRY_QUEUE_SECONDS = 1;
const RETRY_MEMORY_SECONDS = 10;

/** Someone who waits for a place. */
interface Waiter {
  readonly isStart: boolean;
  /** Called with the place taken; false gives it back, as it is not wanted any more. */
  go(): boolean;
}

/**
 * Who may work, and who waits for it. An execution has a place while it does something: it gives it back where it waits for a time, a token
 * or a child, and takes one again when it goes on. Those for whom there is no place wait in line, workflows taking turns.
 * Starts that are more than the line takes are refused.
 */
export class Admission {
  readonly #maxRunning: number;
  readonly #maxQueued: number;
  readonly #memory: MemoryGauge;
  readonly #waiting: FairQueue<Waiter>;
  readonly #workflowOf: (machine: string) => string;
  #running = 0;
  #queued = 0;
  #reserved = 0;
  #isGranting = false;
  #isHeld = false;

  constructor(limits: AdmissionLimits = {}) {
    const { maxRunning = MAX_RUNNING, maxQueued = MAX_QUEUED, weights = {}, memory } = limits;
    this.#maxRunning = Math.max(1, maxRunning);
    this.#maxQueued = Math.max(0, maxQueued);
    this.#memory = memory ?? processMemory(limits.memoryLimitBytes);
    this.#workflowOf = limits.workflowOf ?? ((machine) => machine);
    const weightOf = new Map(Object.entries(weights));
    this.#waiting = new FairQueue((workflow) => Math.max(1, weightOf.get(workflow) ?? 1));
  }

  /** Executions that do work now. */
  get running(): number {
    return this.#running;
  }

  /** Executions that have been accepted, and have not begun. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether nobody is let in any more. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Whether somebody waits for a place. */
  get isContended(): boolean {
    return !this.#waiting.isEmpty;
  }

  /** Throws SW4081 when no more can be accepted, SW4082 when memory is short. */
  check(): void {
    const free = this.#isHeld ? 0 : Math.max(0, this.#maxRunning - this.#running);
    if (this.#queued + this.#reserved >= this.#maxQueued + free) throw tooManyExecutions(this.#maxQueued);
    const { limitBytes } = this.#memory;
    const usedBytes = this.#memory.usedBytes();
    if (usedBytes >= limitBytes * NEAR_LIMIT) throw memoryShort(usedBytes, limitBytes);
  }

  /** Keeps room for one start, until it is given back. Throws as {@link Admission.check} does. */
  reserve(): Disposable {
    this.check();
    this.#reserved += 1;
    let isKept = true;
    return {
      [Symbol.dispose]: () => {
        if (isKept) this.#reserved -= 1;
        isKept = false;
      },
    };
  }

  /** Takes a place for an execution that begins, or puts it in line: `begin` is called when its turn comes. */
  start(machine: string, begin: () => boolean): boolean {
    if (this.#takePlace()) return true;
    this.#queued += 1;
    this.#waiting.add(this.#key(machine), { isStart: true, go: begin });
    return false;
  }

  /** Takes a place for an execution that goes on, or puts it in line. */
  goOn(machine: string, go: () => boolean): boolean {
    if (this.#takePlace()) return true;
    this.#waiting.add(this.#key(machine), { isStart: false, go });
    return false;
  }

  /** Takes a place whether there is one or not, for what must not wait. */
  force(): void {
    this.#running += 1;
  }

  /** Gives a place back. */
  leave(): void {
    this.#running -= 1;
    this.#grantSoon();
  }

  /** Lets nobody in from now on; who waits in line waits. */
  hold(): void {
    this.#isHeld = true;
  }

  #key(machine: string): string {
    // Children of a distributed Map, `<machine>/<label>`, take the turns of their parent.
    const slash = machine.indexOf('/');
    return this.#workflowOf(slash === -1 ? machine : machine.slice(0, slash));
  }

  /** Nobody overtakes those in line. */
  #takePlace(): boolean {
    if (this.#isHeld || this.#running >= this.#maxRunning || !this.#waiting.isEmpty) return false;
    this.#running += 1;
    return true;
  }

  /** Not within the call that gave a place back: what begins would run inside of what ends. */
  #grantSoon(): void {
    if (this.#isGranting || this.#waiting.isEmpty) return;
    this.#isGranting = true;
    queueMicrotask(() => {
      this.#isGranting = false;
      this.#grant();
    });
  }

  #grant(): void {
    while (!this.#isHeld && this.#running < this.#maxRunning) {
      const waiter = this.#waiting.take();
      if (waiter === undefined) return;
      this.#running += 1;
      if (waiter.isStart) this.#queued -= 1;
      if (!waiter.go()) this.#running -= 1;
    }
  }
}

function tooManyExecutions(maxQueued: number): StepwrightError {
  return new StepwrightError({
    code: 'SW4081',
    kind: 'too-many-requests',
    message: `${maxQueued} executions wait for their beginning, and no more are taken`,
    hint: 'try again in a moment, or raise --max-queued or --max-running',
    retryAfterSeconds: RETRY_QUEUE_SECONDS,
  });
}

function memoryShort(usedBytes: number, limitBytes: number): StepwrightError {
  return new StepwrightError({
    code: 'SW4082',
    kind: 'too-many-requests',
    message: `memory is short: ${mebibytes(usedBytes)} of ${mebibytes(limitBytes)} are used, and nothing is started until there is more`,
    hint: 'try again when some executions have ended, or raise --memory-limit',
    retryAfterSeconds: RETRY_MEMORY_SECONDS,
  });
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
