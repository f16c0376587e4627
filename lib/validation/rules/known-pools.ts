import { didYouMean } from '#definition/suggest.ts';
import { unitsHeldBy } from '../held-units.ts';
import type { Rule } from '../rule.ts';

/** Steps hold units of pools that exist, and not more than there are. */
export const knownPools: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    const { pools } = project;
    const held = unitsHeldBy(step);
    if (pools === undefined || held === undefined) return;
    for (const [pool, count] of Object.entries(held.pools)) {
      const at = [...path, ...held.where, pool];
      const limit = pools.get(pool);
      if (limit === undefined) {
        report.atKey(at, {
          code: 'SW1409',
          message: `there is no pool "${pool}"`,
          hint:
            didYouMean(pool, pools.keys()).hint ??
            'name it, with its units, under "pools" in stepwright.yaml',
        });
      } else if (typeof count === 'number' && count > limit) {
        report.at(at, {
          code: 'SW1410',
          message: `the pool "${pool}" has ${limit} units, and ${count} are asked for`,
          hint: 'they would be waited for in vain',
        });
      }
    }
  },
};
