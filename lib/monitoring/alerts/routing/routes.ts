import { hoursEnd } from '#core/hours.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { type AlertRecord, alertField } from '../records/alert-record.ts';
import { pagingKey } from '../records/paging-record.ts';
import { matches } from './matching.ts';

/** Where alerts go, as written. */
export type Route = NonNullable<AlertFile['routes']>[number];

/** Keys of the pagings that tell of an alert that fires at a moment: of the first route that fits, and of those after it that go on. */
export function pagingsOf(alert: AlertRecord, { routes = [] }: AlertFile, now: number): readonly string[] {
  const keys: string[] = [];
  for (const [index, route] of routes.entries()) {
    const { match = {}, during, groupBy, continue: goesOn = false } = route;
    if (!matches(match, alert)) continue;
    if (during !== undefined && hoursEnd(during, now) === undefined) continue;
    const values = groupBy?.map((field) => alertField(alert, field)) ?? [alert.id];
    keys.push(pagingKey(alert.group, index, values));
    if (!goesOn) break;
  }
  return keys;
}
