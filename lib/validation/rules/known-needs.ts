import { didYouMean } from '#definition/suggest.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import type { StepNode } from '../step-tree.ts';
import type { Subject } from '../subject.ts';

/** `needs` names steps of the same list. */
export const knownNeeds: Rule = {
  step(node, { subject, report }) {
    for (const [index, { step: needed }] of (node.step.needs ?? []).entries()) {
      if (subject.steps.get(needed)?.list === node.list) continue;
      const violation = violationOf(needed, node, subject);
      if (violation !== undefined) report.at([...node.path, 'needs', index], violation);
    }
  },
};

function violationOf(needed: string, node: StepNode, { steps, ids }: Subject): Violation | undefined {
  if (steps.has(needed)) {
    return {
      code: 'SW1204',
      message: `step "${node.step.id}" needs "${needed}", which is in another list of steps`,
      hint: 'a step can wait for steps of its own list; name the step of this list that holds the other',
    };
  }
  if (ids.has(needed)) return undefined;
  const near = node.list.nodes.filter((other) => other !== node).map(({ step }) => step.id);
  return {
    code: 'SW1203',
    message: `step "${node.step.id}" needs "${needed}", which is no step here`,
    ...didYouMean(needed, near),
  };
}
