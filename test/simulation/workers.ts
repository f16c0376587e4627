import { isJsonObject, type Json } from '#core/json.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { drawnResult, type HandlerResult, pureResult } from './handler-result.ts';
import type { World } from './world.ts';

/** A task that a worker holds the token of. */
export interface Held {
  readonly ref: ExecutionRef;
  readonly key: string;
  readonly token: string;
  readonly payload: Json;
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
    const [name = ''] = key.split(':');
    const ref = this.#world.disk.named(name) ?? { machine: '', name };
    const token = isJsonObject(payload) ? String(payload['token']) : '';
    const held = { ref, key, token, payload };
    this.#called(kind, held);
    return kind === 'work' ? this.#work(held) : this.#asked(held);
  }

  /** A worker of an activity has taken a task. */
  take(held: Held): void {
    this.#called('take', held);
    this.#hold(held);
  }

  #called(kind: string, { ref, key, payload }: Held): void {
    this.#calls++;
    this.#world.note(`call ${kind} ${key} ${JSON.stringify(payload)}`);
    this.#world.checker.called({ ref, key, payload });
  }

  /** A handler in the process, which dies with it. */
  #work(held: Held): Promise<Json> {
    const { draw, isFaulty, isPure } = this.#world;
    if (isFaulty && !isPure && draw.chance(0.1)) return new Promise(() => {});
    const delay = draw.chance(0.5) ? 0 : draw.whole(1, isFaulty && !isPure ? 100_000 : 4_000);
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        const ended = this.#result(held);
        if ('failure' in ended) reject(named(ended.failure.error));
        else resolve(ended.result);
      };
      if (delay === 0) answer();
      else this.#world.later(delay, answer);
    });
  }

  /** A worker that is told the token and outlives the process. */
  async #asked(held: Held): Promise<Json> {
    const { draw, isFaulty, isPure } = this.#world;
    this.#hold(held);
    if (isFaulty && !isPure && draw.chance(0.1)) throw named('Busy');
    if (isFaulty && draw.chance(0.1)) await new Promise(() => {});
    return null;
  }

  #hold(held: Held): void {
    const { draw, isFaulty, isPure } = this.#world;
    const delay = draw.chance(0.3) ? 0 : draw.whole(1, isFaulty ? 60_000 : 4_000);
    if (draw.chance(0.5)) this.#beat(held.token, draw.whole(1, 8));
    if (!isFaulty || isPure || !draw.chance(0.15)) this.#world.later(delay, () => this.#answer(held));
    if (draw.chance(0.2)) this.#world.later(draw.whole(0, 60_000), () => this.#answer(held));
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

  #result({ key, payload }: Held): HandlerResult {
    const { isPure, draw } = this.#world;
    return isPure ? pureResult(payload) : drawnResult(draw, key);
  }

  /** Answers a token until somebody has taken the answer. */
  #answer(held: Held): void {
    const { ref, key, token } = held;
    const { checker } = this.#world;
    const ended = this.#result(held);
    const error = 'failure' in ended ? ended.failure.error : undefined;
    this.#world.ask(
      (engine) =>
        'failure' in ended ? engine.failTask(token, ended.failure) : engine.succeedTask(token, ended.result),
      (answer) => {
        this.#world.note(`answer ${key} ${error} ${answer}`);
        if (answer === 'accepted') checker.accepted(ref, key);
        if (answer === 'accepted' && error === undefined) checker.succeeded(key);
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
