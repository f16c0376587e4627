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
import type { Life } from './life.ts';
import { Lives, LONGEST_DOWN_MS } from './lives.ts';
import { undoExchange } from './undo-exchange.ts';

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
  readonly #lives: Lives;
  readonly #digest = createHash('sha256');
  #isCalm = true;
  #hasNews = false;
  /** Asks to stop an execution, by its id. */
  onStop: (execution: string, ports: ExecutionPorts) => Promise<unknown> = async () => {};

  constructor(options: WorldOptions) {
    const { seed, fleet, injections, answers, input } = options;
    this.#options = options;
    this.#draw = new Draw(seed);
    this.injections = new Injections(injections);
    this.#answering = new Answering({
      ...{ answers, input, clock: this.clock, draw: this.#draw.fork('answers') },
      ports: () => this.#lives.whenUp(),
      note: (text) => this.note('world', text),
      onDefect: (error) => this.#defect(error),
    });
    this.lines = new Map(fleet.devices.map((device) => [device.id, this.#lineOf(device)]));
    this.#lives = this.#livesOf(options);
  }

  /** Starts the engine, and lets the devices of the fleet come. */
  async begin(): Promise<void> {
    await this.pumped(this.#lives.begin());
    for (const { id, connected, type = 'device', ...device } of this.#options.fleet.devices) {
      if (connected) this.lines.get(id)?.connect();
      else {
        const { zone, capabilities, tags, reported } = device;
        const described = { type, ...(zone && { zone }), capabilities, tags, reported };
        this.#take({ ...described, status: 'offline', topic: deviceTopic(id, 'presence') });
      }
    }
    await this.quiet();
  }

  /** Lets things go wrong from now on, or stops it. */
  setCalm(isCalm: boolean): void {
    this.#isCalm = isCalm;
  }

  /** The ports of the engine that lives; those of the last that did, while none does. */
  get ports(): ExecutionPorts {
    return this.#lives.ports;
  }

  /** Whether an engine lives now. */
  get isUp(): boolean {
    return this.#lives.now !== undefined;
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
      if (this.#lives.endGroup()) turns = -1;
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
      this.#lives.endGroup();
    }
    return work;
  }

  [Symbol.dispose](): void {
    this.#lives.close();
  }

  get #faults(): Faults {
    return this.#isCalm ? NO_FAULTS : this.#options.faults;
  }

  #livesOf({ faults, injections, standIn }: WorldOptions): Lives {
    return new Lives({
      clock: this.clock,
      draw: this.#draw,
      mayDie: faults.crash > 0 || injections.some((one) => 'crash' in one),
      chance: () => this.#faults.crash,
      between: (draw) =>
        rehearsedBetween({
          ...{ clock: this.clock, draw, faults: () => this.#faults },
          failureOfStep: (path) => this.injections.failureOfStep(path),
          answered: (token, called) => standIn?.(token, called) ?? this.#answering.around(token, called),
          exchange: undoExchange(this.#answering.exchange, (path) => this.injections.undoOfCall(path)),
          count: (fault) => this.#count(fault),
          note: (text) => this.note('handlers', text),
        }),
      send: (device, message) => this.lines.get(device)?.deliver(message),
      onEvents: (ref, events) => this.#hear(ref, events),
      onEnded: () => {
        this.#hasNews = true;
      },
      onDeath: () => this.#mourn(),
      onRise: () => this.#welcome(),
      onDefect: (error) => this.#defect(error),
    });
  }

  #mourn(): void {
    this.#count('crash of the engine');
    this.note('engine', 'dies');
    for (const line of this.lines.values()) line.cut();
  }

  /** Devices come back one by one. */
  #welcome(): void {
    this.note('engine', 'is started again');
    this.#hasNews = true;
    for (const { id, connected } of this.#options.fleet.devices) {
      if (!connected) continue;
      const backAt = this.clock.now() + this.#draw.whole(0, LONGEST_DOWN_MS);
      this.clock.setTimer(backAt, () => this.lines.get(id)?.connect());
    }
  }

  #lineOf(device: Fleet['devices'][number]): DeviceLine {
    const draw = this.#draw.fork(`device ${device.id}`);
    const { clockSkewMs: most } = this.#options.faults;
    const clockSkewMs = most === 0 ? device.behaviour.clockSkewMs : draw.whole(-most, most);
    return new DeviceLine({
      device: { ...device, behaviour: { ...device.behaviour, clockSkewMs } },
      ...{ clock: this.clock, draw, injections: this.injections, faults: () => this.#faults },
      take: (message) => this.#take(message),
      onCarriedOut: (done) => {
        this.carriedOut.push(done);
        const verb = done.changes === undefined ? 'fails' : 'does';
        this.note(done.device, `${verb} ${done.command} (${done.id})`);
      },
      note: (text) => {
        this.#count('trouble on a line');
        this.note(device.id, text);
      },
    });
  }

  #take(message: Parameters<Life['assembly']['takeMessage']>[0]): void {
    const life = this.#lives.now;
    life?.assembly.takeMessage(message).catch((error: unknown) => life.isAlive && this.#defect(error));
  }

  #hear(ref: ExecutionRef, events: readonly HistoryEvent[]): void {
    this.#options.onEvents?.(ref, events);
    for (const { type, details } of events) {
      const name = typeof details['name'] === 'string' ? details['name'] : '';
      const of = isUnwindMachine(ref.machine) ? 'unwind' : 'workflow';
      this.note(of, name === '' ? type : `${type} ${name}`);
      const next = type.endsWith('StateExited') ? this.injections.afterStep(name) : undefined;
      if (next === 'crash') this.#lives.dieSoon();
      if (next === 'stop') this.onStop(ref.name, this.ports).catch((error: unknown) => this.#defect(error));
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
