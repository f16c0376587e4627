import { createHash } from 'node:crypto';
import { isJsonObject, type Json } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { EmbeddedEngine } from '#engine/embedded/engine.ts';
import type { ExecutionRef, Machine } from '#engine/engine.ts';
import { Checker } from './checker.ts';
import { Draw } from './draw.ts';
import { EngineProcess, type ProcessFaults } from './engine-process.ts';
import { CHILD, ERRORS, randomMachine } from './random-machine.ts';
import { SimulatedDisk } from './simulated-store.ts';

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  /** What did not hold; empty is good. */
  readonly violations: readonly string[];
  readonly executions: number;
  readonly deaths: number;
  readonly calls: number;
  /** How executions ended, such as `SUCCEEDED`. */
  readonly statuses: readonly string[];
  /** The same whenever the same seed is run. */
  readonly digest: string;
}

const START = Date.UTC(2026, 0, 1);
/** Faults stop after this time of the world, in ms. */
const FAULTY_MS = 200_000;
/** Nothing takes longer, once faults have stopped, in ms. */
const LONGEST_MS = 24 * 3_600_000;

/** Runs executions of random machines through faults and crashes until they end. */
export async function simulate(seed: number, trace?: (line: string) => void): Promise<Outcome> {
  const simulation = new Simulation(seed, trace);
  await simulation.run();
  return simulation.outcome();
}

class Simulation {
  readonly #seed: number;
  readonly #draw: Draw;
  readonly #clock = new VirtualClock(START);
  readonly #disk = new SimulatedDisk();
  readonly #checker = new Checker(this.#disk);
  readonly #machines: readonly [Machine, ...Machine[]];
  readonly #refs: readonly { readonly ref: ExecutionRef; readonly input: Json }[];
  readonly #digest = createHash('sha256');
  readonly #trace: ((line: string) => void) | undefined;
  #queue: (() => void)[] = [];
  #impatient: (() => void)[] = [];
  #process: EngineProcess | undefined;
  /** Longest history of an execution: now and then so short that it is reached. */
  readonly #historyEvents: number;
  #offset = 0;
  #deaths = 0;
  #calls = 0;

  constructor(seed: number, trace: ((line: string) => void) | undefined) {
    this.#seed = seed;
    this.#trace = trace;
    this.#draw = new Draw(seed);
    this.#historyEvents = this.#draw.chance(0.1) ? this.#draw.whole(4, 30) : 25_000;
    const child = randomMachine(CHILD, this.#draw.fork(), { startsChildren: false });
    const others = Array.from({ length: this.#draw.whole(1, 2) }, (_, index) =>
      randomMachine(`m${index}`, this.#draw.fork()),
    );
    this.#machines = [child, ...others];
    this.#refs = Array.from({ length: this.#draw.whole(1, 4) }, (_, index) => ({
      ref: { machine: this.#draw.one(['m0', this.#machines.at(-1)?.name ?? 'm0']), name: `e${index}` },
      input: { n: index },
    }));
  }

  async run(): Promise<void> {
    this.#restart();
    for (const { ref, input } of this.#refs)
      this.#later(this.#draw.whole(0, 60_000), () => this.#start(ref, input));
    this.#later(this.#draw.whole(1_000, 20_000), () => this.#look());
    if (this.#draw.chance(0.3)) this.#later(this.#draw.whole(1_000, 100_000), () => this.#stopOne());
    if (this.#draw.chance(0.3)) this.#later(this.#draw.whole(1_000, 100_000), () => this.#jump());
    const limit = START + FAULTY_MS + LONGEST_MS;
    await this.#quiet();
    while (
      this.#checker.violations.length === 0 &&
      this.#clock.now() < limit &&
      (await this.#clock.advanceToNext())
    )
      await this.#quiet();
    this.#checker.finished();
  }

  outcome(): Outcome {
    const statuses = this.#refs.map(({ ref }) => this.#disk.execution(ref)?.status ?? 'NONE');
    return {
      seed: this.#seed,
      violations: this.#checker.violations,
      executions: this.#disk.state.executions.size,
      deaths: this.#deaths,
      calls: this.#calls,
      statuses,
      digest: this.#digest.digest('hex'),
    };
  }

  get #isFaulty(): boolean {
    return this.#clock.now() < START + FAULTY_MS;
  }

  #note(line: string): void {
    const text = `${this.#clock.now() - START} ${line}`;
    this.#digest.update(text);
    this.#trace?.(text);
  }

  #later(ms: number, work: () => void): void {
    this.#clock.setTimer(this.#clock.now() + ms, work);
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

  #faults(): ProcessFaults {
    const draw = this.#draw;
    if (!this.#isFaulty)
      return {
        dieAfter: undefined,
        failedFlushes: 0,
        failedWrites: 0,
        slowestFlushMs: 0,
        historyEvents: this.#historyEvents,
      };
    return {
      dieAfter: draw.chance(0.8) ? draw.whole(0, draw.one([20, 100, 400])) : undefined,
      failedFlushes: draw.chance(0.2) ? 0.05 : 0,
      failedWrites: draw.chance(0.1) ? 0.02 : 0,
      slowestFlushMs: draw.chance(0.3) ? draw.one([5, 50, 3_000]) : 0,
      historyEvents: this.#historyEvents,
    };
  }

  #restart(): void {
    this.#note('process starts');
    const process: EngineProcess = new EngineProcess({
      disk: this.#disk,
      world: this.#clock,
      clockOffset: () => this.#offset,
      draw: this.#draw.fork(),
      faults: this.#faults(),
      soon: (work) => this.#queue.push(work),
      call: (kind, key, payload) => this.#called(kind, key, payload),
      onEnded: async (event) => {
        this.#note(`told ${event.ref.name} ${event.status} ${event.cause ?? ''}`);
        this.#checker.reported(event);
        if (this.#isFaulty && this.#draw.chance(0.2)) throw new Error('whoever is told is not there');
        this.#checker.toldEnd(event.ref.name);
      },
      onDeath: () => this.#died(),
    });
    this.#process = process;
    this.#checker.recovered();
    process.engine.recover();
    for (const machine of this.#machines) process.engine.deploy(machine).catch(() => undefined);
    // Some ask again the moment that the process is back.
    const impatient = this.#impatient;
    this.#impatient = [];
    for (const ask of impatient) ask();
  }

  #died(): void {
    this.#deaths++;
    this.#note('process dies');
    this.#process = undefined;
    if (this.#draw.chance(0.3)) this.#offset += this.#jumpMs();
    this.#later(this.#draw.one([0, 100, 30_000]), () => this.#restart());
  }

  #jump(): void {
    this.#offset += this.#jumpMs();
    this.#note('clock jumps');
  }

  /** A clock that was not set, or was set wrongly: off by seconds, hours or years. */
  #jumpMs(): number {
    const size = this.#draw.one([1_000, 3_600_000, 365 * 24 * 3_600_000]);
    return Math.round((this.#draw.random() * 2 - 1) * size);
  }

  /** Asks the engine, if there is one; `take` hears of its answer only while it lives. */
  #ask<Answer>(
    ask: (engine: EmbeddedEngine) => Promise<Answer>,
    take: (answer: Answer) => void,
    fail: () => void,
  ): void {
    const process = this.#process;
    if (process === undefined) {
      fail();
      return;
    }
    let open = true;
    const settle = (work: () => void): void => {
      if (!open) return;
      open = false;
      work();
    };
    ask(process.engine).then(
      (answer) => process.isAlive && settle(() => take(answer)),
      () => process.isAlive && settle(fail),
    );
    // Whoever asks gives up in the end: the process may have died.
    this.#later(10_000, () => {
      if (!process.isAlive) settle(fail);
    });
  }

  /** Does something that found no engine once more: after a while, or as soon as there is one. */
  #again(work: () => void): void {
    if (this.#process === undefined && this.#draw.chance(0.5)) this.#impatient.push(work);
    else this.#later(this.#draw.whole(100, 5_000), work);
  }

  #start(ref: ExecutionRef, input: Json): void {
    this.#ask(
      async (engine) => {
        for (const machine of this.#machines) await engine.deploy(machine);
        await engine.start(ref, input);
      },
      () => {
        this.#note(`started ${ref.name}`);
        this.#checker.started.set(ref.name, ref);
        if (this.#draw.chance(0.5)) this.#waitForEnd(ref);
      },
      () => this.#again(() => this.#start(ref, input)),
    );
  }

  #waitForEnd(ref: ExecutionRef): void {
    const process = this.#process;
    void process?.engine.whenEnded(ref).then((description) => {
      if (!process.isAlive) return;
      this.#note(`waited for ${ref.name} ${description.status}`);
      this.#checker.reported(description);
      this.#demandDurable(ref, 'whoever waited for its end');
    });
  }

  #demandDurable(ref: ExecutionRef, who: string): void {
    const status = this.#disk.execution(ref)?.status;
    this.#checker.demand(
      status !== 'RUNNING',
      () => `${who} heard of the end of ${ref.name} before it was durable`,
    );
  }

  /** Looks at everything that was started, again and again. */
  #look(): void {
    for (const ref of this.#checker.started.values()) {
      this.#ask(
        (engine) => engine.describe(ref),
        (found) => {
          this.#checker.demand(found !== undefined, () => `${ref.name} is not found`);
          if (found === undefined) return;
          this.#checker.reported(found);
          if (found.status !== 'RUNNING') this.#demandDurable(ref, 'describe');
        },
        () => {},
      );
      this.#ask(
        (engine) => engine.history(ref, 0),
        (events) => {
          this.#checker.history(ref.name, events);
          const durable = this.#disk.journal(this.#disk.execution(ref)?.id ?? 0).length;
          this.#checker.demand(
            events.length <= durable,
            () => `history of ${ref.name} tells of event ${events.length}, durable are ${durable}`,
          );
        },
        () => {},
      );
      if (this.#draw.chance(0.2)) this.#waitForEnd(ref);
    }
    if (this.#isFaulty) this.#later(this.#draw.whole(1_000, 20_000), () => this.#look());
  }

  #stopOne(): void {
    const { ref } = this.#draw.one([this.#refs[0] ?? { ref: { machine: 'm0', name: 'e0' } }, ...this.#refs]);
    this.#ask(
      (engine) => engine.stop(ref, { error: 'Stopped', cause: 'by an operator' }),
      () => {
        this.#note(`stopped ${ref.name}`);
        this.#demandDurable(ref, 'who stopped it');
      },
      () => {},
    );
  }

  #called(kind: 'work' | 'ask', key: string, payload: Json): Promise<Json> {
    this.#calls++;
    this.#note(`call ${kind} ${key} ${JSON.stringify(payload)}`);
    const [name = ''] = key.split(':');
    const ref = [...this.#disk.state.executions.values()]
      .map((text): { ref: ExecutionRef } => JSON.parse(text))
      .find((row) => row.ref.name === name)?.ref ?? { machine: 'm0', name };
    this.#checker.called({ ref, key, payload });
    const token = isJsonObject(payload) ? String(payload['token']) : '';
    return kind === 'work' ? this.#work(key) : this.#askWorker({ ref, key, token });
  }

  /** A handler in the process: it answers, late or never, or fails; it dies with the process. */
  #work(key: string): Promise<Json> {
    const draw = this.#draw;
    if (this.#isFaulty && draw.chance(0.1)) return new Promise(() => {});
    const delay = draw.chance(0.5) ? 0 : draw.whole(1, this.#isFaulty ? 100_000 : 4_000);
    return new Promise((resolve, reject) => {
      const answer = (): void => (draw.chance(0.2) ? reject(named(draw.one(ERRORS))) : resolve({ did: key }));
      if (delay === 0) answer();
      else this.#later(delay, answer);
    });
  }

  /** A worker that holds a token: it outlives the process, and may answer late, twice or never. */
  async #askWorker(work: Work): Promise<Json> {
    const draw = this.#draw;
    const delay = draw.chance(0.3) ? 0 : draw.whole(1, this.#isFaulty ? 60_000 : 4_000);
    if (draw.chance(0.5)) this.#beat(work.token, draw.whole(1, 8));
    if (!this.#isFaulty || !draw.chance(0.15)) this.#later(delay, () => this.#answer(work));
    if (draw.chance(0.2)) this.#later(draw.whole(0, 60_000), () => this.#answer(work));
    if (this.#isFaulty && draw.chance(0.1)) throw named('Busy');
    if (this.#isFaulty && draw.chance(0.1)) await new Promise(() => {});
    return null;
  }

  #beat(token: string, left: number): void {
    this.#later(this.#draw.whole(1_000, 10_000), () => {
      this.#ask(
        (engine) => engine.heartbeatTask(token),
        () => {},
        () => {},
      );
      if (left > 1) this.#beat(token, left - 1);
    });
  }

  /** Answers a token until somebody has taken the answer. */
  #answer(work: Work): void {
    const { ref, key, token } = work;
    const succeeds = this.#draw.chance(0.8);
    this.#ask(
      (engine) =>
        succeeds
          ? engine.succeedTask(token, { did: key })
          : engine.failTask(token, { error: this.#draw.one(ERRORS), cause: key }),
      (answer) => {
        this.#note(`answer ${key} ${succeeds} ${answer}`);
        if (answer === 'accepted' && succeeds) this.#checker.acknowledged(key);
        if (answer === 'gone') this.#checker.refused(ref, key);
      },
      () => this.#again(() => this.#answer(work)),
    );
  }
}

/** A task that a worker holds the token of. */
interface Work {
  readonly ref: ExecutionRef;
  readonly key: string;
  readonly token: string;
}

function named(name: string): Error {
  const error = new Error(`it is ${name}`);
  error.name = name;
  return error;
}
