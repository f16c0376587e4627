import type { DocumentPath } from '#definition/document-path.ts';
import type { Step } from '#definition/model.ts';
import type { PoolUnits } from '#definition/step-parts.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Rule } from '../rule.ts';

/** Steps hold units of pools that exist, and not more than there are. */
export const knownPools: Rule = {
  step({ step, path }, { subject: { project }, report }) {
    const { pools } = project;
    if (pools === undefined) return;
    for (const [where, units] of heldBy(step)) {
      for (const [pool, count] of Object.entries(units)) {
        const limit = pools.get(pool);
        if (limit === undefined) {
          report.atKey([...path, ...where, pool], {
            code: 'SW1409',
            message: `there is no pool "${pool}"`,
            hint:
              didYouMean(pool, pools.keys()).hint ??
              'name it, with its units, under "pools" in stepwright.yaml',
          });
        } else if (typeof count === 'number' && count > limit) {
          report.at([...path, ...where, pool], {
            code: 'SW1410',
            message: `the pool "${pool}" has ${limit} units, and ${count} are asked for`,
            hint: 'they would be waited for in vain',
          });
        }
      }
    }
  },
};

function heldBy(step: Step): (readonly [DocumentPath, PoolUnits])[] {
  if (step.kind === 'lock') return [[['lock', 'pools'], step.pools]];
  return 'uses' in step && step.uses !== undefined ? [[['uses'], step.uses]] : [];
}
