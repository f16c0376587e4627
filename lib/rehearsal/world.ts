import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Json } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import type { Fleet } from '#devices/simulator/read-fleet.ts';
import { deviceTopic } from '#devices/topics.ts';
import type { EngineFunction } from '#engine/embedded/task-services.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { isUnwindMachine } from '#executions/unwind-machine.ts';
import { Answering } from './answering.ts';
import { rehearsedBetween } from './between.ts';
import { type CarriedOut, DeviceLine } from './device-line.ts';
import { Draw } from './draw.ts';
import { type Faults, NO_FAULTS, RehearsedFault } from './faults.ts';
import { Injections } from './injections.ts';
import { Life } from './life.ts';

/** What a world is made of. Everything in it follows from these and nothing else. */
export interface WorldOptions {
  readonly seed: number;
  readonly fleet: Fleet;
  readonly faults: Faults;
  readonly injections: readonly Injection[];
  readonly answers: readonly Answers[];
  readonly input: Json;
  /** Told what happens, with the time since the beginning in ms and whom it is of. */
  readonly onNote?: ((note: Note) => void) | undefined;
  /** Stands in for the functions of tasks; default: they are called, and who is asked answers. */
  readonly standIn?: ((token: string, called: EngineFunction) => EngineFunction) | undefined;
  /** Told of what is appended to histories. */
  readonly onEvents?: ((ref: ExecutionRef, events: readonly HistoryEvent[]) => void) | undefined;
}

/** Something that has happened. */
export interface Note {
  /** Since the beginning, in ms. */
  readonly atMs: number;
  /** Id of a device, or `engine`, `table` and so on. */
  readonly of: string;
  readonly text: string;
}

/** When worlds begin: a Thursday, in no month in which clocks are changed. */
const START = Date.UTC(2026, 0, 1);
/** Turns of the event loop without writes after which nothing but time can bring any. */
const QUIET_TURNS = 3;
/** Longest time until an engine that died is started again, in ms. */
const LONGEST_DOWN_MS = 5_000;

let worlds = 0;

/** Stepwright as a whole on a clock of its own: engine, handlers and table, and simulated devices on lines that may be bad. */
export class RehearsalWorld {
  readonly clock = new VirtualClock(START);
  readonly injections: Injections;
  /** What devices have really done, in order. */
  readonly carriedOut: CarriedOut[] = [];
  /** How often what went wrong. */
  readonly faultCounts = new Map<string, number>();
  /** What went wrong without having been made to. */
  readonly defects: unknown[] = [];
  readonly lines: ReadonlyMap<string, DeviceLine>;
  readonly #options: WorldOptions;
  readonly #draw: Draw;
  readonly #answering: Answering;
  readonly #digest = createHash('sha256');
  readonly #store: string;
  readonly #lives: Life[] = [];
  readonly #groups: (() => void)[] = [];
  readonly #waiting: ((ports: ExecutionPorts) => void)[] = [];
  #isCalm = true;
  #isToDie = false;
  #life: Life | undefined;
  #hasNews = false;
  /** Asks to stop an execution, by its id. */
  onStop: (execution: string, ports: ExecutionPorts) => Promise<unknown> = async () => {};

  constructor(options: WorldOptions) {
    const { seed, fleet, faults, injections, answers, input } = options;
    this.#options = options;
    this.#draw = new Draw(seed);
    this.injections = new Injections(injections);
    const mayDie = faults.crash > 0 || injections.some((one) => 'crash' in one);
    // A store that outlives the process that has it open.
    this.#store = mayDie ? `file:rehearsal-${worlds++}?mode=memory&cache=shared` : ':memory:';
    this.#answering = new Answering({
      ...{ answers, input, clock: this.clock, draw: this.#draw.fork('answers') },
      ports: () => this.#ports(),
      note: (text) => this.note('world', text),
      onDefect: (error) => this.#defect(error),
    });
    this.lines = new Map(fleet.devices.map((device) => [device.id, this.#lineOf(device)]));
  }

  /** Starts the engine, and lets the devices of the fleet come. */
  async begin(): Promise<void> {
    this.#life = this.#newLife();
    await this.pumped(this.#life.begin());
    for (const { id, connected, type = 'device', zone, capabilities, tags, reported } of this.#options.fleet
      .devices) {
      if (connected) this.lines.get(id)?.connect();
      else
        this.#take({
          status: 'offline',
          type,
          ...(zone && { zone }),
          capabilities,
          tags,
          reported,
          topic: deviceTopic(id, 'presence'),
        });
    }
    await this.quiet();
  }

  /** Lets things go wrong from now on, or stops it. */
  setCalm(isCalm: boolean): void {
    this.#isCalm = isCalm;
  }

  /** The ports of the engine that lives; those of the last that did, while none does. */
  get ports(): ExecutionPorts {
    const life = this.#life ?? this.#lives.at(-1);
    if (life === undefined) throw new Error('the world has not begun');
    return life.assembly.ports;
  }

  /** Whether an engine lives now. */
  get isUp(): boolean {
    return this.#life !== undefined;
  }

  /** Whether an execution has ended since this was asked. */
  takeNews(): boolean {
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    return hasNews;
  }

  /** The same whenever the same seed is run. */
  digest(): string {
    return this.#digest.copy().digest('hex');
  }

  /** Keeps what happens, for the trace and the digest. */
  note(of: string, text: string): void {
    const note = { atMs: this.clock.now() - START, of, text };
    this.#digest.update(`${note.atMs} ${of} ${text}\n`);
    this.#options.onNote?.(note);
  }

  /** Lets everything happen that needs no time. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      await setImmediate();
      if (this.#endGroup()) turns = -1;
    }
  }

  /** What work gives that needs no time but that of its writes. */
  async pumped<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    work.then(done, done);
    while (!isDone) {
      await setImmediate();
      this.#endGroup();
    }
    return work;
  }

  [Symbol.dispose](): void {
    for (const life of this.#lives) life.close();
  }

  /** The durable end of a group of writes; now and then the engine dies before or after it. */
  #endGroup(): boolean {
    const end = this.#groups.shift();
    if (end === undefined) return false;
    const dies = this.#isToDie || (!this.#isCalm && this.#draw.chance(this.#options.faults.crash));
    const isBefore = dies && !this.#isToDie && this.#draw.chance(0.5);
    if (!isBefore) end();
    if (dies) this.#die();
    return true;
  }

  #newLife(): Life {
    const faults = (): Faults => (this.#isCalm ? NO_FAULTS : this.#options.faults);
    const draw = this.#draw.fork(`life ${this.#lives.length}`);
    const life: Life = new Life({
      store: this.#store,
      clock: this.clock,
      random: draw.random,
      between: rehearsedBetween({
        ...{ clock: this.clock, draw: draw.fork('handlers'), faults },
        failureOfStep: (path) => this.injections.failureOfStep(path),
        answered: (token, called) =>
          this.#options.standIn?.(token, called) ?? this.#answering.around(token, called),
        exchange: this.#answering.exchange,
        count: (fault) => this.#count(fault),
        note: (text) => this.note('handlers', text),
      }),
      schedule: (endGroup) => this.#groups.push(endGroup),
      send: (device, message) => this.lines.get(device)?.deliver(message),
      onEvents: (ref, events) => this.#hear(ref, events),
      onEnded: () => {
        this.#hasNews = true;
      },
      onDefect: (error) => this.#defect(error),
    });
    this.#lives.push(life);
    return life;
  }

  #die(): void {
    this.#isToDie = false;
    const life = this.#life;
    if (life === undefined) return;
    this.#count('crash of the engine');
    this.note('engine', 'dies');
    this.#life = undefined;
    this.#groups.length = 0;
    life.die();
    for (const line of this.lines.values()) line.cut();
    this.clock.setTimer(this.clock.now() + this.#draw.whole(100, LONGEST_DOWN_MS), () => this.#rise());
  }

  #rise(): void {
    this.note('engine', 'is started again');
    const life = this.#newLife();
    this.#life = life;
    this.#hasNews = true;
    life.begin().catch((error: unknown) => life.isAlive && this.#defect(error));
    for (const waiting of this.#waiting.splice(0)) waiting(life.assembly.ports);
    for (const { id, connected } of this.#options.fleet.devices) {
      if (!connected) continue;
      const backAt = this.clock.now() + this.#draw.whole(0, LONGEST_DOWN_MS);
      this.clock.setTimer(backAt, () => this.lines.get(id)?.connect());
    }
  }

  #ports(): Promise<ExecutionPorts> {
    const life = this.#life;
    if (life !== undefined) return Promise.resolve(life.assembly.ports);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #lineOf(device: Fleet['devices'][number]): DeviceLine {
    const draw = this.#draw.fork(`device ${device.id}`);
    const { clockSkewMs } = this.#options.faults;
    const behaviour =
      clockSkewMs === 0
        ? device.behaviour
        : { ...device.behaviour, clockSkewMs: draw.whole(-clockSkewMs, clockSkewMs) };
    return new DeviceLine({
      device: { ...device, behaviour },
      ...{ clock: this.clock, draw, injections: this.injections },
      faults: () => (this.#isCalm ? NO_FAULTS : this.#options.faults),
      take: (message) => this.#take(message),
      onCarriedOut: (done) => {
        this.carriedOut.push(done);
        this.note(
          done.device,
          `${done.changes === undefined ? 'fails' : 'does'} ${done.command} (${done.id})`,
        );
      },
      note: (text) => {
        this.#count('trouble on a line');
        this.note(device.id, text);
      },
    });
  }

  #take(message: Parameters<Life['assembly']['takeMessage']>[0]): void {
    const life = this.#life;
    if (life === undefined) return;
    life.assembly.takeMessage(message).catch((error: unknown) => life.isAlive && this.#defect(error));
  }

  #hear(ref: ExecutionRef, events: readonly HistoryEvent[]): void {
    this.#options.onEvents?.(ref, events);
    for (const { type, details } of events) {
      const name = typeof details['name'] === 'string' ? details['name'] : '';
      this.note(isUnwindMachine(ref.machine) ? 'unwind' : 'workflow', name === '' ? type : `${type} ${name}`);
      if (!type.endsWith('StateExited')) continue;
      const next = this.injections.afterStep(name);
      if (next === 'crash') this.#isToDie = true;
      if (next === 'stop') {
        this.onStop(ref.name, this.ports).catch((error: unknown) => this.#defect(error));
      }
    }
  }

  #defect(error: unknown): void {
    if (error instanceof RehearsedFault) this.note('handlers', `gives up: ${error.message}`);
    else this.defects.push(error);
  }

  #count(fault: string): void {
    this.faultCounts.set(fault, (this.faultCounts.get(fault) ?? 0) + 1);
  }
}
