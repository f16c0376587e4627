import type { Clock } from '#core/clock.ts';
import type { Table } from '#table/table.ts';
import { AlertEvaluator, LOOK_MS } from './evaluator.ts';
import type { EventStream } from './event-stream.ts';
import { type KeepPorts, keepChanges, sendPages } from './keep-changes.ts';
import { findAlert, openAlerts } from './store/alert-store.ts';
import type { PublishedAlerts } from './store/group-store.ts';
import { openPagings } from './store/paging-store.ts';
import { allLearned, putLearned } from './store/progress-store.ts';
import { listSilences } from './store/silence-store.ts';
import type { FindDevice } from './surroundings.ts';

/** What evaluating alerts over a stream of events takes, wherever that is. */
export interface EvaluationPorts extends KeepPorts {
  readonly clock: Clock;
}

/** What taking up rules takes. */
export interface RulePorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly findDevice: FindDevice;
}

/** What came of a look. */
export interface Looked {
  /** As of when it was looked, in ms since the epoch. */
  readonly at: number;
  /** Of how many alerts, and groups of them that are told of together, something has become. */
  readonly changes: number;
  /** How many events were taken. */
  readonly taken: number;
}

/** Events that are taken before others have a turn. */
const EVENTS_A_TURN = 500;
/** Events that came so long before the next, or before now, are looked at as of their time, in ms. */
const PILED_UP_MS = 2 * LOOK_MS;
/** Alerts that are read at once. */
const READS_AT_ONCE = 50;

/** An evaluator of rules, with what is on record of alerts and of what is usual, and nothing of the past yet. */
export async function takeUpRules(
  { table, clock, findDevice }: RulePorts,
  groups: readonly PublishedAlerts[],
): Promise<AlertEvaluator> {
  const publishedAt = new Map(groups.map((group) => [group.name, group.publishedAt]));
  const evaluator = new AlertEvaluator(new Map(groups.map(({ name, file }) => [name, file])), {
    since: (group) => publishedAt.get(group) ?? clock.now(),
    find: findDevice,
  });
  for (const learned of await allLearned(table)) evaluator.restore(learned);
  evaluator.book.learn({ alerts: await openAlerts(table), pagings: await openPagings(table) });
  return evaluator;
}

/** Rules over a stream of events, from a position of it on: one look after the other, each of which leaves all on record. */
export class Evaluation<Position> {
  readonly evaluator: AlertEvaluator;
  readonly #ports: EvaluationPorts;
  #position: Position;
  #answered = new Set<string>();

  constructor(ports: EvaluationPorts, evaluator: AlertEvaluator, position: Position) {
    this.#ports = ports;
    this.evaluator = evaluator;
    this.#position = position;
  }

  /** Up to where it has looked. */
  get position(): Position {
    return this.#position;
  }

  /** Is told that somebody has said something of an alert. */
  answered(id: string): void {
    this.#answered.add(id);
  }

  /**
   * Takes what has come, and looks how things stand. What has piled up is looked at as of its time, so that nothing is missed that
   * has passed meanwhile.
   */
  async look(stream: EventStream<Position>): Promise<Looked> {
    const { clock, table } = this.#ports;
    const { evaluator } = this;
    await this.#learnAnswers();
    await sendPages(this.#ports, evaluator);
    const silences = await listSilences(table);
    let changed = 0;
    const lookAt = async (at: number): Promise<void> => {
      const changes = await evaluator.look(at, silences);
      await keepChanges(this.#ports, evaluator, changes);
      changed += changes.alerts.length + changes.pagings.length;
    };
    let unlookedAt: number | undefined;
    const lookBefore = async (at: number): Promise<void> => {
      if (unlookedAt === undefined || at < unlookedAt + PILED_UP_MS) return;
      await lookAt(unlookedAt);
      unlookedAt = undefined;
    };
    let taken = 0;
    for await (const { event, position } of stream.take(this.#position)) {
      const at = Math.min(Date.parse(event.at), clock.now());
      await lookBefore(at);
      await evaluator.take(event);
      unlookedAt = Math.max(unlookedAt ?? at, at);
      this.#position = position;
      if (++taken % EVENTS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const now = Math.floor(stream.knownUntil());
    await lookBefore(now);
    this.#position = stream.readUpTo;
    await this.#learnAnswers();
    await lookAt(now);
    const learned = evaluator.learned(now);
    if (learned.length > 0) await putLearned(table, learned, now);
    return { at: now, changes: changed, taken };
  }

  async #learnAnswers(): Promise<void> {
    const answered = [...this.#answered];
    this.#answered = new Set();
    for (let from = 0; from < answered.length; from += READS_AT_ONCE) {
      const some = answered.slice(from, from + READS_AT_ONCE);
      const found = await Promise.all(some.map((id) => findAlert(this.#ports.table, id)));
      this.evaluator.book.learn({ alerts: found.filter((alert) => alert !== undefined) });
    }
  }
}
