import type { Json } from '#core/json.ts';
import type { ExecutionRef, Machine } from '#engine/engine.ts';
import type { World } from './world.ts';

/** An execution that somebody wants. */
export interface Wanted {
  readonly ref: ExecutionRef;
  readonly input: Json;
}

/** Those who start executions, look at them, wait for them and stop them; each asks until it has an answer. */
export class Clients {
  readonly #world: World;
  readonly #machines: readonly Machine[];

  constructor(world: World, machines: readonly Machine[], wanted: readonly [Wanted, ...Wanted[]]) {
    this.#world = world;
    this.#machines = machines;
    const { draw } = world;
    for (const each of wanted) world.later(draw.whole(0, 60_000), () => this.#start(each));
    world.later(draw.whole(1_000, 20_000), () => this.#look());
    world.onWritten = () => this.#glance();
    if (world.isFaulty && draw.chance(0.3))
      world.later(draw.whole(1_000, 100_000), () => this.#stop(draw.one(wanted).ref));
  }

  /** Looks at one execution at a moment at which something is written, and not durable. */
  #glance(): void {
    const { draw, checker, isFaulty } = this.#world;
    if (!isFaulty || !draw.chance(0.2)) return;
    const refs = [...checker.started.values()];
    const ref = refs[draw.whole(0, refs.length - 1)];
    if (ref === undefined) return;
    this.#describe(ref);
    this.#readHistory(ref);
  }

  #readHistory(ref: ExecutionRef): void {
    this.#world.ask(
      (engine) => engine.history(ref, 0),
      (events) => this.#world.checker.toldHistory(ref, events),
    );
  }

  #start(wanted: Wanted): void {
    const { ref, input } = wanted;
    this.#world.ask(
      async (engine) => {
        for (const machine of this.#machines) await engine.deploy(machine);
        await engine.start(ref, input);
      },
      () => {
        this.#world.note(`started ${ref.name}`);
        this.#world.checker.started.set(ref.name, ref);
        if (this.#world.draw.chance(0.5)) this.#waitFor(ref);
      },
      () => this.#world.again(() => this.#start(wanted)),
    );
  }

  #waitFor(ref: ExecutionRef): void {
    this.#world.ask(
      (engine) => engine.whenEnded(ref),
      (description) => {
        this.#world.note(`waited for ${ref.name} ${description.status}`);
        this.#world.checker.reported(description);
        this.#world.checker.durablyEnded(ref, 'whoever waited for its end');
      },
    );
  }

  /** Looks at everything that was started, again and again. */
  #look(): void {
    const { draw, checker, isFaulty } = this.#world;
    for (const ref of checker.started.values()) {
      this.#describe(ref);
      this.#readHistory(ref);
      if (draw.chance(0.2)) this.#waitFor(ref);
    }
    if (isFaulty) this.#world.later(draw.whole(1_000, 20_000), () => this.#look());
  }

  #describe(ref: ExecutionRef): void {
    const { checker } = this.#world;
    this.#world.ask(
      (engine) => engine.describe(ref),
      (found) => {
        checker.demand(found !== undefined, () => `${ref.name} is not found`);
        if (found === undefined) return;
        checker.described(found);
      },
    );
  }

  #stop(ref: ExecutionRef): void {
    this.#world.ask(
      (engine) => engine.stop(ref, { error: 'Stopped', cause: 'by an operator' }),
      () => {
        this.#world.note(`stopped ${ref.name}`);
        this.#world.checker.durablyEnded(ref, 'who stopped it');
      },
    );
  }
}
