import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionEnded, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { ActivityQueue } from '#step-functions-api/activities/queue.ts';
import type { Draw } from './draw.ts';
import { ACTIVITY, CHILD } from './random-machine.ts';
import { type Flush, type SimulatedDisk, SimulatedStore } from './simulated-store.ts';

/** What a process of the engine lives in. */
export interface Surroundings {
  readonly disk: SimulatedDisk;
  /** The time of the world, which no process can put back. */
  readonly world: Clock;
  /** How far the clock of the machine is from the time of the world, in ms. */
  clockOffset(): number;
  readonly draw: Draw;
  /** Faults of this process: after how many instants it dies, and how its disk behaves. */
  readonly faults: ProcessFaults;
  /** Runs soon, when all that happens now has happened. */
  soon(work: () => void): void;
  call(kind: 'work' | 'ask', key: string, payload: Json): Promise<Json>;
  onEnded(event: ExecutionEnded): Promise<void>;
  /** Events were appended; whether they become durable is open. */
  onEvents(ref: ExecutionRef, events: readonly HistoryEvent[]): void;
  /** Something was written, and is not durable yet: a good moment to look. */
  onWritten(): void;
  /** The process has died, or cannot go on. */
  onDeath(): void;
}

/** How a process is plagued. */
export interface ProcessFaults {
  /** Instants until it dies; undefined: it lives. */
  readonly dieAfter: number | undefined;
  /** Share of groups that are not flushed. */
  readonly failedFlushes: number;
  /** Share of rows for which there is no room. */
  readonly failedWrites: number;
  /** Longest time in ms until a group is flushed. */
  readonly slowestFlushMs: number;
  readonly historyEvents: number;
}

/** One life of the engine: from its start on what is on the disk to its death at any instant. */
export class EngineProcess {
  readonly engine: EmbeddedEngine;
  /** Where its workers poll; what waits here dies with the process. */
  readonly activities = new ActivityQueue((name) => name === ACTIVITY);
  readonly #surroundings: Surroundings;
  #left: number;
  #alive = true;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#left = surroundings.faults.dieAfter ?? Number.POSITIVE_INFINITY;
    const store = this.#store();
    void store.failed.then(() => this.#soonDead());
    this.engine = new EmbeddedEngine({
      database: store,
      clock: this.#clock(),
      random: surroundings.draw.random,
      functions: {
        WorkFunctionArn: (payload, { idempotencyKey }) => this.#call('work', idempotencyKey, payload),
        AskFunctionArn: (payload, { idempotencyKey }) => this.#call('ask', idempotencyKey, payload),
      },
      machines: { ChildStateMachineArn: CHILD },
      activities: this.activities,
      onEvents: (ref, events) => {
        if (this.#alive) surroundings.onEvents(ref, events);
        this.#instant();
      },
      onEnded: (event) => this.#ended(event),
      limits: { historyEvents: surroundings.faults.historyEvents },
      // Tight, so that starts and wakes stand in line.
      admission: { maxRunning: 2 },
      calls: { maxCallsPerFunction: 2 },
    });
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Kills the process: from now on nothing it does reaches anybody. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#surroundings.onDeath();
  }

  /** A process whose store has failed is ended, a moment later, by those who run it. */
  #soonDead(): void {
    const { world, draw } = this.#surroundings;
    world.setTimer(world.now() + draw.whole(0, 500), () => this.kill());
  }

  #instant(): void {
    if (this.#alive && --this.#left < 0) this.kill();
  }

  #store(): SimulatedStore {
    const { disk, world, draw, faults, soon, onWritten } = this.#surroundings;
    return new SimulatedStore(disk, {
      isAlive: () => this.#alive,
      instant: () => this.#instant(),
      canWrite: () => !draw.chance(faults.failedWrites),
      nextFlush: (): Flush => (draw.chance(faults.failedFlushes) ? draw.one(['lost', 'unknown']) : 'durable'),
      schedule: (flush) => {
        soon(onWritten);
        if (faults.slowestFlushMs === 0) soon(flush);
        else world.setTimer(world.now() + draw.whole(0, faults.slowestFlushMs), flush);
      },
    });
  }

  /** The clock of the machine: its time jumps, its timers do not. */
  #clock(): Clock {
    const { world, clockOffset } = this.#surroundings;
    const now = (): number => world.now() + clockOffset();
    return {
      now,
      setTimer: (at, callback) =>
        world.setTimer(world.now() + Math.max(0, at - now()), () => {
          this.#instant();
          if (this.#alive) callback();
        }),
    };
  }

  #call(kind: 'work' | 'ask', key: string, payload: Json): Promise<Json> {
    this.#instant();
    return this.#alive ? this.#surroundings.call(kind, key, payload) : new Promise(() => {});
  }

  async #ended(event: ExecutionEnded): Promise<void> {
    this.#instant();
    if (this.#alive) await this.#surroundings.onEnded(event);
    else await new Promise(() => {});
  }
}
