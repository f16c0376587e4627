import { systemClock } from '#core/clock.ts';
import { systemRandom } from '#core/random.ts';
import { beginningOfFeed, TableFeed } from '#monitoring/feed/table-feed.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createRollUp } from './roll-up.ts';

/** A call ends within its five minutes, also where a piece takes long. */
const MOST_MS = 180_000;
/** So late the feed is read: who writes to it may be slow, and what comes before the place that was reached is not counted. In ms. */
const SETTLED_MS = 30_000;

const { table, engine } = connectPorts();
const feed = new TableFeed({ table, clock: systemClock, random: systemRandom }, SETTLED_MS);

export const handler = lambdaHandler(
  createRollUp(
    { table, engine, feed, clock: systemClock, beginning: () => beginningOfFeed(systemClock.now()) },
    MOST_MS,
  ),
);
