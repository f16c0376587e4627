import { type Clock, sleep } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import type { Table } from '#table/table.ts';
import type { EventFeed } from '../feed/feed.ts';
import { earlierCursor } from '../feed/table-feed.ts';
import { tooManySubscriptions, unknownSubscription } from '../live/live-faults.ts';
import { type ClientMessage, LIVE_LIMITS, type ServerMessage } from '../live/protocol.ts';
import { readClientMessage } from '../live/read-message.ts';
import { type Connection, changeConnection, findConnection } from './connections.ts';
import { type ClientPost, messagesTo } from './push.ts';

/** What answering clients takes. */
export interface ClientPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly feed: EventFeed;
  readonly post: ClientPost;
}

/** What came so long before the cursor of a client may have come after it, by another way. In ms. */
const OVERLAP_MS = 5_000;
/** Until so long after it, a subscription may not be known to all who push. In ms. */
const KNOWN_AFTER_MS = 3_000;
/** So many events at most are caught up with; for the others a client asks `GET /v1/events`. */
const MOST_PAGES = 10;

/** Answers what a client says. A client that has said too much that was not understood is disconnected. */
export async function takeClientMessage(ports: ClientPorts, id: string, text: string): Promise<void> {
  const connection = await findConnection(ports.table, id);
  if (connection === undefined) return ports.post.end(id);
  try {
    const message = readClientMessage(text);
    await ('unsubscribe' in message
      ? unsubscribe(ports, connection, message.unsubscribe)
      : subscribe(ports, connection, message));
  } catch (error) {
    if (!(error instanceof StepwrightError)) throw error;
    await refuse(ports, connection, error);
  }
}

type Subscribe = Extract<ClientMessage, { readonly id: string }>;

/** Events that come meanwhile are pushed; those before, and those that who pushes did not know of, are read from the feed. */
async function subscribe(
  ports: ClientPorts,
  connection: Connection,
  { id, subscribe: filter, after }: Subscribe,
): Promise<void> {
  const { subscriptions } = connection;
  if (subscriptions[id] === undefined && Object.keys(subscriptions).length >= LIVE_LIMITS.subscriptions)
    throw tooManySubscriptions();
  const { cursor: now } = await ports.feed.read({ filter: {}, limit: 1 });
  const from = after === undefined ? now : earlierCursor(after, OVERLAP_MS);
  await changeConnection(ports.table, connection.id, { subscriptions: { ...subscriptions, [id]: filter } });
  await say(ports, connection, { subscribed: id, cursor: from });
  const reached = await catchUp(ports, connection, { id, filter, from });
  await sleep(ports.clock, KNOWN_AFTER_MS);
  await catchUp(ports, connection, { id, filter, from: reached });
}

async function catchUp(
  ports: ClientPorts,
  connection: Connection,
  {
    id,
    filter,
    from,
  }: { readonly id: string; readonly filter: Subscribe['subscribe']; readonly from: string },
): Promise<string> {
  let after = from;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await ports.feed.read({ after, filter, limit: LIVE_LIMITS.eventsAtOnce });
    if (page.gap) await say(ports, connection, { gap: { subscription: id, after, cursor: page.cursor } });
    for (const text of messagesTo(id, page.entries)) await ports.post.post(connection.id, text);
    after = page.cursor;
    if (!page.more) return after;
  }
  const { cursor } = await ports.feed.read({ filter: {}, limit: 1 });
  await say(ports, connection, { gap: { subscription: id, after, cursor } });
  return cursor;
}

async function unsubscribe(ports: ClientPorts, connection: Connection, id: string): Promise<void> {
  const { [id]: known, ...subscriptions } = connection.subscriptions;
  if (known === undefined) throw unknownSubscription(id);
  await changeConnection(ports.table, connection.id, { subscriptions });
  await say(ports, connection, { unsubscribed: id });
}

async function refuse(
  ports: ClientPorts,
  connection: Connection,
  { code, message, hint }: StepwrightError,
): Promise<void> {
  await say(ports, connection, { error: { code, message, ...(hint === undefined ? {} : { hint }) } });
  const faults = connection.faults + 1;
  if (faults >= LIVE_LIMITS.faults) await ports.post.end(connection.id);
  else await changeConnection(ports.table, connection.id, { faults });
}

async function say({ post }: ClientPorts, { id }: Connection, message: ServerMessage): Promise<void> {
  await post.post(id, JSON.stringify(message));
}
