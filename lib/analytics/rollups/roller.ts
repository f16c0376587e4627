import type { Clock } from '#core/clock.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import type { EventKind } from '#monitoring/events/kinds.ts';
import type { EventFeed } from '#monitoring/feed/feed.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { CellGroup } from './cell-group.ts';
import { CountedEvents } from './counted-events.ts';
import { type Bucket, Cube, type PlacedGroup } from './cube.ts';
import {
  findGroup,
  findRollupCursor,
  keepGroup,
  noteRollupCursor,
  type RollupCursor,
} from './rollup-store.ts';

/** What counting works with. */
export interface RollerPorts {
  readonly feed: EventFeed;
  readonly table: Table;
  readonly clock: Clock;
  /** The cursor before all that the feed keeps, for who has counted nothing yet. */
  beginning(): string;
  /** So late the feed is read, in ms: what is newer is not counted yet. */
  readonly lateMs?: number;
}

/** What one round has done. */
export interface Rolled {
  readonly events: number;
  /** Whether there is more to count. */
  readonly more: boolean;
}

/** The kinds of events of which something is counted. */
export const COUNTED_KINDS: readonly EventKind[] = [
  ...(['execution.started', 'execution.succeeded', 'execution.failed', 'execution.timed-out'] as const),
  ...(['execution.stopped', 'execution.rolled-back', 'execution.rollback-incomplete'] as const),
  ...(['execution.measured', 'step.succeeded', 'step.failed', 'step.skipped', 'step.cancelled'] as const),
  ...(['step.compensated', 'step.compensation-failed', 'command.succeeded', 'command.failed'] as const),
  ...(['command.timed-out', 'command.expired', 'command.cancelled', 'command.undone'] as const),
  ...(['command.undo-failed', 'lease.granted', 'lease.refused', 'lease.left', 'lease.released'] as const),
  ...(['approval.approved', 'approval.rejected', 'approval.expired'] as const),
];

/** So often it is noted that there is nothing new, in ms. */
const NOTE_MS = 60_000;
const EVENTS_AT_ONCE = 250;
const GROUPS_AT_ONCE = 4;

interface Placed {
  readonly event: MonitoringEvent;
  readonly cursor: string;
}

/** What was read of the feed. */
interface Read {
  readonly placed: readonly Placed[];
  readonly cursor: string;
  readonly more: boolean;
  readonly gap: boolean;
}

/**
 * Counts what the feed tells, once, whatever comes twice, late, or is broken off. Each group of cells says how far it has come: what was
 * counted in before a crash is not counted in again, though the cursor is noted last. Events that come again later are known by
 * {@link CountedEvents}. Who counts at the same time finds that a group has changed, and leaves it to the other.
 */
export class Roller {
  readonly #ports: RollerPorts;

  constructor(ports: RollerPorts) {
    this.#ports = ports;
  }

  /** Counts what has come since, at most about so many events. */
  async rollOn(most: number): Promise<Rolled> {
    const before = await findRollupCursor(this.#ports.table);
    const from = before?.cursor ?? this.#ports.beginning();
    const read = await this.#read(from, most);
    if (read.cursor === from) return this.#rest(before);
    const counted = new CountedEvents(this.#ports.table);
    const fresh = await counted.fresh(read.placed);
    const cube = new Cube();
    for (const { event } of fresh) cube.take(event);
    const at = Math.floor(this.#ports.clock.now());
    try {
      await this.#keep([...cube.groups()], fresh, { from, to: read.cursor });
    } catch (error) {
      if (error instanceof ConditionFailed) return { events: 0, more: true };
      throw error;
    }
    await counted.note(at);
    const gapAt = read.gap && before !== undefined ? at : before?.gapAt;
    const reached = { cursor: read.cursor, at: this.#reached(read, before), gapAt };
    const isNoted = await noteRollupCursor(this.#ports.table, reached, before);
    return { events: isNoted ? read.placed.length : 0, more: read.more };
  }

  /** There is nothing new: figures go up to now all the same. */
  async #rest(before: RollupCursor | undefined): Promise<Rolled> {
    const at = this.#settled();
    if (before !== undefined && at >= before.at + NOTE_MS)
      await noteRollupCursor(this.#ports.table, { ...before, at }, before);
    return { events: 0, more: false };
  }

  /** Up to when all is counted: where there is more to count, that is the time of the last event that was. */
  #reached({ more, placed }: Read, before: RollupCursor | undefined): number {
    const last = more ? placed.at(-1) : undefined;
    const at = last === undefined ? this.#settled() : Math.min(Date.parse(last.event.at), this.#settled());
    return Math.max(at, before?.at ?? 0);
  }

  /** Up to when the feed tells all that has happened. */
  #settled(): number {
    return Math.floor(this.#ports.clock.now()) - (this.#ports.lateMs ?? 0);
  }

  /** How far it has come. */
  get cursor(): Promise<RollupCursor | undefined> {
    return findRollupCursor(this.#ports.table);
  }

  async #read(from: string, most: number): Promise<Read> {
    const filter = { kinds: [...COUNTED_KINDS] };
    const placed: Placed[] = [];
    let [after, more, gap] = [from, true, false];
    while (more && placed.length < most) {
      const page = await this.#ports.feed.read({ after, filter, limit: EVENTS_AT_ONCE });
      placed.push(...page.entries);
      gap ||= page.gap;
      more = page.more && page.cursor !== after;
      after = page.cursor;
      await turn();
    }
    return { placed, cursor: after, more, gap };
  }

  async #keep(
    groups: readonly PlacedGroup[],
    placed: readonly Placed[],
    range: { readonly from: string; readonly to: string },
  ): Promise<void> {
    for (let at = 0; at < groups.length; at += GROUPS_AT_ONCE) {
      await Promise.all(
        groups.slice(at, at + GROUPS_AT_ONCE).map((group) => this.#keepGroup(group, placed, range)),
      );
      await turn();
    }
  }

  async #keepGroup(
    { group: counted, ...bucket }: PlacedGroup,
    placed: readonly Placed[],
    { from, to }: { readonly from: string; readonly to: string },
  ): Promise<void> {
    const { table } = this.#ports;
    const known = await findGroup(table, bucket);
    if (known !== undefined && known.upTo >= to) return;
    const group = known?.group ?? new CellGroup();
    group.merge(
      known === undefined || known.upTo <= from ? counted : countedAfter(known.upTo, placed, bucket),
    );
    await keepGroup(table, bucket, { group, upTo: to, before: known?.upTo });
  }
}

/** What of a bucket comes after a cursor: the rest was kept before a crash. */
function countedAfter(upTo: string, placed: readonly Placed[], bucket: Bucket): CellGroup {
  const cube = new Cube();
  for (const { event, cursor } of placed) if (cursor > upTo) cube.takeInto(event, bucket);
  const [found] = cube.groups();
  return found?.group ?? new CellGroup();
}

/** Lets others have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
