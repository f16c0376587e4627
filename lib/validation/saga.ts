import type { CommandEffect } from '#definition/command.ts';
import type { CommandStep } from '#definition/model.ts';
import { iterationsAround } from './names.ts';
import { nodesOf, outwards, type StepNode } from './step-tree.ts';
import type { Subject } from './subject.ts';

/** A command of a workflow with what the catalogue says of it. */
export interface Act {
  readonly node: StepNode;
  readonly step: CommandStep;
  readonly effect: CommandEffect;
}

/** The commands of a workflow that the catalogue knows. */
export function actsOf({ tree, catalogue }: Subject): Act[] {
  return [...nodesOf(tree)].flatMap((node) => {
    const { step } = node;
    const known = step.kind === 'command' ? catalogue?.get(step.command) : undefined;
    return step.kind === 'command' && known !== undefined ? [{ node, step, effect: known.effect }] : [];
  });
}

/** Whether something is changed that nothing would undo. */
export function isUncovered({ step, effect }: Act): boolean {
  return effect === 'irreversible' || (effect === 'reversible' && step.compensate === undefined);
}

/** Whether a step can fail the workflow once another has completed, so that this one would have to be undone. */
export function canFailAfter(later: StepNode, earlier: StepNode, { order }: Subject): boolean {
  if (!canFailWorkflow(later) || excludeEachOther(later, earlier)) return false;
  const iterations = iterationsAround({ node: earlier });
  if (iterationsAround({ node: later }).some((iteration) => iterations.includes(iteration))) return true;
  return later !== earlier && !order.hasEndedBefore(later, earlier);
}

function canFailWorkflow(node: StepNode): boolean {
  if (!['command', 'devices', 'fail'].includes(node.step.kind)) return false;
  let from: StepNode | undefined;
  for (const at of outwards(node)) {
    if (from?.list.kind !== 'catch' && catchesAll(at)) return false;
    from = at;
  }
  return true;
}

function catchesAll({ step }: StepNode): boolean {
  return 'catch' in step && (step.catch ?? []).some(({ on }) => on === undefined);
}

/** Whether of two steps at most one completes: branches of one choice, or a step and what is done when it has failed. */
export function excludeEachOther(one: StepNode, other: StepNode): boolean {
  const around = [...outwards(one)];
  for (const at of outwards(other)) {
    if (at.list.owner === one) return true;
    const sibling = around.find(({ list }) => list.owner === at.list.owner);
    if (sibling !== undefined) return at.list !== sibling.list && at.list.kind === 'choice';
  }
  return false;
}
