import * as z from 'zod';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type Hold, holdsOf, readTaskId, type TaskName } from './hold.ts';
import { findPlace, type Lease, leasesOf, lineOf, oldestInLine, type Place } from './line.ts';
import { findPool, type Pool } from './pool.ts';

/** A pool with those who hold units of it and those who wait. */
export interface WaitedPool {
  readonly pool: Pool;
  readonly leases: readonly Lease[];
  /** In the order of their turns. */
  readonly line: readonly Place[];
}

/** Who waits for whom, as far as it can be followed from one who stands in line. */
export interface WaitForGraph {
  readonly pools: ReadonlyMap<string, WaitedPool>;
  /** By the id of a holder, those in line that are inside of it: it gives nothing back before they have gone on. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
}

/** So many holders and so many in line are looked at, in each pool. A pool with more holders is not followed. */
const MOST_OF_A_POOL = 200;
/** So many pools and executions are looked at, in all. */
const MOST_LOOKED_AT = 500;

/** What is read of an execution that a task has started. */
const ChildSchema = z.object({ id: z.string(), execution: z.string(), isAwaited: z.boolean() });

/**
 * Follows who waits for whom: from a place in line to those who hold, and to what waits inside of them. Undefined where that is
 * more than is looked at, and where nothing waits inside of any holder, so that all come to their turn.
 */
export async function followWaits(table: Table, first: Hold): Promise<WaitForGraph | undefined> {
  const follower = new Follower(table);
  const isWhole = await follower.follow(first);
  return isWhole && follower.inside.size > 0 ? follower : undefined;
}

class Follower implements WaitForGraph {
  readonly pools = new Map<string, WaitedPool>();
  readonly inside = new Map<string, readonly string[]>();
  readonly #table: Table;
  readonly #waitsOf = new Map<string, Promise<readonly Hold[]>>();
  #left = MOST_LOOKED_AT;

  constructor(table: Table) {
    this.#table = table;
  }

  /** False when there is more than is looked at. */
  async follow(first: Hold): Promise<boolean> {
    const open = [first];
    for (let hold = open.pop(); hold !== undefined; hold = open.pop()) {
      const waited = await this.#placeOf(hold);
      if (waited === undefined) continue;
      const { name, place } = waited;
      const known = this.pools.get(name);
      if (known !== undefined) {
        this.pools.set(name, { ...known, line: withPlace(known.line, place) });
        continue;
      }
      const pool = await findPool(this.#table, name);
      const leases = await leasesOf(this.#table, name, MOST_OF_A_POOL);
      if (pool === undefined || leases.length === MOST_OF_A_POOL || this.#left-- <= 0) return false;
      open.push(...(await this.#insideOfAll(leases)));
      this.pools.set(name, { pool, leases, line: withPlace(await this.#lineOf(name), place) });
    }
    return this.#left > 0;
  }

  /** The first of its pools in whose line it stands, and where. */
  async #placeOf({ id, pools }: Hold): Promise<{ readonly name: string; readonly place: Place } | undefined> {
    for (const name of Object.keys(pools).sort()) {
      const place = await findPlace(this.#table, name, id);
      if (place !== undefined) return { name, place };
    }
    return undefined;
  }

  /** The line is read where it matters: when somebody who may stand in one is inside of a holder. */
  async #lineOf(name: string): Promise<readonly Place[]> {
    if (this.inside.size === 0) return [];
    const line = await lineOf(this.#table, name, MOST_OF_A_POOL);
    const oldest = await oldestInLine(this.#table, name);
    return oldest === undefined ? line : withPlace(line, oldest);
  }

  async #insideOfAll(leases: readonly Lease[]): Promise<readonly Hold[]> {
    const found = await Promise.all(
      leases.map(async ({ holder }) => {
        const inner = await this.#insideOf(readTaskId(holder));
        if (inner.length > 0)
          this.inside.set(
            holder,
            inner.map(({ id }) => id),
          );
        return inner;
      }),
    );
    return found.flat();
  }

  /** What waits inside of a step, in the executions that it has called and waits for, too. */
  async #insideOf(step: TaskName): Promise<readonly Hold[]> {
    const waits = (await this.#waitsIn(step.execution)).filter(({ id }) => isInside(readTaskId(id), step));
    const found = [...waits];
    const query = { partition: executionKeys.partition(step.execution), prefix: taskKeys.childPrefix };
    for await (const item of queryAll(this.#table, query)) {
      const { id, execution, isAwaited } = ChildSchema.parse(item);
      if (this.#left-- <= 0) return found;
      if (isAwaited && isInside(readTaskId(id), step)) {
        found.push(...(await this.#insideOf({ execution, path: '' })));
      }
    }
    return found;
  }

  #waitsIn(execution: string): Promise<readonly Hold[]> {
    const known = this.#waitsOf.get(execution) ?? waitsOf(this.#table, execution);
    this.#waitsOf.set(execution, known);
    return known;
  }
}

/** Of a long line, only the beginning is read: who stands behind is added to it. */
function withPlace(line: readonly Place[], place: Place): readonly Place[] {
  return line.some(({ holder }) => holder === place.holder) ? line : [...line, place];
}

async function waitsOf(table: Table, execution: string): Promise<readonly Hold[]> {
  const holds = await Array.fromAsync(holdsOf(table, execution));
  return holds.filter(({ isHeld, refusal }) => !isHeld && refusal === undefined);
}

/** Name of the state in which an execution waits for its turn in a group: all of the execution is inside of it. */
const WHOLE_EXECUTION = ['', 'workflow acquire'];

/** Whether a task is a step, or inside of it. */
function isInside(task: TaskName, { path }: TaskName): boolean {
  if (WHOLE_EXECUTION.includes(path) || task.path === path) return true;
  return task.path.startsWith(`${path}.`) || task.path.startsWith(`${path}[`);
}
