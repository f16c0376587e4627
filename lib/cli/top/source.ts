import { setTimeout as pause } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';
import { RecentIds } from '#monitoring/alerts/recent-ids.ts';
import type { Server } from '../api-client.ts';
import { type FeedEvent, fetchLiveUrl } from '../events/event-calls.ts';
import { type Following, followByPolling, followBySocket } from '../events/follow-events.ts';
import { fetchExecution } from '../executions/execution-calls.ts';
import { foldEvents } from './fold/fold-events.ts';
import { foldExecution, foldSnapshot } from './fold/fold-snapshot.ts';
import { readGauges } from './gauges.ts';
import { serverTime } from './picture.ts';
import { fetchMetrics, fetchPools, fetchRecent, RECENT, takeSnapshot } from './take-snapshot.ts';
import { emptyState, KEPT, type TopState } from './top-state.ts';

/** So many events are folded at once, and no more are kept unfolded. */
const MOST_PENDING = 1_000;
/** So many executions are looked up at once. */
const LOOK_UPS = 3;
/** An execution is looked up again at the earliest after this, and after so many times what that took. */
const [LOOK_UP_AGAIN_MS, LOOK_UP_RESTS] = [2_000, 20];
/** A server that does not answer is asked again after this. */
const ASK_AGAIN_MS = 1_000;
/** One of which nothing was heard is looked up again after this. */
const QUIET_MS = 15_000;

/** What is known of a server, kept up to date: by its feed, and by asking. */
export class TopSource {
  readonly #server: Server;
  readonly #seen = new RecentIds();
  readonly #lookedUp = new Map<string, { readonly at: number; readonly tookMs: number }>();
  readonly #asking = new Set<string>();
  #state: TopState;
  #pending: FeedEvent[] = [];
  #cursor = '';

  constructor(server: Server) {
    this.#server = server;
    this.#state = emptyState(server.url, Date.now());
  }

  /** What is known now. */
  get state(): TopState {
    this.#fold();
    return this.#state;
  }

  /** Asks what has happened, and how things stand. */
  async begin(): Promise<void> {
    const { events, cursor } = await fetchRecent(this.#server);
    this.#cursor = cursor;
    // Where there was more than one page has, what came before it is not counted.
    const [first] = events.length < RECENT ? [] : events;
    const longAgo = Date.now() - KEPT.seconds * 1_000;
    this.#state = foldEvents(
      { ...this.#state, countedFrom: first === undefined ? longAgo : Date.parse(first.at) },
      { events: events.filter(({ id }) => this.#seen.isNew(id)), receivedAt: undefined },
    );
    await this.refresh();
  }

  /** Takes what happens from where it began, until the signal; throws what asking again does not mend. */
  async follow(signal: AbortSignal): Promise<void> {
    const found = await this.#findLive(signal);
    if (found === undefined) return;
    const { url } = found;
    const following: Following = {
      ...{ server: this.#server, wanted: {}, after: this.#cursor },
      print: (event) => this.#take(event),
      note: (reason) => this.#lose(reason),
      onConnected: () => this.#set({ connection: { kind: url === undefined ? 'polling' : 'live' } }),
      onGap: () => this.#missed(),
    };
    await (url === undefined ? followByPolling(following, signal) : followBySocket(following, url, signal));
  }

  /** Where the server pushes, also when it goes away just then and comes back; undefined where nobody wants to know any more. */
  async #findLive(signal: AbortSignal): Promise<{ readonly url: string | undefined } | undefined> {
    while (!signal.aborted) {
      try {
        return { url: await fetchLiveUrl(this.#server) };
      } catch (error) {
        if (!(error instanceof StepwrightError && error.kind === 'unavailable')) throw error;
        this.#lose(`${error.message}; trying again`);
        await pause(ASK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Asks how things stand. */
  async refresh(): Promise<void> {
    const snapshot = await takeSnapshot(this.#server, Date.now());
    this.#state = foldSnapshot(this.state, snapshot);
    await this.refreshGauges();
  }

  /** Asks the server how it does. */
  async refreshGauges(): Promise<void> {
    const [text, pools] = await Promise.all([fetchMetrics(this.#server), fetchPools(this.#server)]);
    const gauges = text === undefined ? {} : readGauges(text, Date.now(), this.#state.gauges);
    this.#set({ gauges, pools });
  }

  /** Looks up how far executions are of which something was heard since, some at a time. */
  async lookUp(ids: readonly string[]): Promise<void> {
    const lastAt = (id: string): number => this.#lookedUp.get(id)?.at ?? 0;
    const due = ids
      .filter((id) => this.#isDue(id))
      .toSorted((a, b) => lastAt(a) - lastAt(b))
      .slice(0, LOOK_UPS - this.#asking.size);
    await Promise.all(due.map((id) => this.#lookUpOne(id)));
  }

  async #lookUpOne(id: string): Promise<void> {
    const since = Date.now();
    this.#asking.add(id);
    try {
      this.#state = foldExecution(this.state, await fetchExecution(this.#server, id));
    } catch (error) {
      if (!(error instanceof StepwrightError)) throw error;
    } finally {
      this.#asking.delete(id);
      this.#lookedUp.set(id, { at: Date.now(), tookMs: Date.now() - since });
      if (this.#lookedUp.size > MOST_PENDING) this.#lookedUp.clear();
    }
  }

  #isDue(id: string): boolean {
    const last = this.#lookedUp.get(id);
    if (this.#asking.has(id)) return false;
    if (last === undefined) return true;
    const now = Date.now();
    const heardAt = this.#state.running.get(id)?.heardAt ?? 0;
    const isNews = heardAt > serverTime(this.#state, last.at) - last.tookMs;
    return now - last.at > (isNews ? Math.max(LOOK_UP_AGAIN_MS, last.tookMs * LOOK_UP_RESTS) : QUIET_MS);
  }

  #take(event: FeedEvent): void {
    if (!this.#seen.isNew(event.id)) return;
    this.#pending.push(event);
    if (this.#pending.length >= MOST_PENDING) this.#fold();
  }

  #fold(): void {
    const events = this.#pending;
    this.#pending = [];
    this.#state = foldEvents(this.#state, { events, receivedAt: Date.now() });
  }

  #lose(reason: string): void {
    const { connection } = this.#state;
    const since = connection.kind === 'lost' ? connection.since : serverTime(this.#state, Date.now());
    this.#set({ connection: { kind: 'lost', since, reason } });
  }

  /** Events are missing: how things stand now is asked for. */
  #missed(): void {
    this.#set({ gaps: this.#state.gaps + 1, countedFrom: Date.now() });
    this.refresh().catch((error: unknown) => this.#lose(String(error)));
  }

  #set(part: Partial<TopState>): void {
    this.#state = { ...this.#state, ...part };
  }
}
