import { ConditionFailed, type Table } from '#table/table.ts';
import { reopened } from './breaker.ts';
import { abilitiesWrite, abilityOf, withBreaker } from './health.ts';
import type { Contender, Judging } from './judge.ts';
import { findOutliers } from './outliers.ts';

/** The devices without those that do far worse than the others, which are put into quarantine on the way. */
export async function withoutOutliers(
  table: Pick<Table, 'transact'>,
  contenders: readonly Contender[],
  judging: Judging,
): Promise<readonly Contender[]> {
  const inside = judging.tally.count('quarantine');
  const outliers = findOutliers([
    ...contenders.map(({ id, ability, isProbe }) => ({ ...ability, id, isOut: isProbe })),
    ...Array.from({ length: inside }, () => ({ id: '', successes: 0, failures: 0, isOut: true })),
  ]);
  for (const id of outliers) {
    const contender = contenders.find((each) => each.id === id);
    if (contender === undefined) continue;
    await quarantine(table, contender, judging);
    judging.tally.leave(id, 'quarantine');
  }
  return contenders.filter(({ id }) => !outliers.includes(id));
}

/** Without effect when something has come of the device meanwhile: the next choice looks again. */
async function quarantine(
  table: Pick<Table, 'transact'>,
  { id, health, ability }: Contender,
  { wish, now }: Judging,
): Promise<void> {
  const breaker = reopened(ability.breaker, 'outlier', now);
  const after = withBreaker(health, abilityOf(wish.requires), { breaker, now });
  try {
    await table.transact([abilitiesWrite(id, { before: health, after, open: 0 })]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
