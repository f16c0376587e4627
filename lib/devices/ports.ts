import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import type { Engine } from '#engine/engine.ts';
import type { RingWalk } from '#routing/walk.ts';
import type { Table } from '#table/table.ts';

import type { Traces } from './traces.ts';
import type { Transport } from './transport/transport.ts';

/** What sending and completing commands takes. */
export interface DevicePorts {
  readonly table: Table;
  /** Where the tasks wait that commands complete. */
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask'>;
  readonly transport: Transport;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** What the choice of a device draws from. */
  readonly random: Random;
  /** Where this process is in the rings of devices. */
  readonly walk?: RingWalk;
  /** Which traces executions belong to; not there where devices are told of none. */
  readonly traces?: Traces | undefined;
}
