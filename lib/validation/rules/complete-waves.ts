import type { Wave } from '#definition/step-parts.ts';
import type { Rule } from '../rule.ts';

/** Waves reach every item, and none stands behind one that takes all. */
export const completeWaves: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'forEach' || step.waves === undefined) return;
    const { sizes } = step.waves;
    const last = sizes.findIndex((_, index) => takesAll(sizes.slice(0, index + 1)));
    if (last < 0) {
      report.atKey([...path, 'waves'], {
        code: 'SW1522',
        message: 'the waves do not reach every item',
        hint: 'end them with `rest: true`',
      });
    } else if (last < sizes.length - 1) {
      report.at([...path, 'waves', last + 1], {
        code: 'SW1523',
        message: 'for this wave no items are left',
        hint: 'the waves before it take all of them',
      });
    }
  },
};

function takesAll(sizes: readonly Wave[]): boolean {
  const percent = sizes.reduce((sum, size) => sum + ('percent' in size ? size.percent : 0), 0);
  return percent >= 100 || sizes.some((size) => 'rest' in size);
}
