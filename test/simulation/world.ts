import { createHash } from 'node:crypto';
import type { Json } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionEnded, Machine } from '#engine/engine.ts';
import type { ActivityQueue } from '#step-functions-api/activities/queue.ts';
import { Checker } from './checker.ts';
import type { Draw } from './draw.ts';
import { EngineProcess, type ProcessFaults } from './engine-process.ts';
import { PauseChecker } from './pause-checker.ts';
import { SimulatedDisk } from './simulated-store.ts';

const START = Date.UTC(2026, 0, 1);
/** Faults stop after this time of the world, in ms. */
const FAULTY_MS = 200_000;
/** Nothing takes longer, once faults have stopped, in ms. */
const LONGEST_MS = 24 * 3_600_000;
/** Whoever asks a process that has died gives up after so long, in ms. */
const PATIENCE_MS = 10_000;

/** A world in which nothing goes wrong. */
const PERFECT: ProcessFaults = {
  dieAfter: undefined,
  failedFlushes: 0,
  failedWrites: 0,
  slowestFlushMs: 0,
  historyEvents: 25_000,
};

/** How the world calls whoever does the tasks. */
export type Call = (kind: 'work' | 'ask', key: string, payload: Json) => Promise<Json>;

/** What a world is made of. */
export interface WorldParts {
  readonly machines: readonly Machine[];
  readonly call: Call;
  /** Whether nothing but faults of process and disk may happen that machines can see: no lost calls, no short histories. */
  readonly isPure?: boolean;
  /** Whether no faults happen at all. */
  readonly isPerfect?: boolean;
  readonly trace?: ((line: string) => void) | undefined;
}

/**
 * Time, one disk, and one process of the engine after another, which dies at any instant and comes back. Everything in it
 * follows from its seed.
 */
export class World {
  readonly draw: Draw;
  readonly disk = new SimulatedDisk();
  readonly checker = new Checker(this.disk);
  readonly pauses = new PauseChecker(this.disk, this.checker);
  readonly isPure: boolean;
  readonly #isPerfect: boolean;
  /** Called when something was written that is not durable yet. */
  onWritten: () => void = () => {};
  readonly #machines: readonly Machine[];
  readonly #call: Call;
  readonly #clock = new VirtualClock(START);
  readonly #digest = createHash('sha256');
  readonly #trace: ((line: string) => void) | undefined;
  /** Longest history of an execution: now and then so short that it is reached. */
  readonly #historyEvents: number;
  readonly #queue: (() => void)[] = [];
  #impatient: (() => void)[] = [];
  #process: EngineProcess | undefined;
  /** How far the clock of the machine is from the time of the world, in ms. */
  #offset = 0;
  #deaths = 0;

  constructor(draw: Draw, { machines, call, trace, isPure = false, isPerfect = false }: WorldParts) {
    this.draw = draw;
    this.#machines = machines;
    this.#call = call;
    this.#trace = trace;
    this.isPure = isPure;
    this.#isPerfect = isPerfect;
    this.#historyEvents = !isPure && draw.chance(0.1) ? draw.whole(4, 30) : 25_000;
    if (!isPerfect && draw.chance(0.3)) this.later(draw.whole(1_000, 100_000), () => this.#jump());
  }

  /** How often a process has died. */
  get deaths(): number {
    return this.#deaths;
  }

  /** Whether faults happen; in the end they stop. */
  get isFaulty(): boolean {
    return !this.#isPerfect && this.#clock.now() < START + FAULTY_MS;
  }

  /** The same whenever the same seed is run. */
  digest(): string {
    return this.#digest.digest('hex');
  }

  /** Lets the world go on until nothing more happens, or something did not hold. */
  async run(): Promise<void> {
    this.#startProcess();
    await this.#quiet();
    while (this.#mayGoOn() && (await this.#clock.advanceToNext())) await this.#quiet();
    this.checker.finished();
  }

  /** Keeps what happens, for the trace and the digest. */
  note(line: string): void {
    const text = `${this.#clock.now() - START} ${line}`;
    this.#digest.update(text);
    this.#trace?.(text);
  }

  /** How long it has been, in ms. */
  now(): number {
    return this.#clock.now() - START;
  }

  /** Does something after so many ms of the world. */
  later(ms: number, work: () => void): void {
    this.#clock.setTimer(this.#clock.now() + ms, work);
  }

  /** Does something that found no engine once more: after a while, or the moment that there is one. */
  again(work: () => void): void {
    if (this.#process === undefined && this.draw.chance(0.5)) this.#impatient.push(work);
    else this.later(this.draw.whole(100, 5_000), work);
  }

  /** Asks the engine, if there is one. `take` hears of its answer only while the process that gave it lives; else `fail` does. */
  ask<Answer>(
    ask: (engine: EmbeddedEngine, activities: ActivityQueue) => Promise<Answer>,
    take: (answer: Answer) => void,
    fail: () => void = () => {},
  ): void {
    const process = this.#process;
    if (process === undefined) {
      fail();
      return;
    }
    let isOpen = true;
    const settle = (work: () => void): void => {
      if (isOpen) work();
      isOpen = false;
    };
    ask(process.engine, process.activities).then(
      (answer) => process.isAlive && settle(() => take(answer)),
      () => process.isAlive && settle(fail),
    );
    this.later(PATIENCE_MS, () => {
      if (!process.isAlive) settle(fail);
    });
  }

  #mayGoOn(): boolean {
    return this.checker.violations.length === 0 && this.#clock.now() < START + FAULTY_MS + LONGEST_MS;
  }

  /** Lets everything happen that takes no time. */
  async #quiet(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const work = this.#queue.shift();
      if (work === undefined) return;
      work();
    }
  }

  #startProcess(): void {
    this.note('process starts');
    this.checker.recovered();
    const process: EngineProcess = new EngineProcess({
      disk: this.disk,
      world: this.#clock,
      clockOffset: () => this.#offset,
      draw: this.draw.fork(),
      faults: this.#faults(),
      soon: (work) => this.#queue.push(work),
      call: this.#call,
      onEnded: (event) => this.#hear(event),
      onEvents: (ref, events) => this.pauses.appended(ref, events, this.now()),
      onWritten: () => this.onWritten(),
      onDeath: () => this.#bury(),
    });
    this.#process = process;
    process.engine.recover();
    for (const machine of this.#machines) process.engine.deploy(machine).catch(() => undefined);
    const impatient = this.#impatient;
    this.#impatient = [];
    for (const ask of impatient) ask();
  }

  async #hear(event: ExecutionEnded): Promise<void> {
    this.note(`told ${event.ref.name} ${event.status} ${event.cause ?? ''}`);
    this.checker.reported(event);
    if (this.isFaulty && this.draw.chance(0.2)) throw new Error('whoever is told is not there');
    this.checker.toldEnd(event.ref);
  }

  #bury(): void {
    this.#deaths++;
    this.note('process dies');
    this.#process = undefined;
    if (this.draw.chance(0.3)) this.#jump();
    this.later(this.draw.one([0, 100, 30_000]), () => this.#startProcess());
  }

  /** The clock of the machine was not set, or was set wrongly: it is off by seconds, hours or years. */
  #jump(): void {
    const size = this.draw.one([1_000, 3_600_000, 365 * 24 * 3_600_000]);
    this.#offset += Math.round((this.draw.random() * 2 - 1) * size);
    this.note('clock jumps');
  }

  #faults(): ProcessFaults {
    const { draw, isFaulty } = this;
    if (this.#isPerfect) return PERFECT;
    return {
      dieAfter: isFaulty && draw.chance(0.8) ? draw.whole(0, draw.one([20, 100, 400])) : undefined,
      failedFlushes: isFaulty && draw.chance(0.2) ? 0.05 : 0,
      failedWrites: isFaulty && draw.chance(0.1) ? 0.02 : 0,
      slowestFlushMs: isFaulty && draw.chance(0.3) ? draw.one([5, 50, 3_000]) : 0,
      historyEvents: this.#historyEvents,
    };
  }
}
