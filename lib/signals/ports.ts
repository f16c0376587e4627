import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import type { Engine } from '#engine/engine.ts';
import type { Notifier } from '#notifications/notifier.ts';
import type { Table } from '#table/table.ts';
import type { ApprovalLinks } from './links.ts';

/** What waiting for events and approvals takes. */
export interface SignalPorts {
  readonly table: Table;
  /** Where the tasks wait. */
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask'>;
  readonly deadlines: Deadlines;
  readonly notifier: Notifier;
  /** What links by which people answer are made of; undefined: none are sent. */
  readonly links?: ApprovalLinks | undefined;
  readonly clock: Clock;
  readonly random: Random;
}
