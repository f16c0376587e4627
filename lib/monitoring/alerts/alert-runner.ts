import type { Clock, Timer } from '#core/clock.ts';
import type { Table } from '#table/table.ts';
import { type MonitoringEvent, makeEvent } from '../events/event.ts';
import type { EventLog, LoggedEvent } from '../feed/event-log.ts';
import type { FeedTail } from '../feed/feed-tail.ts';
import { AlertEvaluator, LOOK_MS } from './evaluator.ts';
import { EventInbox } from './event-inbox.ts';
import { keepChanges, sendPages } from './keep-changes.ts';
import type { DeviceFacts } from './observation.ts';
import type { Pager } from './pager.ts';
import { findAlert, openAlerts } from './store/alert-store.ts';
import { listAlertGroups } from './store/group-store.ts';
import { openPagings } from './store/paging-store.ts';
import { allLearned, findCursor, putCursor, putLearned } from './store/progress-store.ts';
import { listSilences } from './store/silence-store.ts';

/** A device as it is registered. */
export interface KnownDevice extends DeviceFacts {
  readonly id: string;
  readonly status: 'online' | 'offline';
  readonly lastSeenAt?: number | undefined;
  readonly registeredAt: number;
}

/** What the evaluation of alerts works with. */
export interface AlertRunnerOptions {
  readonly log: EventLog;
  readonly tail: FeedTail;
  readonly table: Table;
  readonly clock: Clock;
  readonly pager: Pager;
  /** All devices that are registered. */
  devices(): AsyncIterable<KnownDevice>;
  findDevice(id: string): Promise<DeviceFacts | undefined>;
  onDefect(error: unknown): void;
}

/** Events that are taken before others have a turn. */
const EVENTS_A_TURN = 500;
/** Events that came so long before the next, or before now, are looked at as of their time, in ms. */
const PILED_UP_MS = 2 * LOOK_MS;
/** So soon it is looked when somebody has answered an alert, or published rules, in ms. */
const SOON_MS = 200;
/** How far it has come is noted so often at least, in ms. */
const NOTE_MS = 30_000;

/**
 * Evaluates alerts over the log of events, in this process. What it knows of the past is made of the log anew at each start, as far
 * as rules look back; alerts, pages and what is usual are on record. Events after those that it had taken are taken as of their time,
 * so that an alert that a crash kept from firing fires then. It looks every few seconds, and costs those who write events nothing.
 */
export class AlertRunner {
  readonly #options: AlertRunnerOptions;
  readonly #inbox: EventInbox;
  readonly #stop: () => void;
  #evaluator: AlertEvaluator | undefined;
  #touched = new Set<string>();
  #isStale = true;
  #notedAt = 0;
  #position = 0;
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #isClosed = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: AlertRunnerOptions) {
    this.#options = options;
    this.#inbox = new EventInbox(options.log);
    this.#stop = options.tail.listen((events) => this.#hear(events));
    this.#again();
  }

  /** Looks now, whatever the time; resolves when all that came of it is on record and on its way. */
  look(): Promise<void> {
    this.#working = this.#working.then(() => this.#round());
    return this.#working;
  }

  /** How many events it has not looked at. */
  get behind(): number {
    return this.#evaluator === undefined ? 0 : this.#options.log.last - this.#position;
  }

  /** How many alerts there are by how they stand, and severity. */
  counts(): readonly { readonly state: string; readonly severity: string; readonly count: number }[] {
    const alerts = this.#evaluator?.book.alerts ?? [];
    const groups = Map.groupBy(alerts, ({ status, severity }) => `${status} ${severity}`);
    return [...groups].map(([key, { length }]) => {
      const [state = '', severity = ''] = key.toLowerCase().split(' ');
      return { state, severity, count: length };
    });
  }

  /** Looks no more. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#timer?.cancel();
    this.#soon?.cancel();
  }

  #again(): void {
    const { clock } = this.#options;
    if (this.#isClosed) return;
    this.#timer = clock.setTimer(clock.now() + LOOK_MS, () => void this.look().then(() => this.#again()));
  }

  #hear(events: readonly LoggedEvent[]): void {
    for (const { event } of events) {
      if (!event.kind.startsWith('alert.')) continue;
      const { id, by } = event.data;
      if (event.kind === 'alert.rules-changed') this.#isStale = true;
      if (typeof id === 'string') this.#touched.add(id);
      // Who has said something waits for what comes of it.
      if (this.#isStale || typeof by === 'string') this.#lookSoon();
    }
    if (this.#evaluator !== undefined) this.#inbox.push(events);
  }

  #lookSoon(): void {
    const { clock } = this.#options;
    if (this.#isClosed || this.#soon !== undefined) return;
    this.#soon = clock.setTimer(clock.now() + SOON_MS, () => {
      this.#soon = undefined;
      void this.look();
    });
  }

  async #round(): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (this.#isStale) await this.#begin();
      if (this.#evaluator !== undefined) await this.#lookOn(this.#evaluator);
    } catch (error) {
      // What it knows may not be on record: it begins anew with what is.
      this.#evaluator = undefined;
      this.#isStale = true;
      if (!this.#isClosed) this.#options.onDefect(error);
    }
  }

  /** Takes up the rules as they are, with what is on record, and what the log tells of the past. */
  async #begin(): Promise<void> {
    const { table, clock, log } = this.#options;
    this.#isStale = false;
    if (this.#evaluator !== undefined)
      await putCursor(table, { position: this.#position, at: Math.floor(clock.now()) });
    const groups = await listAlertGroups(table);
    if (groups.length === 0 && this.#evaluator === undefined) return;
    const publishedAt = new Map(groups.map((group) => [group.name, group.publishedAt]));
    const evaluator = new AlertEvaluator(new Map(groups.map(({ name, file }) => [name, file])), {
      since: (group) => publishedAt.get(group) ?? clock.now(),
      find: this.#options.findDevice,
    });
    for (const learned of await allLearned(table)) evaluator.restore(learned);
    evaluator.book.learn({ alerts: await openAlerts(table), pagings: await openPagings(table) });
    this.#inbox.open(evaluator.kinds);
    const cursor = (await findCursor(table)) ?? { position: log.last, at: clock.now() };
    if (evaluator.kinds.includes('device.online')) await this.#seed(evaluator, cursor.at);
    const from = cursor.at - evaluator.lookBackMs;
    await this.#readUpTo(cursor.position, async (event) => {
      if (Date.parse(event.at) >= from) await evaluator.take(event);
    });
    this.#position = cursor.position;
    evaluator.forgive(cursor.at, clock.now());
    this.#evaluator = evaluator;
  }

  /** Devices that came, or went, before the log begins. */
  async #seed(evaluator: AlertEvaluator, at: number): Promise<void> {
    for await (const { id, status, lastSeenAt, registeredAt } of this.#options.devices()) {
      const since = status === 'online' ? at : (lastSeenAt ?? registeredAt);
      const subject = { device: id };
      await evaluator.take(
        makeEvent({ kind: `device.${status}`, key: ['known', id], at: since, subject, data: {} }),
      );
    }
  }

  async #readUpTo(position: number, take: (event: MonitoringEvent) => Promise<void>): Promise<void> {
    for await (const { event } of this.#inbox.past(position)) await take(event);
  }

  async #lookOn(evaluator: AlertEvaluator): Promise<void> {
    const { clock, table } = this.#options;
    await this.#learnTouched(evaluator);
    await sendPages(this.#options, evaluator);
    const silences = await listSilences(table);
    // What has piled up is looked at as of its time, so that nothing is missed that has passed meanwhile.
    let unlookedAt: number | undefined;
    const lookBefore = async (at: number): Promise<void> => {
      if (unlookedAt === undefined || at < unlookedAt + PILED_UP_MS) return;
      await keepChanges(this.#options, evaluator, await evaluator.look(unlookedAt, silences));
      unlookedAt = undefined;
    };
    let taken = 0;
    for await (const { event, position } of this.#inbox.take(this.#position)) {
      const at = Math.min(Date.parse(event.at), clock.now());
      await lookBefore(at);
      await evaluator.take(event);
      unlookedAt = Math.max(unlookedAt ?? at, at);
      this.#position = position;
      if (++taken % EVENTS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await lookBefore(clock.now());
    this.#position = Math.max(this.#position, this.#inbox.readUpTo);
    const now = Math.floor(clock.now());
    const changes = await evaluator.look(now, silences);
    await keepChanges(this.#options, evaluator, changes);
    await this.#note(evaluator, now, changes.alerts.length + changes.pagings.length > 0);
  }

  /** What others have said of alerts. */
  async #learnTouched(evaluator: AlertEvaluator): Promise<void> {
    const touched = this.#touched;
    this.#touched = new Set();
    for (const id of touched) {
      const alert = await findAlert(this.#options.table, id);
      if (alert !== undefined) evaluator.book.learn({ alerts: [alert] });
    }
  }

  async #note(evaluator: AlertEvaluator, now: number, isChanged: boolean): Promise<void> {
    const { table } = this.#options;
    const learned = evaluator.learned(now);
    if (learned.length > 0) await putLearned(table, learned, now);
    if (!isChanged && now < this.#notedAt + NOTE_MS) return;
    this.#notedAt = now;
    await putCursor(table, { position: this.#position, at: now });
  }
}
