import type { MachineRule } from '../machine-rule.ts';

/** Operators of JSONata 2.1, each two characters long. */
const LATER = ['??', '?:'];

/**
 * An expression is one of JSONata 2.0.6, the version that Step Functions documents, and does without what came later.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 * @see https://github.com/jsonata-js/jsonata/blob/master/CHANGELOG.md
 */
export const knownOperators: MachineRule = {
  text({ path, reading }, { tell }) {
    if (reading.kind !== 'expression' || !LATER.some((operator) => reading.text.includes(operator))) return;
    const used = operatorsIn(reading.tree(), reading.text).filter((operator) => LATER.includes(operator));
    for (const operator of new Set(used)) {
      tell({
        code: 'SW1718',
        path,
        message: `the operator ${operator} came with JSONata 2.1, and Step Functions has 2.0.6`,
        hint: operator === '??' ? 'write $exists(x) ? x : y' : 'write x ? x : y',
      });
    }
  },
};

/** What stands in the text where a condition's operator does: what is in texts and regular expressions is none. */
function operatorsIn(node: unknown, text: string): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap((part: unknown) => operatorsIn(part, text));
  const isCondition = 'type' in node && node.type === 'condition' && 'position' in node;
  if (!isCondition || typeof node.position !== 'number') return inner;
  return [text.slice(node.position - 2, node.position), ...inner];
}
