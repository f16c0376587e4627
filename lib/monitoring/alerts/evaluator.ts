import * as z from 'zod';
import type { MonitoringEvent } from '../events/event.ts';
import { AlertBook, type AlertGroups, type Changes } from './alert-book.ts';
import type { HistoryData } from './conditions/hourly-history.ts';
import type { Found } from './lifecycle.ts';
import { observe } from './observation.ts';
import { RecentIds } from './recent-ids.ts';
import { LastGoodSchema } from './records/alert-record.ts';
import type { SilenceRecord } from './records/silence-record.ts';
import { type Finding, RuleWatch, SavedWatchSchema, type SeriesValues } from './rule-watch.ts';
import { type FindDevice, Surroundings } from './surroundings.ts';

/** What a rule has learned of a series. */
export interface Learned {
  readonly group: string;
  readonly rule: string;
  readonly by: SeriesValues;
  readonly history: HistoryData;
}

/** What an evaluator holds of the past, as JSON: what it would make again of the same events, and nothing that is on record. */
export const SavedWindowsSchema = z.object({
  rules: z.array(z.object({ group: z.string(), rule: z.string(), watch: SavedWatchSchema })),
  good: z.array(z.tuple([z.string(), LastGoodSchema])),
  seen: z.array(z.string()),
});

/** What an evaluator holds of the past, as JSON. */
export type SavedWindows = z.infer<typeof SavedWindowsSchema>;

/** So many ids of events, and so many things that went well, are saved. */
const MOST_SAVED = 5_000;

/** So often it is looked how things stand, in ms. */
export const LOOK_MS = 5_000;

/**
 * Alerts of some groups, over a stream of events. Time is what it is told: the same events and the same times give the same alerts
 * and the same pages, with the same ids. An event that comes twice counts once, as long as the last tens of thousands are remembered.
 */
export class AlertEvaluator {
  readonly groups: AlertGroups;
  readonly book: AlertBook;
  readonly #watches: readonly { readonly group: string; readonly watch: RuleWatch }[];
  readonly #byKind = new Map<string, readonly RuleWatch[]>();
  readonly #surroundings: Surroundings;
  readonly #seen = new RecentIds();

  /** @param since when the rules of each group were published, in ms since the epoch: what never came is missed from then on. */
  constructor(
    groups: AlertGroups,
    { since, find }: { since(group: string): number; readonly find: FindDevice },
  ) {
    this.groups = groups;
    this.book = new AlertBook();
    this.#surroundings = new Surroundings(find);
    this.#watches = [...groups].flatMap(([group, { rules }]) =>
      rules.map((rule) => ({ group, watch: new RuleWatch(rule, since(group)) })),
    );
    for (const { watch } of this.#watches) {
      for (const kind of watch.kinds) this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), watch]);
    }
  }

  /** Kinds of events that it is to be told of. */
  get kinds(): readonly string[] {
    return [...new Set([...this.#byKind.keys(), ...LEARNED_FROM])];
  }

  /** So far back events may lie that still count, in ms. */
  get lookBackMs(): number {
    return Math.max(0, ...this.#watches.map(({ watch }) => watch.condition.lookBackMs));
  }

  /** Takes an event, in the order of the feed. A promise where something has to be found out first; the next has to wait for it. */
  take(event: MonitoringEvent): Promise<void> | void {
    this.#surroundings.learn(event);
    const watches = this.#byKind.get(event.kind);
    if (watches === undefined || !this.#seen.isNew(event.id)) return;
    const device = this.#surroundings.device(event.device);
    if (device instanceof Promise) return device.then((facts) => this.#tell(watches, observe(event, facts)));
    return this.#tell(watches, observe(event, device));
  }

  /** What did not come from one time to another, at which nobody listened, is not missed. */
  forgive(from: number, until: number): void {
    for (const { watch } of this.#watches) watch.forgive(from, until);
  }

  /** How things stand at a moment, and what becomes of all alerts. */
  async look(now: number, silences: readonly SilenceRecord[]): Promise<Changes> {
    const found = this.#watches.flatMap(({ group, watch }) =>
      watch.look(now).map((finding) => this.#found(group, watch, finding)),
    );
    return this.book.look(this.groups, { found, silences, now });
  }

  /** What is to be kept of what was usual, since it was asked for last. */
  learned(now: number): readonly Learned[] {
    return this.#watches.flatMap(({ group, watch }) =>
      watch.learned(now).map((one) => ({ group, rule: watch.rule.id, ...one })),
    );
  }

  /** Takes what was kept, before any event. */
  restore({ group, rule, by, history }: Learned): void {
    this.#watchOf(group, rule)?.restore(by, history);
  }

  /** What it holds of the past, but for what is usual. */
  save(): SavedWindows {
    return {
      rules: this.#watches.map(({ group, watch }) => ({ group, rule: watch.rule.id, watch: watch.save() })),
      good: this.#surroundings.save(MOST_SAVED).map(([about, good]) => [about, good]),
      seen: [...this.#seen.newest(MOST_SAVED)],
    };
  }

  /** Takes what another evaluator of the same rules held, after what is usual and before any event. */
  resume({ rules, good, seen }: SavedWindows): void {
    for (const { group, rule, watch: saved } of rules) this.#watchOf(group, rule)?.resume(saved);
    this.#surroundings.resume(good);
    for (const id of seen) this.#seen.isNew(id);
  }

  #watchOf(group: string, rule: string): RuleWatch | undefined {
    return this.#watches.find(({ group: name, watch }) => name === group && watch.rule.id === rule)?.watch;
  }

  #tell(watches: readonly RuleWatch[], observations: ReturnType<typeof observe>): Promise<void> | void {
    const waiting: Promise<void>[] = [];
    for (const seen of observations) {
      for (const watch of watches) {
        const taken = watch.take(seen);
        if (taken instanceof Promise) waiting.push(taken);
      }
    }
    if (waiting.length > 0) return Promise.all(waiting).then(() => {});
  }

  #found(group: string, { rule }: RuleWatch, finding: Finding): Found {
    const { by, evidence } = finding;
    const devices = by['device'] === undefined ? evidence.devices : [by['device']];
    const zone = by['zone'] ?? this.#surroundings.zoneOf(devices);
    const workflow = by['workflow'] ?? evidence.workflow;
    const lastGood = this.#surroundings.lastGood({ workflow, device: by['device'] });
    return { ...finding, group, rule, zone, lastGood };
  }
}

const LEARNED_FROM = ['device.changed', 'device.registered', 'execution.succeeded', 'command.succeeded'];
