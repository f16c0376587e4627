import { isJsonObject, type Json } from '#core/json.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { ERRORS } from './random-machine.ts';
import type { World } from './world.ts';

/** A task that a worker holds the token of. */
interface Held {
  readonly ref: ExecutionRef;
  readonly key: string;
  readonly token: string;
}

/** Those who do the tasks: soon, late, twice or never, and sometimes they fail. */
export class Workers {
  readonly #world: World;
  #calls = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** How often they were called. */
  get calls(): number {
    return this.#calls;
  }

  /** A task is called. */
  call(kind: 'work' | 'ask', key: string, payload: Json): Promise<Json> {
    this.#calls++;
    this.#world.note(`call ${kind} ${key} ${JSON.stringify(payload)}`);
    const [name = ''] = key.split(':');
    const ref = this.#world.disk.named(name) ?? { machine: '', name };
    this.#world.checker.called({ ref, key, payload });
    const token = isJsonObject(payload) ? String(payload['token']) : '';
    return kind === 'work' ? this.#work(key) : this.#hold({ ref, key, token });
  }

  /** A handler in the process, which dies with it. */
  #work(key: string): Promise<Json> {
    const { draw, isFaulty } = this.#world;
    if (isFaulty && draw.chance(0.1)) return new Promise(() => {});
    const delay = draw.chance(0.5) ? 0 : draw.whole(1, isFaulty ? 100_000 : 4_000);
    return new Promise((resolve, reject) => {
      const answer = (): void => (draw.chance(0.2) ? reject(named(draw.one(ERRORS))) : resolve({ did: key }));
      if (delay === 0) answer();
      else this.#world.later(delay, answer);
    });
  }

  /** A worker that is told the token and outlives the process. */
  async #hold(held: Held): Promise<Json> {
    const { draw, isFaulty } = this.#world;
    const delay = draw.chance(0.3) ? 0 : draw.whole(1, isFaulty ? 60_000 : 4_000);
    if (draw.chance(0.5)) this.#beat(held.token, draw.whole(1, 8));
    if (!isFaulty || !draw.chance(0.15)) this.#world.later(delay, () => this.#answer(held));
    if (draw.chance(0.2)) this.#world.later(draw.whole(0, 60_000), () => this.#answer(held));
    if (isFaulty && draw.chance(0.1)) throw named('Busy');
    if (isFaulty && draw.chance(0.1)) await new Promise(() => {});
    return null;
  }

  #beat(token: string, left: number): void {
    this.#world.later(this.#world.draw.whole(1_000, 10_000), () => {
      this.#world.ask(
        (engine) => engine.heartbeatTask(token),
        () => {},
      );
      if (left > 1) this.#beat(token, left - 1);
    });
  }

  /** Answers a token until somebody has taken the answer. */
  #answer(held: Held): void {
    const { ref, key, token } = held;
    const { draw, checker } = this.#world;
    const failure = draw.chance(0.2) ? { error: draw.one(ERRORS), cause: key } : undefined;
    this.#world.ask(
      (engine) =>
        failure === undefined ? engine.succeedTask(token, { did: key }) : engine.failTask(token, failure),
      (answer) => {
        this.#world.note(`answer ${key} ${failure?.error} ${answer}`);
        if (answer === 'accepted' && failure === undefined) checker.acknowledged(key);
        if (answer === 'gone') checker.refused(ref, key);
      },
      () => this.#world.again(() => this.#answer(held)),
    );
  }
}

function named(name: string): Error {
  const error = new Error(`it is ${name}`);
  error.name = name;
  return error;
}
