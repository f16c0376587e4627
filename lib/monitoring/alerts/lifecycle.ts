import { msOf } from './conditions/condition-of.ts';
import type { AlertRecord, LastGood } from './records/alert-record.ts';
import { identityOf } from './records/alert-record.ts';
import type { AlertRule, Finding } from './rule-watch.ts';

/** A finding with what else is known of what it is about. */
export interface Found extends Finding {
  readonly group: string;
  readonly rule: AlertRule;
  readonly zone: string | undefined;
  readonly lastGood: LastGood | undefined;
}

/** A new alert of what was found: pending, where the rule wants it to last. */
export function beginAlert(found: Found, now: number): AlertRecord {
  const { group, rule, by, zone, lastGood } = found;
  const { id, title = id, severity, team, runbook } = rule;
  const identity = { group, alert: id, by };
  const pending: AlertRecord = {
    ...identity,
    id: `${identityOf(identity)}.${Math.floor(now).toString(36)}`,
    ...{ title, severity, status: 'PENDING', since: found.since ?? now, foundAt: now },
    ...(team === undefined ? {} : { team }),
    ...(zone === undefined ? {} : { zone }),
    ...(runbook === undefined ? {} : { runbook }),
    ...(lastGood === undefined ? {} : { lastGood }),
    ...evidenceFields(found),
    ...{ pagings: [], notes: [], revision: 0 },
  };
  return rule.for === undefined ? fired(pending, now) : pending;
}

/**
 * What becomes of an alert by how its condition stands: the same record where nothing does, undefined where it was pending and is
 * forgotten. Resolved alerts are at their end, but for those that somebody has resolved while the condition still holds.
 */
export function nextAlert(
  alert: AlertRecord,
  found: Found | undefined,
  { rule, now }: { readonly rule: AlertRule | undefined; readonly now: number },
): AlertRecord | undefined {
  const isBad = found?.standing === 'bad';
  switch (alert.status) {
    case 'PENDING':
      if (!isBad) return undefined;
      return now - alert.foundAt >= msOf(rule?.for)
        ? fired({ ...alert, ...evidenceFields(found) }, now)
        : alert;
    case 'FIRING':
    case 'ACKNOWLEDGED':
      return found === undefined ? afterWell(alert, rule, now) : stillOn(alert);
    case 'RESOLVED': {
      const { held, ...over } = alert;
      return held === true && found === undefined ? over : alert;
    }
  }
}

/** What is no more than a rule's end: the rule is there no more. */
export function endAlert(alert: AlertRecord, now: number): AlertRecord {
  const { wellSince: _, ...rest } = alert;
  return { ...rest, status: 'RESOLVED', resolvedAt: now };
}

function fired(alert: AlertRecord, now: number): AlertRecord {
  return { ...alert, status: 'FIRING', firedAt: now };
}

function stillOn(alert: AlertRecord): AlertRecord {
  if (alert.wellSince === undefined) return alert;
  const { wellSince: _, ...rest } = alert;
  return rest;
}

function afterWell(alert: AlertRecord, rule: AlertRule | undefined, now: number): AlertRecord {
  const { wellSince = now } = alert;
  const afterMs = rule?.resolve?.after === undefined ? 0 : msOf(rule.resolve.after);
  if (now - wellSince >= afterMs) return endAlert(alert, now);
  return alert.wellSince === undefined ? { ...alert, wellSince } : alert;
}

function evidenceFields({ value, evidence }: Finding) {
  const { devices, executions, deviceCount, error } = evidence;
  return {
    ...(value === undefined ? {} : { value }),
    ...{ devices: [...devices], executions: [...executions], deviceCount },
    ...(error === undefined ? {} : { error }),
  };
}
