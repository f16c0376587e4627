import type { Clock } from '#core/clock.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import type { Engine } from '#engine/engine.ts';
import type { Table } from '#table/table.ts';

import type { Transport } from './transport/transport.ts';

/** What sending and completing commands takes. */
export interface DevicePorts {
  readonly table: Table;
  /** Where the tasks wait that commands complete. */
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask'>;
  readonly transport: Transport;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}
