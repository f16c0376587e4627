import type { Json } from '#core/json.ts';
import type { TakenTask } from '#step-functions-api/activities/queue.ts';
import { ACTIVITY } from './random-machine.ts';
import type { Workers } from './workers.ts';
import type { World } from './world.ts';

/** Workers that poll for tasks of an activity, one after another; each knows what it has taken by its token alone. */
export class ActivityWorkers {
  readonly #world: World;
  readonly #workers: Workers;
  readonly #taken = new Set<string>();

  constructor(world: World, workers: Workers) {
    this.#world = world;
    this.#workers = workers;
    for (let count = world.draw.whole(1, 3); count > 0; count--) this.#poll();
  }

  /** Polls until there is a task, or for a while; then again. A poll that is not answered is the end of no worker. */
  #poll(): void {
    const { draw } = this.#world;
    const patience = new AbortController();
    if (draw.chance(0.3)) this.#world.later(draw.whole(1_000, 30_000), () => patience.abort());
    this.#world.ask(
      (_engine, activities) => activities.poll(ACTIVITY, { workerName: 'w', signal: patience.signal }),
      (task) => {
        if (task === undefined) return this.#world.later(draw.whole(100, 5_000), () => this.#poll());
        this.#take(task);
        // While it works, it polls for more.
        this.#poll();
      },
      () => this.#world.again(() => this.#poll()),
    );
  }

  #take({ taskToken, input }: TakenTask): void {
    const { disk, checker } = this.#world;
    const [id = '', ...place] = taskToken.split('.').slice(0, -1);
    const row = disk.withId(Number(id));
    const ref = row?.ref ?? { machine: '', name: id };
    const key = `${ref.name}:${place.join('.')}`;
    checker.demand(!this.#taken.has(taskToken), () => `${key} was given to two workers`);
    this.#taken.add(taskToken);
    const payload: Json = JSON.parse(input);
    this.#workers.take({ ref, key, token: taskToken, payload });
    checker.handedOut(ref, key);
  }
}
