import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import { newId } from '#core/id.ts';
import type { Random } from '#core/random.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { type SilenceRecord, SilenceRecordSchema } from '../records/silence-record.ts';

/** What making silences takes. */
export interface SilencePorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
}

/** A silence that is to be made; its times are ms since the epoch. */
export type NewSilence = Omit<SilenceRecord, 'id' | 'createdAt' | 'from'> & {
  readonly from?: number | undefined;
};

/** So many silences there may be at once; whoever tells of alerts looks at all of them. */
const MOST_SILENCES = 1_000;
/** Longest silence, in ms: what is held back for longer is a rule that nobody wants. */
const LONGEST_MS = 90 * 86_400_000;

/** Makes a silence. Throws SW4214 for one that ends before it begins, or is one too many. */
export async function putSilence(
  { table, clock, random }: SilencePorts,
  silence: NewSilence,
): Promise<SilenceRecord> {
  const now = Math.floor(clock.now());
  const record: SilenceRecord = {
    ...silence,
    ...{ id: newId(clock, random).toLowerCase(), from: silence.from ?? now, createdAt: now },
  };
  const { from, until } = record;
  if (until <= Math.max(now, from)) throw refused('the silence ends before it begins');
  if (until - now > LONGEST_MS) throw refused('the silence is longer than 90 days');
  if ((await listSilences(table)).length >= MOST_SILENCES)
    throw refused(`there are ${MOST_SILENCES} silences`);
  await table.put({
    ...alertKeys.silence(record.id),
    ...record,
    match: { ...record.match },
    expiresAt: Math.ceil(until / 1_000),
  });
  return record;
}

function refused(message: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4214',
    kind: 'invalid',
    message,
    hint: 'say a time within the next 90 days; GET /v1/silences lists those that there are',
  });
}

/** All silences, also those that have not begun, or have ended and not been dropped yet. */
export async function listSilences(table: Table): Promise<readonly SilenceRecord[]> {
  const { items } = await table.query({
    ...{ partition: alertKeys.all, prefix: alertKeys.silencePrefix, limit: MOST_SILENCES },
  });
  return items.map((item) => SilenceRecordSchema.parse(item));
}

/** Ends a silence. Throws SW4213. */
export async function deleteSilence(table: Table, id: string): Promise<SilenceRecord> {
  const item = await table.get(alertKeys.silence(id));
  if (item !== undefined) {
    try {
      await table.delete(alertKeys.silence(id), { exists: true });
      return SilenceRecordSchema.parse(item);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
  throw new StepwrightError({
    code: 'SW4213',
    kind: 'not-found',
    message: `there is no silence "${id}"`,
    hint: 'GET /v1/silences lists those that there are',
  });
}
