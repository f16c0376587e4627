import type { Clock, Timer } from '#core/clock.ts';
import type { Table } from '#table/table.ts';
import type { EventKind } from '../events/kinds.ts';
import type { EventLog, LoggedEvent } from '../feed/event-log.ts';
import type { FeedTail } from '../feed/feed-tail.ts';
import { kindsOf } from '../feed/filter.ts';
import { countAlerts } from './alert-counts.ts';
import { Evaluation, takeUpRules } from './evaluation.ts';
import { LOOK_MS } from './evaluator.ts';
import { EventInbox } from './event-inbox.ts';
import { type KnownDevice, tellKnownDevices } from './known-devices.ts';
import type { DeviceFacts } from './observation.ts';
import type { Pager } from './pager.ts';
import { listAlertGroups } from './store/group-store.ts';
import { findCursor, putCursor } from './store/progress-store.ts';

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

/** Events that tell it something. */
const ALERT_KINDS: ReadonlySet<EventKind> = new Set(kindsOf(['alert.*']));
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
  #evaluation: Evaluation<number> | undefined;
  #isStale = true;
  #notedAt = 0;
  #timer: Timer | undefined;
  #soon: Timer | undefined;
  #isClosed = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: AlertRunnerOptions) {
    this.#options = options;
    this.#inbox = new EventInbox(options.log, options.clock);
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
    return this.#evaluation === undefined ? 0 : this.#options.log.last - this.#evaluation.position;
  }

  /** How many alerts there are by how they stand, and severity. */
  counts(): ReturnType<typeof countAlerts> {
    return countAlerts(this.#evaluation?.evaluator.book.alerts ?? []);
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
      if (!ALERT_KINDS.has(event.kind)) continue;
      const { id, by } = event.data;
      if (event.kind === 'alert.rules-changed') this.#isStale = true;
      if (typeof id === 'string' && typeof by === 'string') this.#evaluation?.answered(id);
      // Who has said something waits for what comes of it.
      if (this.#isStale || typeof by === 'string') this.#lookSoon();
    }
    if (this.#evaluation !== undefined) this.#inbox.push(events);
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
      if (this.#evaluation !== undefined) await this.#lookOn(this.#evaluation);
    } catch (error) {
      // What it knows may not be on record: it begins anew with what is.
      this.#evaluation = undefined;
      this.#isStale = true;
      if (!this.#isClosed) this.#options.onDefect(error);
    }
  }

  /** Takes up the rules as they are, with what is on record, and what the log tells of the past. */
  async #begin(): Promise<void> {
    const { table, clock, log } = this.#options;
    this.#isStale = false;
    if (this.#evaluation !== undefined)
      await putCursor(table, { position: this.#evaluation.position, at: Math.floor(clock.now()) });
    const groups = await listAlertGroups(table);
    if (groups.length === 0 && this.#evaluation === undefined) return;
    const evaluator = await takeUpRules(this.#options, groups);
    this.#inbox.open(evaluator.kinds);
    const cursor = (await findCursor(table)) ?? { position: log.last, at: clock.now() };
    await tellKnownDevices(evaluator, this.#options.devices, cursor.at);
    const from = cursor.at - evaluator.lookBackMs;
    for await (const { event } of this.#inbox.past(cursor.position))
      if (Date.parse(event.at) >= from) await evaluator.take(event);
    evaluator.forgive(cursor.at, clock.now());
    this.#evaluation = new Evaluation(this.#options, evaluator, cursor.position);
  }

  async #lookOn(evaluation: Evaluation<number>): Promise<void> {
    const { at, changes } = await evaluation.look(this.#inbox);
    if (changes === 0 && at < this.#notedAt + NOTE_MS) return;
    this.#notedAt = at;
    await putCursor(this.#options.table, { position: evaluation.position, at });
  }
}
