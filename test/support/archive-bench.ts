import { DEFAULT_TIMES } from '#archive/retention-times.ts';
import { AT_FULL_SPEED, type RetireOptions, type RetirePorts } from '#archive/retire/ports.ts';
import { retireRound } from '#archive/retire/retire-round.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import { seededRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { type Command, toCommandItem } from '#devices/command.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { type Execution, toExecutionItem } from '#executions/execution.ts';
import { MemoryTable } from './memory-table.ts';

/** A day of the bench: all that it keeps is of 2026. */
export const DAY = 86_400_000;
/** When tests begin. */
export const NOW = Date.UTC(2026, 10, 26, 12);

/** An archive in memory, whose files are listed in order, as those of a bucket are. */
export class MemoryStore implements ArchiveStore {
  readonly place = 'memory';
  readonly files = new Map<string, Uint8Array>();

  async put(path: string, bytes: Uint8Array): Promise<void> {
    this.files.set(path, bytes);
  }

  async *list(prefix: string, after = ''): AsyncGenerator<string> {
    yield* [...this.files.keys()].filter((path) => path.startsWith(prefix) && path > after).sort();
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const bytes = this.files.get(path);
    if (bytes !== undefined) yield bytes;
  }
}

/** The record of an execution that was started, and has ended, so many days ago. */
export function execution(id: string, daysAgo: number, more: Partial<Execution> = {}): Execution {
  const startedAt = NOW - daysAgo * DAY;
  return {
    ...{ id, workflow: 'rollout', version: '1.0.0', machine: 'rollout-1_0_0', status: 'SUCCEEDED' },
    ...{ input: { site: 'berlin' }, output: 1, startedAt, endedAt: startedAt + 1_000, ...more },
  };
}

/** A command of a step that has succeeded. */
export function command(owner: string, number: number, at: number): Command {
  return {
    ...{
      id: `${owner}:step${number}:0`,
      device: `d-${number}`,
      command: 'go',
      with: {},
      status: 'SUCCEEDED',
    },
    ...{ execution: owner, path: `step${number}`, attempt: 0, taskToken: 'secret-token', priority: 0 },
    ...{ timeoutMs: 1_000, queuedAt: at, sentAt: at, endedAt: at + 5, expiresAt: at + 1_000 },
  };
}

/** A table, an archive, and the rounds that move what is old from one to the other. */
export class ArchiveBench {
  readonly table = new MemoryTable();
  readonly store = new MemoryStore();
  readonly clock = new VirtualClock(NOW);
  readonly random = seededRandom(7);
  readonly defects: unknown[] = [];
  readonly histories = new Map<string, readonly HistoryEvent[]>();

  /** What rounds work with; parts of it may be put in the place of the bench's own. */
  ports(more: Partial<RetirePorts> = {}): RetirePorts {
    const { table, clock, random, store: archive } = this;
    const engine: RetirePorts['engine'] = {
      history: async ({ name }, after) => (this.histories.get(name) ?? []).filter(({ id }) => id > after),
      listChildren: async () => [],
      mostHistories: 10_000,
    };
    return { table, engine, clock, random, archive, ...more };
  }

  options(more: Partial<RetireOptions> = {}): RetireOptions {
    const onDefect = (error: unknown): void => void this.defects.push(error);
    return { times: DEFAULT_TIMES, atOnce: 1, pace: AT_FULL_SPEED, onDefect, ...more };
  }

  round(more: Partial<RetirePorts> = {}, options: Partial<RetireOptions> = {}) {
    return retireRound(this.ports(more), this.options(options));
  }

  /** Puts an execution on record, with some commands and two events. */
  async add(one: Execution, commands = 0): Promise<void> {
    const { id, startedAt: timestamp } = one;
    const items = Array.from({ length: commands }, (_, number) =>
      toCommandItem(command(id, number, timestamp)),
    );
    await this.table.putAll([toExecutionItem(one), ...items]);
    const event = { timestamp, details: {} };
    this.histories.set(id, [
      { ...event, id: 1, previousEventId: 0, type: 'ExecutionStarted' },
      { ...event, id: 2, previousEventId: 1, type: 'ExecutionSucceeded' },
    ]);
  }
}
