import type { Step, Workflow } from '../model.ts';
import { type NestedList, nestedLists } from '../nested-lists.ts';
import { listWords } from './words.ts';

/** A list of steps of a workflow. */
export interface StepList {
  /** What it is in words, the same in both versions where it is the same list: `branch left of both`. */
  readonly name: string;
  readonly ids: readonly string[];
  /** Whether each step starts as soon as it can, and not one after the other. */
  readonly isGraph: boolean;
}

/** A step and where it stands. */
export interface PlacedStep {
  readonly step: Step;
  readonly list: StepList;
  /** The step that it stands in. */
  readonly parent: string | undefined;
}

/** Every step of a workflow by its id, in document order. */
export function placedSteps({ steps }: Pick<Workflow, 'steps'>): ReadonlyMap<string, PlacedStep> {
  return new Map(placedIn(steps, 'the workflow', undefined));
}

function* placedIn(
  steps: readonly Step[],
  name: string,
  parent: string | undefined,
): Generator<[string, PlacedStep]> {
  const isGraph = steps.some(({ needs }) => needs !== undefined);
  const list = { name, ids: steps.map(({ id }) => id), isGraph };
  for (const step of steps) {
    yield [step.id, { step, list, parent }];
    for (const [index, nested] of nestedLists(step).entries())
      yield* placedIn(nested.steps, nameOf(nested, step, index), step.id);
  }
}

function nameOf({ kind, branch }: NestedList, step: Step, index: number): string {
  switch (kind) {
    case 'branch':
      return `branch ${branch} of ${step.id}`;
    case 'choice':
      return `branch ${index + 1} of ${step.id}`;
    case 'between':
      return `${step.id}, between its waves`;
    case 'catch':
      return `the catch of ${step.id}`;
    default:
      return step.id;
  }
}

/** Steps by their ids, in words; of many, how many more there are. */
export function stepWords(ids: readonly string[]): string {
  const MOST = 4;
  const shown = ids.slice(0, MOST);
  return listWords(ids.length > MOST ? [...shown, `${ids.length - MOST} more`] : shown);
}
