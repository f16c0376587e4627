import type { VirtualClock } from '#core/virtual-clock.ts';
import type { CommandMessage } from '#devices/messages.ts';
import type { Between } from '#embedded/assembly.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import type { Draw } from './draw.ts';
import { Life } from './life.ts';

/** What the engines of a world live in, one after another. */
export interface LivesOptions {
  readonly clock: VirtualClock;
  readonly draw: Draw;
  /** Whether an engine may die at all. */
  readonly mayDie: boolean;
  /** Chance of each group of writes that the engine dies with it, as it now is. */
  chance(): number;
  /** What stands between the parts of a life, by draws of its own. */
  between(draw: Draw): Between;
  send(device: string, message: CommandMessage): void;
  onEvents(ref: ExecutionRef, events: readonly HistoryEvent[]): void;
  onEnded(): void;
  onDeath(): void;
  onRise(): void;
  onDefect(error: unknown): void;
}

/** Longest time until an engine that died is started again, in ms. */
export const LONGEST_DOWN_MS = 5_000;

let stores = 0;

/** One life of the engine after another, on one store: each begins where the one before left off. */
export class Lives {
  readonly #options: LivesOptions;
  readonly #store: string;
  readonly #all: Life[] = [];
  /** Ends of groups of writes that are open. */
  readonly #groups: (() => void)[] = [];
  readonly #waiting: ((ports: ExecutionPorts) => void)[] = [];
  #now: Life | undefined;
  #isToDie = false;

  constructor(options: LivesOptions) {
    this.#options = options;
    // A store that outlives the process that has it open.
    this.#store = options.mayDie ? `file:rehearsal-${stores++}?mode=memory&cache=shared` : ':memory:';
  }

  /** The life that is now; undefined while none is. */
  get now(): Life | undefined {
    return this.#now;
  }

  /** The ports of the life that is, or was last. */
  get ports(): ExecutionPorts {
    const life = this.#now ?? this.#all.at(-1);
    if (life === undefined) throw new Error('no engine has been started');
    return life.assembly.ports;
  }

  /** The ports of the engine, once it lives. */
  async whenUp(): Promise<ExecutionPorts> {
    if (this.#now !== undefined) return this.#now.assembly.ports;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Starts an engine; resolves when it has gone on with what the one before left. */
  begin(): Promise<void> {
    const { draw, between, clock, ...listeners } = this.#options;
    const own = draw.fork(`life ${this.#all.length}`);
    const life = new Life({
      ...listeners,
      ...{ clock, store: this.#store, random: own.random, between: between(own.fork('handlers')) },
      schedule: (endGroup) => this.#groups.push(endGroup),
    });
    this.#all.push(life);
    this.#now = life;
    for (const tell of this.#waiting.splice(0)) tell(life.assembly.ports);
    return life.begin();
  }

  /** Lets the engine die with the next group of writes that it makes durable. */
  dieSoon(): void {
    this.#isToDie = true;
  }

  /** Makes a group of writes durable, if one is open; now and then the engine dies before or after it. */
  endGroup(): boolean {
    const end = this.#groups.shift();
    if (end === undefined) return false;
    const { draw, chance } = this.#options;
    const dies = this.#isToDie || draw.chance(chance());
    const isLost = dies && !this.#isToDie && draw.chance(0.5);
    if (!isLost) end();
    if (dies) this.#die();
    return true;
  }

  /** Lets go of the store. */
  close(): void {
    for (const life of this.#all) life.close();
  }

  #die(): void {
    const { clock, draw, onDeath } = this.#options;
    const life = this.#now;
    this.#isToDie = false;
    if (life === undefined) return;
    this.#now = undefined;
    this.#groups.length = 0;
    life.die();
    onDeath();
    clock.setTimer(clock.now() + draw.whole(100, LONGEST_DOWN_MS), () => this.#rise());
  }

  #rise(): void {
    const { onRise, onDefect } = this.#options;
    const begun = this.begin();
    const life = this.#now;
    begun.catch((error: unknown) => life?.isAlive && onDefect(error));
    onRise();
  }
}
