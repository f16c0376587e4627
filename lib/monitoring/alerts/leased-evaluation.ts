import { newId } from '#core/id.ts';
import type { Random } from '#core/random.ts';
import type { MonitoringEvent } from '../events/event.ts';
import type { EventFeed } from '../feed/feed.ts';
import { cursorAt, isLaterCursor } from '../feed/table-feed.ts';
import { type AlertCount, countAlerts } from './alert-counts.ts';
import { Evaluation, type EvaluationPorts, type Looked, takeUpRules } from './evaluation.ts';
import { FeedStream } from './feed-stream.ts';
import { type KnownDevice, tellKnownDevices } from './known-devices.ts';
import { listAlertGroups, type PublishedAlerts } from './store/group-store.ts';
import { isNobodyToWatch } from './store/is-nobody-to-watch.ts';
import { endTurn, type Progress, type Turn, takeTurn } from './store/turn-store.ts';
import { deleteWindows, putWindows, readWindows } from './store/windows-store.ts';
import type { FindDevice } from './surroundings.ts';

/** What evaluating alerts where no process lives on takes. */
export interface LeasedEvaluationPorts extends EvaluationPorts {
  readonly random: Random;
  /** Events in order, of which nothing comes any more before what was read. */
  readonly feed: EventFeed;
  readonly findDevice: FindDevice;
  /** All devices that are registered. */
  devices(): AsyncIterable<KnownDevice>;
}

/** What came of being woken. */
export interface Woken {
  /** Nobody has rules; somebody else looks; it was looked. */
  readonly did: 'nothing' | 'held' | 'looked';
  /** Whether to be woken again soon, also when nothing happens. */
  readonly again: boolean;
  /** Alerts that are not over. */
  readonly counts: readonly AlertCount[];
}

/** A turn of which nothing is heard is over after so long, in ms: longer than whoever has it may take. */
export const TURN_MS = 75_000;
/** So long it reads events, in ms; what is left is for the next turn. */
const READ_MS = 20_000;
/** Windows are put on record after so long, or so many events. */
const SAVE_AFTER_MS = 300_000;
const SAVE_AFTER_EVENTS = 20_000;
/** So long after a turn, and for each thing that it has changed, who is new may not find in the indexes what was written. In ms. */
const SETTLED_MS = 2_000;
const SETTLED_MS_A_CHANGE = 2;
/** The same after a turn that has failed, of which nobody knows how much was written. */
const SETTLED_MS_AFTER_FAILURE = 10_000;

interface Known {
  readonly evaluation: Evaluation<string>;
  /** Which rules these are. */
  readonly rules: string;
  /** The turn after which it was so. */
  turn: number;
  /** Up to where events are in the windows: before where it was looked, while the past is read again. */
  past: string;
  /** Since windows were put on record last. */
  savedAt: number;
  unsaved: number;
  isTooLarge: boolean;
  /** Whether rules were published since. */
  isStale: boolean;
}

/**
 * Evaluates alerts where processes come and go: whoever is woken takes a turn, looks once, and puts down how far it has come. It
 * remembers what it knows for its next turn; if another has had one meanwhile, or it is new, it takes the windows that are on record
 * and reads the events after them again, or, where there are none, all events as far as rules look back.
 */
export class LeasedEvaluation {
  readonly #ports: LeasedEvaluationPorts;
  #known: Known | undefined;

  constructor(ports: LeasedEvaluationPorts) {
    this.#ports = ports;
  }

  /** Looks how things stand, unless somebody else does. Throws what keeps it from that; the next turn begins with what is on record. */
  async wake(): Promise<Woken> {
    const { table, clock, random } = this.#ports;
    if (this.#known === undefined && (await isNobodyToWatch(table))) return NOTHING;
    const now = Math.floor(clock.now());
    const turn = await takeTurn(table, { holder: newId(clock, random), now, forMs: TURN_MS });
    if (turn === undefined) return { did: 'held', again: true, counts: [] };
    try {
      return await this.#inTurn(turn, now);
    } catch (error) {
      this.#known = undefined;
      // Where that cannot be written either, the turn is over by itself after a time.
      const settledAt = Math.floor(clock.now()) + SETTLED_MS_AFTER_FAILURE;
      await endTurn(table, turn, { settledAt, progress: undefined }).catch(() => false);
      throw error;
    }
  }

  async #inTurn(turn: Turn, now: number): Promise<Woken> {
    const { table, clock } = this.#ports;
    const isCurrent = this.#known?.turn === turn.turn - 1 && !this.#known.isStale;
    const { settledAt = now } = turn;
    if (!isCurrent && now < settledAt) {
      await endTurn(table, turn, { settledAt, progress: undefined });
      return { did: 'held', again: true, counts: [] };
    }
    const known = isCurrent && this.#known !== undefined ? this.#known : await this.#begin(turn, now);
    this.#known = known;
    const until = clock.now() + READ_MS;
    const isUpToDate = await this.#readPast(known, until);
    const stream = this.#stream(known, until, (event) => heard(known, event));
    const looked = isUpToDate ? await this.#look(known, stream) : undefined;
    const at = looked?.at ?? turn.progress?.at;
    const { position, evaluator } = known.evaluation;
    const progress = await this.#progress(known, { turn, position, at: at ?? now, isUpToDate });
    known.turn = turn.turn;
    if (!(await this.#end(turn, progress, looked?.changes ?? 0))) this.#known = undefined;
    const { alerts, unsent } = evaluator.book;
    const again = alerts.length + unsent.length > 0 || stream.isBehind || known.isStale || !isUpToDate;
    if (evaluator.groups.size === 0 && !again) this.#known = undefined;
    return { did: 'looked', again, counts: countAlerts(alerts) };
  }

  /** Ends a turn. Windows that others have taken the place of go once nobody can look for them any more. */
  async #end(turn: Turn, progress: Progress, changes: number): Promise<boolean> {
    const { table, clock } = this.#ports;
    const settledAt = Math.floor(clock.now()) + SETTLED_MS + changes * SETTLED_MS_A_CHANGE;
    if (!(await endTurn(table, turn, { settledAt, progress }))) return false;
    const before = turn.progress?.windows;
    if (before !== undefined && before.id !== progress.windows?.id) await deleteWindows(table, before);
    return true;
  }

  /** Takes up the rules as they are, with what is on record of the past. */
  async #begin({ progress }: Turn, now: number): Promise<Known> {
    const { table, feed } = this.#ports;
    const groups = await listAlertGroups(table);
    const rules = versionOf(groups);
    const evaluator = await takeUpRules(this.#ports, groups);
    const windows = progress?.windows?.rules === rules ? progress.windows : undefined;
    const saved = windows && (await readWindows(table, windows));
    const at = progress?.at ?? now;
    if (saved === undefined) await tellKnownDevices(evaluator, this.#ports.devices, at);
    else evaluator.resume(saved);
    const position = progress?.position ?? (await feed.read({ filter: {}, limit: 1 })).cursor;
    const past = saved && windows ? windows.position : cursorAt(at - evaluator.lookBackMs);
    return {
      evaluation: new Evaluation(this.#ports, evaluator, position),
      ...{ rules, turn: 0, past, savedAt: saved === undefined ? 0 : now, unsaved: 0 },
      ...{ isTooLarge: false, isStale: false },
    };
  }

  #stream(known: Known, until: number, onAlertEvent: (event: MonitoringEvent) => void): FeedStream {
    const { feed, clock } = this.#ports;
    const { kinds } = known.evaluation.evaluator;
    return new FeedStream({ feed, clock, kinds, until, onAlertEvent });
  }

  /** Takes events again that were looked at before, and are not in the windows. Whether that was all of them. */
  async #readPast(known: Known, until: number): Promise<boolean> {
    const { position, evaluator } = known.evaluation;
    if (!isLaterCursor(position, known.past)) return true;
    // What was said of alerts then is on record.
    const stream = this.#stream(known, until, () => undefined);
    for await (const placed of stream.take(known.past)) {
      if (isLaterCursor(placed.position, position)) {
        known.past = position;
        return true;
      }
      await evaluator.take(placed.event);
      known.unsaved++;
    }
    known.past = isLaterCursor(stream.readUpTo, position) ? position : stream.readUpTo;
    return !stream.isBehind;
  }

  async #look(known: Known, stream: FeedStream): Promise<Looked> {
    const looked = await known.evaluation.look(stream);
    known.past = known.evaluation.position;
    known.unsaved += looked.taken;
    return looked;
  }

  /** How far it has come, with windows that are put on record where it is time. */
  async #progress(
    known: Known,
    { turn, position, at, isUpToDate }: { turn: Turn; position: string; at: number; isUpToDate: boolean },
  ): Promise<Progress> {
    const { table, clock, onDefect } = this.#ports;
    const before = turn.progress?.windows;
    const isDue =
      (before?.rules !== known.rules && !known.isTooLarge) ||
      known.unsaved >= SAVE_AFTER_EVENTS ||
      !isUpToDate ||
      (known.unsaved > 0 && clock.now() >= known.savedAt + SAVE_AFTER_MS);
    if (!isDue) return { position, at, ...(before === undefined ? {} : { windows: before }) };
    const id = String(turn.turn);
    const place = await putWindows(table, known.evaluation.evaluator.save(), { id, now: at });
    [known.savedAt, known.unsaved, known.isTooLarge] = [clock.now(), 0, place === undefined];
    if (place === undefined) {
      onDefect(
        new Error('rules hold more of the past than is put on record: it is read again where it is lost'),
      );
      return { position, at };
    }
    return { position, at, windows: { ...place, position: known.past, rules: known.rules } };
  }
}

/** Hears what alerts and rules tell of themselves, which somebody else has changed. */
function heard(known: Known, { kind, data: { id, by } }: MonitoringEvent): void {
  if (kind === 'alert.rules-changed') known.isStale = true;
  if (typeof id === 'string' && typeof by === 'string') known.evaluation.answered(id);
}

const NOTHING: Woken = { did: 'nothing', again: false, counts: [] };

/** The same for the same rules, published at the same times. */
function versionOf(groups: readonly PublishedAlerts[]): string {
  return groups.map(({ name, publishedAt }) => `${name}@${publishedAt}`).join(' ');
}
