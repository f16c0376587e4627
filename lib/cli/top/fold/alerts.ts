import * as z from 'zod';
import { EVENT_KINDS } from '#monitoring/events/kinds.ts';
import type { AlertDocument } from '../../alerts/alert-calls.ts';
import type { FeedEvent } from '../../events/event-calls.ts';
import { KEPT, type ShownAlert } from '../top-state.ts';

const DataSchema = EVENT_KINDS['alert.firing'].data.extend({ by: z.string().optional() });

/** What events say of alerts. */
export function foldAlerts(
  before: ReadonlyMap<string, ShownAlert>,
  events: readonly FeedEvent[],
): ReadonlyMap<string, ShownAlert> {
  const told = events.filter(({ kind }) => /^alert\.(firing|acknowledged|resolved)$/.test(kind));
  if (told.length === 0) return before;
  const alerts = new Map(before);
  for (const { kind, at, data } of told) {
    const { id, group, alert, title, severity, values, by } = DataSchema.parse(data);
    if (kind === 'alert.resolved') {
      alerts.delete(id);
      continue;
    }
    const since = alerts.get(id)?.since ?? Date.parse(at);
    alerts.set(id, {
      ...{ id, name: `${group}.${alert}`, title, severity, values, since },
      ...(kind === 'alert.acknowledged' ? { acknowledgedBy: by ?? 'somebody' } : {}),
    });
  }
  return new Map([...alerts].slice(-KEPT.alerts));
}

/** Alerts that fire, or that somebody looks after, as the API lists them. */
export function shownAlerts(documents: readonly AlertDocument[]): ReadonlyMap<string, ShownAlert> {
  const shown = documents.filter(({ state }) => state === 'firing' || state === 'acknowledged');
  return new Map(shown.map((alert) => [alert.id, shownAlert(alert)]));
}

function shownAlert(document: AlertDocument): ShownAlert {
  const { id, group, alert, title, severity, by, since, firedAt, state, acknowledgedBy } = document;
  return {
    ...{ id, name: `${group}.${alert}`, title, severity, values: by },
    since: Date.parse(firedAt ?? since),
    ...(state === 'acknowledged' ? { acknowledgedBy: acknowledgedBy ?? 'somebody' } : {}),
  };
}
