import type { Step } from '#definition/model.ts';
import { type NestedList, nestedLists } from '#definition/nested-lists.ts';
import type { CompiledStep } from './compiled-workflow.ts';
import { askStateName } from './emit/decide.ts';
import { acquireStateName, poolsOf } from './emit/held.ts';
import { timedStateName } from './emit/timed.ts';
import { waveName } from './emit/waves.ts';
import { graphOf } from './graph.ts';
import { isTimedBlock } from './timed-block.ts';

interface Around {
  readonly within: readonly string[];
  /** Path of what is around, with the dot that an id is put after. */
  readonly path: string;
}

/**
 * What the rest of the system knows of a workflow's steps, in document order.
 *
 * @param inlined ids of the steps whose decisions have become Choice states.
 */
export function compiledSteps(steps: readonly Step[], inlined: ReadonlySet<string>): CompiledStep[] {
  return stepsOfList(steps, { within: [], path: '' }).map((step) =>
    inlined.has(step.id) ? { ...step, askState: askStateName(step) } : step,
  );
}

function stepsOfList(steps: readonly Step[], around: Around): CompiledStep[] {
  const { predecessors } = graphOf(steps);
  return steps.flatMap((step) => {
    const own = compiledStep(step, predecessors.get(step.id) ?? [], around);
    const nested = nestedLists(step).flatMap((list) =>
      stepsOfList(list.steps, { within: [...around.within, step.id], path: pathInside(own.path, list) }),
    );
    return [own, ...nested];
  });
}

function compiledStep(step: Step, after: readonly string[], around: Around): CompiledStep {
  return {
    id: step.id,
    ...(step.title === undefined ? {} : { name: step.title }),
    kind: step.kind,
    within: [...around.within],
    path: `${around.path}${step.id}`,
    after: [...after],
    state: step.id,
    ...(poolsOf(step) === undefined ? {} : { lineState: acquireStateName(step) }),
    ...(isTimedBlock(step) ? { timedState: timedStateName(step) } : {}),
    ...(step.kind === 'forEach' && step.waves !== undefined ? { waveState: waveName(step) } : {}),
    compensates: (step.kind === 'command' || step.kind === 'http') && step.compensate !== undefined,
  };
}

function pathInside(path: string, list: NestedList): string {
  if (list.kind === 'iteration' || list.kind === 'loop') return `${path}[].`;
  if (list.kind === 'between') return `${path}.waves[].`;
  return list.branch === undefined ? `${path}.` : `${path}.${list.branch}.`;
}
