import type { Rule } from '../rule.ts';
import type { StepNode } from '../step-tree.ts';

/** No step stands behind the end of its list. States Language refuses states that are never reached. */
export const reachableSteps: Rule = {
  list(list, { subject, report }) {
    const ends = list.nodes.map(alwaysEnds);
    const predecessors = subject.order.predecessorsIn(list);
    for (const { index, step, path } of list.nodes) {
      const end = predecessors[index]?.find((before) => ends[before]);
      const id = end === undefined ? undefined : list.nodes[end]?.step.id;
      if (id === undefined) continue;
      report.at(path, {
        code: 'SW1502',
        message: `step "${step.id}" is never reached, because "${id}" ends before it`,
        hint: `take it away, or give "${id}" a condition`,
      });
    }
  },
};

/** Whether nothing goes on behind a step, whatever happens. */
function alwaysEnds({ step, lists }: StepNode): boolean {
  if (step.if !== undefined) return false;
  if (step.kind === 'succeed' || step.kind === 'fail') return true;
  if (step.kind !== 'choose') return false;
  const hasElse = step.branches.some((branch) => branch.if === undefined);
  return hasElse && lists.every((list) => list.nodes.some(alwaysEnds));
}
