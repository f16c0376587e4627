import type { CommandEffect } from '#definition/command.ts';
import type { CommandStep } from '#definition/model.ts';
import { iterationsAround } from './names.ts';
import { nodesOf, outwards, type StepList, type StepNode } from './step-tree.ts';
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
  if (!canFailWorkflow(later)) return false;
  const iterations = iterationsAround({ node: earlier });
  // Another item may be anywhere.
  if (iterationsAround({ node: later }).some((iteration) => iterations.includes(iteration))) return true;
  return !excludeEachOther(later, earlier) && !order.hasEndedBefore(later, earlier);
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

/** Whether of two steps at most one completes: in branches of one choice, in clauses of one catch, or one for the other. */
export function excludeEachOther(one: StepNode, other: StepNode): boolean {
  const around = [...outwards(one)];
  if (around.includes(other)) return true;
  for (const at of outwards(other)) {
    if (at === one) return true;
    const sibling = around.find(({ list }) => list.owner === at.list.owner);
    if (sibling !== undefined) return at.list !== sibling.list && areAlternatives(at.list, sibling.list);
  }
  return false;
}

function areAlternatives(one: StepList, other: StepList): boolean {
  return one.kind === other.kind && (one.kind === 'choice' || one.kind === 'catch');
}
