import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { type AlertFile, AlertFileSchema } from '#definition/alert/alert.ts';
import { Source } from '#definition/source.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { type Item, queryAll, type Table } from '#table/table.ts';

/** A group of alerts as it is published. */
export interface PublishedAlerts {
  readonly name: string;
  readonly file: AlertFile;
  readonly source: string;
  /** Since when its rules are as they are: ms since the epoch. */
  readonly publishedAt: number;
}

const ItemSchema = z.object({ name: z.string(), source: z.string(), publishedAt: z.number() });

/** Items of DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_SOURCE_BYTES = 380_000;

/** Publishes a group of alerts that is valid, in the place of the one before. The same again changes nothing. Throws SW4022. */
export async function publishAlerts(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  { text, file }: { readonly text: string; readonly file: AlertFile },
): Promise<PublishedAlerts> {
  const known = await findAlertGroup(table, file.alerts);
  if (known?.source === text) return known;
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES) throw tooLarge(file.alerts);
  const published = { name: file.alerts, source: text, publishedAt: Math.floor(clock.now()) };
  await table.put({ ...alertKeys.group(file.alerts), ...published });
  return { ...published, file };
}

function tooLarge(name: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4022',
    kind: 'invalid',
    message: `the group of alerts "${name}" is longer than ${MAX_SOURCE_BYTES} bytes`,
    hint: 'divide it into several groups',
  });
}

/** A group, or undefined where there is none. */
export async function findAlertGroup(table: Table, name: string): Promise<PublishedAlerts | undefined> {
  const item = await table.get(alertKeys.group(name));
  return item === undefined ? undefined : fromItem(item);
}

/** All groups by name. */
export async function listAlertGroups(table: Table): Promise<readonly PublishedAlerts[]> {
  const groups: PublishedAlerts[] = [];
  for await (const item of queryAll(table, { partition: alertKeys.all, prefix: alertKeys.groupPrefix }))
    groups.push(fromItem(item));
  return groups;
}

/** Takes a group away: its alerts are over. Throws SW4215. */
export async function deleteAlertGroup(table: Table, name: string): Promise<PublishedAlerts> {
  const group = await findAlertGroup(table, name);
  if (group === undefined) {
    throw new StepwrightError({
      code: 'SW4215',
      kind: 'not-found',
      message: `there is no group of alerts "${name}"`,
      hint: 'GET /v1/alert-groups lists those that there are',
    });
  }
  await table.delete(alertKeys.group(name));
  return group;
}

function fromItem(item: Item): PublishedAlerts {
  const { name, source, publishedAt } = ItemSchema.parse(item);
  const file = AlertFileSchema.parse(Source.parse(`alerts/${name}.yaml`, source).value);
  return { name, source, publishedAt, file };
}
