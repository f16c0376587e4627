import type { Clock } from '#core/clock.ts';
import type { Table } from '#table/table.ts';
import type { FeedEntry } from '../feed/feed.ts';
import { eventTest } from '../feed/filter.ts';
import { allConnections, type Connection, forgetConnection } from './connections.ts';

/** What carries messages to clients. */
export interface ClientPost {
  /** False when the client is gone. Throws when it could not be reached. */
  post(connection: string, text: string): Promise<boolean>;
  /** Ends a connection; without effect on one that is gone. */
  end(connection: string): Promise<void>;
}

/** A message of API Gateway has 128 KB. */
const MOST_BYTES = 100_000;
/** Who is connected is looked up again after so long, in ms. */
const KNOWN_MS = 1_000;

/**
 * Pushes events to clients whose connections are on record. One that cannot be reached is disconnected: it comes again with its
 * cursor, and gets what it has missed.
 */
export class ClientPusher {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #post: ClientPost;
  #connections: readonly Connection[] = [];
  #knownAt = Number.NEGATIVE_INFINITY;

  constructor(table: Table, clock: Clock, post: ClientPost) {
    this.#table = table;
    this.#clock = clock;
    this.#post = post;
  }

  async push(entries: readonly FeedEntry[]): Promise<void> {
    if (this.#clock.now() - this.#knownAt >= KNOWN_MS) {
      this.#connections = await allConnections(this.#table);
      this.#knownAt = this.#clock.now();
    }
    await Promise.all(this.#connections.map((connection) => this.#pushTo(connection, entries)));
  }

  async #pushTo({ id, subscriptions }: Connection, entries: readonly FeedEntry[]): Promise<void> {
    for (const [name, filter] of Object.entries(subscriptions)) {
      const isWanted = eventTest(filter);
      for (const text of messagesTo(
        name,
        entries.filter(({ event }) => isWanted(event)),
      )) {
        if (await this.#reaches(id, text)) continue;
        this.#connections = this.#connections.filter((other) => other.id !== id);
        return;
      }
    }
  }

  async #reaches(id: string, text: string): Promise<boolean> {
    try {
      if (await this.#post.post(id, text)) return true;
    } catch {
      await this.#post.end(id).catch(() => undefined);
    }
    await forgetConnection(this.#table, id);
    return false;
  }
}

/** The messages by which a subscription is told of entries, none too large. */
export function messagesTo(subscription: string, entries: readonly FeedEntry[]): readonly string[] {
  const messages: string[] = [];
  let [texts, bytes, last]: [string[], number, string] = [[], 0, ''];
  const close = (): void => {
    if (texts.length === 0) return;
    const [name, cursor] = [JSON.stringify(subscription), JSON.stringify(last)];
    messages.push(`{"subscription":${name},"cursor":${cursor},"events":[${texts.join(',')}]}`);
    [texts, bytes] = [[], 0];
  };
  for (const { cursor, event } of entries) {
    const text = JSON.stringify({ cursor, ...event });
    if (bytes + Buffer.byteLength(text) > MOST_BYTES) close();
    texts.push(text);
    bytes += Buffer.byteLength(text);
    last = cursor;
  }
  close();
  return messages;
}
