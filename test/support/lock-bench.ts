import { type LockRequest, LockRequestSchema } from '#compiler/wait-payload.ts';
import { leasesOf, lineOf } from '#concurrency/line.ts';
import type { LockPorts } from '#concurrency/lock.ts';
import { lookAtLine } from '#concurrency/look.ts';
import { ensurePool, findPool } from '#concurrency/pool.ts';
import type { Random } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import type { ExecutionDescription, TaskAnswer } from '#engine/engine.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

import { MemoryTable, unsteadyTable } from './memory-table.ts';

/** When a bench begins. */
export const LOCKS_START = Date.UTC(2026, 0, 1);

/** The concurrency part by itself: a table in memory, and an engine of tasks that are waited for, by their tokens. */
export class LockBench {
  readonly clock = new VirtualClock(LOCKS_START);
  /** What tasks were answered: token to `held`, or the name of the error. */
  readonly answers = new Map<string, string>();
  readonly causes = new Map<string, string>();
  /** Told of each answer that a task has taken. */
  onAnswer: (token: string, outcome: string) => void = () => {};
  readonly deadlines = new Map<string, number>();
  readonly #waiting = new Set<string>();
  readonly #ended = new Map<string, number>();
  readonly table: Table;
  readonly ports: LockPorts;

  /** @param random where it is given, calls that are made at once come in every order. */
  constructor(random?: Random) {
    const table = new MemoryTable();
    this.table = random === undefined ? table : unsteadyTable(table, random);
    this.ports = this.#ports();
  }

  #ports(): LockPorts {
    return {
      table: this.table,
      clock: this.clock,
      deadlines: { schedule: async ({ id }, dueAt) => void this.deadlines.set(id, dueAt) },
      engine: {
        succeedTask: async (token) => this.#answer(token, 'held'),
        failTask: async (token, { error, cause }) => {
          this.causes.set(token, cause);
          return this.#answer(token, error);
        },
        heartbeatTask: async (token) => (this.#waiting.has(token) ? 'accepted' : 'gone'),
        describe: async ({ machine, name }) => this.#describe(machine, name),
      },
    };
  }

  /** Makes pools of so many units. */
  async pools(limits: Readonly<Record<string, number>>): Promise<void> {
    for (const [name, limit] of Object.entries(limits)) await ensurePool(this.table, name, limit);
  }

  /** Puts an execution on record. */
  async execution(id: string): Promise<void> {
    await this.table.put({ ...executionKeys.meta(id), machine: 'tested' });
  }

  /** The request of a step, whose task now waits. Its token is its id. */
  request(execution: string, path: string, more: Partial<LockRequest> = {}): LockRequest {
    const taskToken = more.taskToken ?? `${execution}:${path}:0`;
    this.#waiting.add(taskToken);
    return LockRequestSchema.parse({ execution, path, attempt: 0, action: 'acquire', taskToken, ...more });
  }

  /** A task is cut off: nobody waits for its answer any more. */
  cutOff(token: string): void {
    this.#waiting.delete(token);
  }

  /** An execution ends, and nobody is told. */
  end(execution: string): void {
    this.#ended.set(execution, this.clock.now());
  }

  /** Lets so much time go by; what is then due is looked at. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    for (const [id, dueAt] of [...this.deadlines]) {
      if (dueAt > this.clock.now()) continue;
      this.deadlines.delete(id);
      await lookAtLine(this.ports, id);
    }
  }

  /** Lets time go by until the next look; false where there is none to come within an hour, in which all is found. */
  async passUntilNext(): Promise<boolean> {
    const next = Math.min(...this.deadlines.values());
    if (next > LOCKS_START + 3_600_000) return false;
    await this.pass(Math.max(0, next - this.clock.now()));
    return true;
  }

  /** Who holds units of a pool, and who stands in line for it, as `execution:path`. */
  async standing(
    pool: string,
  ): Promise<{ readonly held: readonly string[]; readonly line: readonly string[] }> {
    const short = ({ holder }: { readonly holder: string }): string => holder.replace(/:0$/, '');
    return {
      held: (await leasesOf(this.table, pool)).map(short),
      line: (await lineOf(this.table, pool)).map(short),
    };
  }

  /** What is left of leases, lines and units of some pools; empty where all have been given back. */
  async leftovers(pools: readonly string[]): Promise<readonly string[]> {
    const left: string[] = [];
    for (const name of pools) {
      const { held, line } = await this.standing(name);
      const used = (await findPool(this.table, name))?.used ?? 0;
      left.push(...held, ...line, ...(used === 0 ? [] : [`${used} of ${name}`]));
    }
    return left;
  }

  #answer(token: string, outcome: string): TaskAnswer {
    if (!this.#waiting.delete(token)) return 'gone';
    this.answers.set(token, outcome);
    this.onAnswer(token, outcome);
    return 'accepted';
  }

  #describe(machine: string, name: string): ExecutionDescription {
    const endedAt = this.#ended.get(name);
    const ref = { machine, name };
    const described = { ref, input: null, startedAt: LOCKS_START };
    if (endedAt === undefined) return { ...described, status: 'RUNNING' };
    return { ...described, status: 'FAILED', endedAt };
  }
}
