import { type DocumentPath, parsePath } from '#definition/document-path.ts';
import type { Step } from '#definition/model.ts';
import { type NestedList, nestedLists } from '#definition/nested-lists.ts';

/** A list of steps and where it belongs. */
export interface StepList {
  readonly nodes: readonly StepNode[];
  /** The step whose list it is; undefined for the workflow's own. */
  readonly owner: StepNode | undefined;
  readonly kind: NestedList['kind'] | 'root';
  /** Whether its steps run one after the other, because none says what it needs. */
  readonly isSequence: boolean;
}

/** A step and where it stands. */
export interface StepNode {
  readonly step: Step;
  /** Of the step in its document. */
  readonly path: DocumentPath;
  readonly list: StepList;
  /** Position among the steps of its list that have their shape. */
  readonly index: number;
  /** The lists inside it. */
  readonly lists: readonly StepList[];
}

/** The steps of a workflow with their surroundings. */
export function stepTree(steps: readonly Step[]): StepList {
  return grow(steps, undefined, 'root');
}

function grow(steps: readonly Step[], owner: StepNode | undefined, kind: StepList['kind']): StepList {
  const nodes: StepNode[] = [];
  const list: StepList = { nodes, owner, kind, isSequence: isSequence(steps) };
  for (const [index, step] of steps.entries()) {
    const lists: StepList[] = [];
    const node: StepNode = { step, path: parsePath(step.at), list, index, lists };
    lists.push(...nestedLists(step).map((nested) => grow(nested.steps, node, nested.kind)));
    nodes.push(node);
  }
  return list;
}

/** Whether steps run one after the other, because none says what it needs. */
export function isSequence(steps: readonly Step[]): boolean {
  return steps.every(({ needs }) => needs === undefined);
}

/** Every step of a list with all inside it, in document order. */
export function* nodesOf(list: StepList): Generator<StepNode> {
  for (const node of list.nodes) {
    yield node;
    for (const inner of node.lists) yield* nodesOf(inner);
  }
}

/** Every list of a tree, the outer before the inner. */
export function* listsOf(list: StepList): Generator<StepList> {
  yield list;
  for (const node of list.nodes) for (const inner of node.lists) yield* listsOf(inner);
}

/** A step with the steps that it is inside of, from the innermost to the outermost. */
export function* outwards(node: StepNode): Generator<StepNode> {
  for (let at: StepNode | undefined = node; at !== undefined; at = at.list.owner) yield at;
}
