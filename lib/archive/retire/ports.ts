import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import type { Table } from '#table/table.ts';
import type { RetentionTimes } from '../retention-times.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';
import type { ReadPorts } from '../write/execution-lines.ts';

/** What retiring records takes. */
export interface RetirePorts extends ReadPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  /** Where records go before they are deleted; undefined: they are deleted. */
  readonly archive: ArchiveStore | undefined;
}

/** How a round of retiring goes. */
export interface RetireOptions {
  /** When each kind is to go, in ms after its end. */
  readonly times: RetentionTimes;
  /** How many executions are read at once. */
  readonly atOnce: number;
  readonly pace: Pace;
  /** Told of what could not be archived, and stays. */
  onDefect(error: unknown): void;
}

/** How much a round takes on: it shares its process, or has to be through in time. */
export interface Pace {
  /** Whether the time of the round is over. */
  isOver(): boolean;
  /** Lets others work. */
  rest(): Promise<void>;
}

/** No bounds: for who has nothing else to do. */
export const AT_FULL_SPEED: Pace = { isOver: () => false, rest: async () => {} };

/** What came of a round, or of a part of it. */
export interface Retired {
  /** How many records are gone. */
  readonly gone: number;
  /** Whether all is gone that was to go; false when the time was over before. */
  readonly isDone: boolean;
}
