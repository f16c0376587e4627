import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';
import { type Act, actsOf, canFailAfter, excludeEachOther, isUncovered } from '../saga.ts';
import { nodesOf, type StepNode } from '../step-tree.ts';
import type { Subject } from '../subject.ts';

/**
 * A workflow that undoes steps can undo all that may have completed before its point of no return: the `pivot`, or where
 * there is none, the last step that can fail.
 */
export const coveredSteps: Rule = {
  workflow({ subject, report }) {
    const acts = actsOf(subject);
    const pivots = acts.filter(({ effect }) => effect === 'pivot');
    const isSaga = pivots.length > 0 || [...nodesOf(subject.tree)].some(isUndone);
    if (!isSaga) return;
    for (const act of acts.filter(isUncovered)) {
      const end = pointOfNoReturn(act, pivots, subject);
      if (end !== undefined) report.at([...act.node.path, 'command'], violationOf(act, end));
    }
  },
};

function isUndone({ step }: StepNode): boolean {
  const mayBe = step.kind === 'command' || step.kind === 'http' || step.kind === 'workflow';
  return mayBe && step.compensate !== undefined;
}

/** What may still fail or be decided when a step has completed; undefined when nothing may. */
interface End {
  readonly id: string;
  readonly isPivot: boolean;
}

function pointOfNoReturn({ node }: Act, pivots: readonly Act[], subject: Subject): End | undefined {
  const possible = pivots.filter((pivot) => !excludeEachOther(pivot.node, node));
  if (possible.some((pivot) => subject.order.hasEndedBefore(pivot.node, node))) return undefined;
  const [pivot] = possible;
  if (pivot !== undefined) return { id: pivot.step.id, isPivot: true };
  const failing = [...nodesOf(subject.tree)].find((other) => canFailAfter(other, node, subject));
  return failing && { id: failing.step.id, isPivot: false };
}

function violationOf({ step, effect }: Act, { id, isPivot }: End): Violation {
  const isIrreversible = effect === 'irreversible';
  const reason = isIrreversible ? `"${step.command}" is irreversible` : 'it has no `compensate`';
  const danger = isPivot
    ? `may come before the point of no return, "${id}"`
    : id === step.id
      ? 'the same step of another item can still fail'
      : `"${id}" can still fail after it`;
  return {
    code: 'SW1601',
    message: `step "${step.id}" cannot be undone, because ${reason}, and ${danger}`,
    hint: isIrreversible
      ? `put it behind ${isPivot ? `"${id}"` : 'everything that can fail'}, or make it the pivot`
      : `give it \`compensate\`, or where there is nothing to undo, give "${step.command}" \`effect: none\``,
  };
}
