import { RouteSchema } from '#compiler/route-payload.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { Device } from '#devices/device.ts';
import { deleteDevice, registerDevice } from '#devices/registry.ts';
import type { Choice } from '#routing/choice.ts';
import { chooseDevice } from '#routing/choose.ts';
import { newWalk, type RingWalk } from '#routing/walk.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';

/** Devices in a real table, to choose from. */
export class RoutedFleet {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly #database = new Database(':memory:');
  readonly table = new SqliteTable(this.#database);
  readonly random = seededRandom(1);
  walk: RingWalk | undefined = newWalk();
  #choices = 0;

  /** Registers a device; online, unless it is told otherwise. */
  async add(device: Partial<Device> & { readonly id: string }): Promise<void> {
    await registerDevice(this, { status: 'online', ...device });
  }

  remove(id: string): Promise<void> {
    return deleteDevice(this.table, id);
  }

  /** Chooses by a route with one alternative; `route` has what is not of that. */
  choose(wish: object, route: object = {}): Promise<Choice> {
    return chooseDevice(this, {
      route: RouteSchema.parse({ alternatives: [wish], ...route }),
      bindings: {},
      command: `c${this.#choices++}`,
      overAt: this.clock.now() + 60_000,
      tried: [],
      passed: [],
      now: this.clock.now(),
    });
  }

  /** The device that is chosen; undefined where none fits. */
  async chosen(wish: object, route: object = {}): Promise<string | undefined> {
    try {
      return (await this.choose(wish, route)).trace.chosen;
    } catch (error) {
      if (error instanceof Error && error.name === 'Device.NoneFits') return undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
