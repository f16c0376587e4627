import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import type { ExecutionRef, RedriveRequest } from '#engine/engine.ts';
import type { World } from './world.ts';

/** Most tries of one operator to redrive an execution, and most redrives. */
const MOST_REDRIVES = 4;

/** States that may wait, by the last event of their thread. */
const MAY_WAIT = /^(?:WaitStateEntered|(?:Task|Activity)(?:Failed|TimedOut))$/;

/** Those who reach into executions: they redrive what has failed, pause and resume, and skip what waits, whenever they like. */
export class Operators {
  readonly #world: World;
  #skips = 0;

  constructor(world: World, refs: readonly ExecutionRef[]) {
    this.#world = world;
    const { draw } = world;
    for (const ref of refs) {
      if (draw.chance(0.6)) this.#later(150_000, () => this.#redrive(ref, draw.whole(1, MOST_REDRIVES)));
      // Two who do not know of each other.
      if (draw.chance(0.2)) this.#later(150_000, () => this.#redrive(ref, MOST_REDRIVES));
      if (draw.chance(0.35)) this.#later(60_000, () => this.#pause(ref, draw.whole(0, 2)));
      if (!world.isPure && draw.chance(0.3)) this.#later(30_000, () => this.#skip(ref, 5));
    }
  }

  #later(mostMs: number, work: () => void): void {
    this.#world.later(this.#world.draw.whole(0, mostMs), work);
  }

  #redrive(ref: ExecutionRef, left: number): void {
    const { checker, draw, isPure } = this.#world;
    const request = !isPure && draw.chance(0.15) ? skipping(this.#failed(ref)) : {};
    this.#world.ask(
      (engine) => engine.redrive(ref, request),
      (redriven) => {
        this.#world.note(`redrove ${ref.name} ${JSON.stringify(redriven)}`);
        checker.redriven(ref, redriven);
        if (left > 1) this.#later(60_000, () => this.#redrive(ref, left - 1));
      },
      () => {
        if (left <= 1) return;
        if (draw.chance(0.5)) this.#world.again(() => this.#redrive(ref, left - 1));
        else this.#later(40_000, () => this.#redrive(ref, left - 1));
      },
    );
  }

  /** The state that the main thread has entered and not left. */
  #failed(ref: ExecutionRef): JournalEvent | undefined {
    const entered = this.#journal(ref).findLast(
      ({ thread, type }) => thread === '' && /State(?:Entered|Exited)$/.test(type),
    );
    return entered?.type.endsWith('Entered') === true ? entered : undefined;
  }

  #pause(ref: ExecutionRef, left: number): void {
    const { pauses, draw } = this.#world;
    const before = pauses.runningFor(ref);
    this.#world.ask(
      (engine) => engine.pause(ref),
      () => {
        this.#world.note(`paused ${ref.name}`);
        pauses.acknowledged(ref, before, this.#world.now());
        this.#later(40_000, () => this.#resume(ref, left));
      },
      // Whether it is paused nobody knows: it is resumed all the same.
      () => this.#world.again(() => (draw.chance(0.5) ? this.#pause(ref, left) : this.#resume(ref, left))),
    );
  }

  #resume(ref: ExecutionRef, left: number): void {
    const { pauses } = this.#world;
    this.#world.ask(
      (engine) => {
        pauses.lifted(ref);
        return engine.resume(ref);
      },
      () => {
        this.#world.note(`resumed ${ref.name}`);
        if (left > 0) this.#later(20_000, () => this.#pause(ref, left - 1));
      },
      // One that was never started has nothing to go on with.
      () => {
        if (this.#world.disk.execution(ref) !== undefined) this.#world.again(() => this.#resume(ref, left));
      },
    );
  }

  #skip(ref: ExecutionRef, left: number): void {
    const { draw, checker } = this.#world;
    const [waiting] = this.#waiting(ref);
    if (left > 0) this.#later(20_000, () => this.#skip(ref, left - 1));
    if (waiting === undefined) return;
    const result = { Payload: { did: `skipped ${this.#skips++}` }, Status: 'SKIPPED' };
    const skip = { enteredId: waiting, result };
    this.#world.ask(
      (engine) => engine.skipWait(ref, skip),
      (answer) => {
        this.#world.note(`skip ${ref.name} ${waiting} ${answer}`);
        if (answer === 'accepted') checker.skipped(ref, skip);
        else checker.skippedTooLate(ref, skip);
      },
      () => draw.chance(0.5) && this.#world.again(() => this.#skip(ref, 0)),
    );
  }

  /** Entries of states that seem to wait for a time, or for their next try. */
  #waiting(ref: ExecutionRef): number[] {
    const entered = new Map<string, number>();
    const last = new Map<string, JournalEvent>();
    for (const event of this.#journal(ref)) {
      last.set(event.thread, event);
      if (event.type.endsWith('StateEntered')) entered.set(event.thread, event.id);
    }
    return [...last.values()]
      .filter(({ type }) => MAY_WAIT.test(type))
      .map(({ thread }) => entered.get(thread) ?? 0);
  }

  #journal(ref: ExecutionRef): JournalEvent[] {
    return this.#world.disk.journal(this.#world.disk.execution(ref)?.id ?? 0);
  }
}

function skipping(failed: JournalEvent | undefined): RedriveRequest {
  const result = { Payload: { did: 'given' }, Status: 'GIVEN' };
  return failed === undefined ? {} : { skip: { enteredId: failed.id, result } };
}
