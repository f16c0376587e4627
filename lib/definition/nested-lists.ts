import type { Step } from './model.ts';

/** A list of steps inside a step, and what makes it a scope of its own. */
export interface NestedList {
  /** Name of the branch, where the list is one of several. */
  readonly branch: string | undefined;
  readonly steps: readonly Step[];
  /**
   * `iteration`: runs once an item, `loop`: again and again, `between`: once a wave; nothing of these is visible outside.
   * `block`: runs once.
   */
  readonly kind: 'branch' | 'choice' | 'iteration' | 'loop' | 'between' | 'block' | 'catch';
}

/** The lists of steps inside a step, in document order. */
export function nestedLists(step: Step): readonly NestedList[] {
  const caught = 'catch' in step ? (step.catch ?? []) : [];
  return [...ownLists(step), ...caught.map(({ steps }) => nested('catch', steps))];
}

function ownLists(step: Step): readonly NestedList[] {
  switch (step.kind) {
    case 'choose':
      return step.branches.map(({ steps }) => nested('choice', steps));
    case 'parallel':
      return Object.entries(step.branches).map(([branch, steps]) => nested('branch', steps, branch));
    case 'forEach': {
      const between = step.waves?.between ?? [];
      const iteration = nested('iteration', step.steps);
      return between.length === 0 ? [iteration] : [iteration, nested('between', between)];
    }
    case 'while':
      return [nested('loop', step.steps)];
    case 'lock':
      return [nested('block', step.steps)];
    default:
      return [];
  }
}

function nested(kind: NestedList['kind'], steps: readonly Step[], branch?: string): NestedList {
  return { kind, branch, steps };
}

/** Every step of a list with all inside it, in document order. */
export function* allSteps(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    for (const list of nestedLists(step)) yield* allSteps(list.steps);
  }
}
