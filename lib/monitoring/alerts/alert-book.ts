import type { AlertFile } from '#definition/alert/alert.ts';
import { beginAlert, endAlert, type Found, nextAlert } from './lifecycle.ts';
import { messageOf } from './message.ts';
import { type AlertRecord, identityOf, isOpen } from './records/alert-record.ts';
import { beginPaging, type Paging } from './records/paging-record.ts';
import type { SilenceRecord } from './records/silence-record.ts';
import { isInhibited, silencedBy } from './routing/matching.ts';
import { nextPage } from './routing/next-page.ts';
import { pagingsOf } from './routing/routes.ts';
import { stormKey } from './routing/storm.ts';

/** Groups of alerts by name. */
export type AlertGroups = ReadonlyMap<string, AlertFile>;

/** What is to be put on record, each with the revision after the one that it replaces. */
export interface Changes {
  readonly alerts: readonly AlertRecord[];
  readonly pagings: readonly Paging[];
}

/** One look at how things stand. */
interface Round {
  readonly groups: AlertGroups;
  readonly now: number;
  /** Keys of pagings that there are, with those that alerts of this round begin. */
  readonly taken: Set<string>;
}

/** Alerts and pagings that are not over, and what becomes of them. Knows of nothing that is not on record, or about to be. */
export class AlertBook {
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #pagings = new Map<string, Paging>();

  /** Takes what is on record, in the place of what it knew. What is over is forgotten. */
  learn({ alerts = [], pagings = [] }: Partial<Changes>): void {
    for (const alert of alerts) {
      const identity = identityOf(alert);
      if (alert.status === 'RESOLVED' && alert.held !== true) {
        if (this.#alerts.get(identity)?.id === alert.id) this.#alerts.delete(identity);
      } else this.#alerts.set(identity, alert);
    }
    for (const paging of pagings) {
      const isOver = paging.status === 'CLOSED' && paging.outbox.length === 0;
      if (isOver) this.#pagings.delete(paging.key);
      else this.#pagings.set(paging.key, paging);
    }
  }

  /** Alerts that are not over. */
  get alerts(): readonly AlertRecord[] {
    return [...this.#alerts.values()];
  }

  /** Pagings with pages that may not have been sent. */
  get unsent(): readonly Paging[] {
    return [...this.#pagings.values()].filter(({ outbox }) => outbox.length > 0);
  }

  /** Says that the pages of a paging have been sent, and what it is then. */
  sent(paging: Paging): Paging {
    const known = this.#pagings.get(paging.key) ?? paging;
    const left = known.outbox.filter(({ id }) => !paging.outbox.some((page) => page.id === id));
    const next = { ...known, outbox: left, revision: known.revision + 1 };
    this.learn({ pagings: [next] });
    return next;
  }

  /**
   * What becomes of all by what was found. Every rule that found nothing is well.
   * @param now ms since the epoch.
   */
  async look(
    groups: AlertGroups,
    { found, silences, now }: { found: readonly Found[]; silences: readonly SilenceRecord[]; now: number },
  ): Promise<Changes> {
    const alerts = await this.#nextAlerts(groups, found, now);
    this.learn({ alerts });
    const pagings = this.#nextPagings(groups, silences, now);
    this.learn({ pagings });
    return { alerts, pagings };
  }

  async #nextAlerts(groups: AlertGroups, found: readonly Found[], now: number): Promise<AlertRecord[]> {
    const byIdentity = new Map(
      found.map((one) => [identityOf({ group: one.group, alert: one.rule.id, by: one.by }), one]),
    );
    const round: Round = { groups, now, taken: new Set(this.#pagings.keys()) };
    const changed: AlertRecord[] = [];
    for (const [identity, alert] of this.#alerts) {
      const rule = groups.get(alert.group)?.rules.find(({ id }) => id === alert.alert);
      const one = byIdentity.get(identity);
      byIdentity.delete(identity);
      const next = rule === undefined ? endAlert(alert, now) : nextAlert(alert, one, { rule, now });
      if (next === undefined) changed.push({ ...endAlert(alert, now), revision: alert.revision + 1 });
      else if (next !== alert) {
        const told =
          one === undefined || alert.status !== 'PENDING' ? next : await this.#told(next, one, round);
        changed.push({ ...told, revision: alert.revision + 1 });
      }
    }
    for (const one of byIdentity.values()) {
      if (one.standing !== 'bad') continue;
      changed.push(await this.#told(beginAlert(one, now), one, round));
    }
    return changed;
  }

  /** An alert that fires says where it is told of, and what has happened. */
  async #told(alert: AlertRecord, found: Found, { groups, now, taken }: Round): Promise<AlertRecord> {
    const file = groups.get(alert.group);
    if (alert.status !== 'FIRING' || file === undefined) return alert;
    const message = await messageOf(alert, found.rule.message);
    const withMessage = message === undefined ? alert : { ...alert, message };
    const pagings = pagingsOf(withMessage, file, now).map((key) => stormKey(key, taken));
    for (const key of pagings) taken.add(key);
    return { ...withMessage, pagings };
  }

  #nextPagings(groups: AlertGroups, silences: readonly SilenceRecord[], now: number): Paging[] {
    const alerts = this.alerts;
    const open = alerts.filter(isOpen);
    const members = new Map<string, AlertRecord[]>();
    for (const alert of open) {
      for (const key of alert.pagings) {
        const known = members.get(key);
        if (known === undefined) members.set(key, [alert]);
        else known.push(alert);
      }
    }
    for (const [key, told] of members) {
      const before = this.#pagings.get(key);
      if (before?.status === 'OPEN') continue;
      // By the alerts, not by now: one that a crash has lost before anybody was told has the same id again.
      const since = Math.min(...told.map(({ firedAt, foundAt }) => firedAt ?? foundAt));
      // What could not be sent of the one before still has to be.
      this.#pagings.set(key, { ...beginPaging(key, since), outbox: before?.outbox ?? [] });
    }
    const openRules = Map.groupBy(open, ({ group }) => group);
    return [...this.#pagings.values()].flatMap((paging) => {
      if (paging.status === 'CLOSED') return [];
      const file = groups.get(paging.group) ?? NO_FILE;
      const rules = new Set(openRules.get(paging.group)?.map(({ alert }) => alert));
      const next = nextPage(
        paging,
        file,
        {
          alerts: members.get(paging.key) ?? [],
          isHeldBack: (alert) =>
            isInhibited(alert, file, rules) ||
            silencedBy(alert, { file, records: silences }, now) !== undefined,
        },
        now,
      );
      return next === paging ? [] : [{ ...next, revision: paging.revision + 1 }];
    });
  }
}

const NO_FILE: AlertFile = { stepwright: 1, alerts: 'none', rules: [] };
